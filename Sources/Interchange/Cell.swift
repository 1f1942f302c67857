import Values
import Basics

/// The content of one field of a record.
package enum Cell {
  /// A JSON record has no such member.
  case missing
  /// The field of a delimited row: UTF-8, perhaps empty; valid until the reader's next step.
  case text(UnsafeRawBufferPointer)
  /// The member of a JSON record.
  case json(JSONValue)

  /// Whether it says nothing: missing, an empty field, `null` or an empty string.
  package var isEmpty: Bool {
    switch self {
    case .missing, .json(.null): true
    case .text(let bytes): bytes.isEmpty
    case .json(.string(let text)): text.isEmpty
    case .json: false
    }
  }

  /// Whether a JSON record has no such member.
  package var isMissing: Bool { if case .missing = self { true } else { false } }

  /// Whether it is an array or an object of JSON, which no text can stand for.
  package var isListOrObject: Bool {
    switch self {
    case .json(.array), .json(.object): true
    default: false
    }
  }

  /// The content as text: a field or string as it is, a JSON number as it was written, `true` and `false`.
  /// Nil where there is nothing, for `null`, arrays and objects.
  package var string: String? {
    switch self {
    case .missing: nil
    case .text(let bytes): String(decoding: bytes, as: UTF8.self)
    case .json(.bool(let flag)): flag ? "true" : "false"
    case .json(let value): value.identifier
    }
  }

  /// The content as an id: like `string`, but truth values are none and neither is the empty text.
  package var identifier: String? {
    switch self {
    case .missing: nil
    case .text(let bytes): bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    case .json(let value): value.identifier.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// The content as a number: a JSON number, or a text that is one number (see `parseNumber`).
  package var number: Double? {
    switch self {
    case .missing: nil
    case .text(let bytes): parseNumber(bytes)
    case .json(.number(let number)): number.value
    case .json(.string(let text)): text.withBytes(parseNumber)
    case .json: nil
    }
  }

  /// The content as an instant, in milliseconds since 1970 UTC (see `parseTime`).
  package var timeMilliseconds: Int64? {
    switch self {
    case .missing: nil
    case .text(let bytes): parseTime(bytes)
    case .json(.number(let number)): milliseconds(ofEpoch: number.value)
    case .json(.string(let text)): text.withBytes(parseTime)
    case .json: nil
    }
  }

  /// Calls `body` with the UTF-8 of the content's text, without making a string of a field.
  /// Nil where `string` is nil.
  package func withText<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R? {
    if case .text(let bytes) = self { return body(bytes) }
    return string.map { $0.withBytes(body) }
  }
}
