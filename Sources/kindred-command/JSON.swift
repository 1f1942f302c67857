import Interchange

/// A JSON value to print, written down as a literal: `["id": .string(id), "count": .integer(3)]`.
///
/// Keys keep the order they are written in, so that output is the same on every run.
enum JSON {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number in its shortest form that reads back as the same `Double`; null when it is not finite.
  case number(Double)
  /// As `number`, shortest for a `Float`.
  case float(Float)
  case string(String)
  case array([JSON])
  case object([Member])

  /// A key and its value.
  struct Member {
    var key: String
    var value: JSON
  }
}

extension JSON: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}

extension JSON {
  /// The value, or null where there is none.
  init(_ string: String?) { self = string.map(JSON.string) ?? .null }
  /// The value, or null where there is none.
  init(_ number: Double?) { self = number.map(JSON.number) ?? .null }
  /// The value, or null where there is none.
  init(_ integer: Int?) { self = integer.map(JSON.integer) ?? .null }

  /// An object of members in their order.
  init(members: [(String, JSON)]) {
    self = .object(members.map { Member(key: $0.0, value: $0.1) })
  }

  /// A value that was read.
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .number(let number): self = number.integer.map { .integer(Int($0)) } ?? .number(number.value)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map { JSON($0) })
    case .object(let object): self.init(members: object.members.map { ($0.key, JSON($0.value)) })
    }
  }

  /// Counts by name, by falling count and then by name.
  init(counts: [String: Int]) {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    self = .object(sorted.map { Member(key: $0.key, value: .integer($0.value)) })
  }

  /// One line of JSON text, without the newline.
  var text: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
