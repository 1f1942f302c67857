import Values
import Basics
import Interchange

/// Reads the values of an import's cells in the way its options state.
struct RowValues {
  /// How numbers are written, where that was stated.
  let format: NumberFormat?
  private let decodesHTML: Bool

  init(_ options: ImportOptions) throws(InterchangeError) {
    format = try options.numberFormat.map { name throws(InterchangeError) in try NumberFormat.named(name) }
    decodesHTML = options.decodesHTML
  }

  /// A text as it is kept.
  func text(_ text: String) -> String { decodesHTML ? decodingHTML(text) : text }

  /// The number that a text writes; nil where it is none, or a whole one of more digits than we keep.
  func number(_ text: String) -> AttributeValue? {
    text.withBytes { bytes in
      let found = (format ?? .plain).withDigits(of: bytes) { digits -> AttributeValue?? in
        .some(Self.number(digits: digits.text))
      }
      if let found { return found }
      // Exponents and the like are no way of writing for people, but they are numbers.
      return format == nil ? parseNumber(bytes).map { .number($0) } : nil
    }
  }

  private static func number(digits: UnsafeRawBufferPointer) -> AttributeValue? {
    if digits.contains(UInt8(ascii: ".")) {
      return AttributeValue(wholeWithZeros: digits) ?? parseNumber(digits).map { .number($0) }
    }
    return Int64(String(decoding: digits, as: UTF8.self)).map { AttributeValue(exactly: $0) }
  }

  /// The number of an event's cell.
  func number(of cell: Cell) -> Double? {
    guard let format else { return cell.number }
    switch cell {
    case .text(let bytes): return format.number(bytes)
    case .json(.string(let text)): return text.withBytes { format.number($0) }
    case .json, .missing: return cell.number
    }
  }

  /// The value of a delimited cell; nil where the stated type does not allow it.
  func value(_ field: String, _ target: AttributeTarget, _ guess: ColumnType) -> AttributeValue? {
    guard let separator = target.separator else {
      switch target.type {
      case .number: return number(field)
      case .text: return .string(text(field))
      case nil:
        let value = guess.value(of: field)
        if decodesHTML, case .string(let found) = value { return .string(text(found)) }
        return value
      }
    }
    return list(field, separator, target.type)
  }

  private func list(_ field: String, _ separator: String, _ type: ImportOptions.StatedType?)
    -> AttributeValue?
  {
    var elements: [AttributeValue] = []
    for piece in Self.pieces(of: field, separator) {
      if type == .number {
        guard let value = number(piece) else { return nil }
        elements.append(value)
      } else {
        elements.append(.string(text(piece)))
      }
    }
    return AttributeValue(elements: elements)
  }

  /// What stands between separators, without blanks at both ends; empty pieces are none.
  private static func pieces(of field: String, _ separator: String) -> [String] {
    let (bytes, mark) = (Array(field.utf8), Array(separator.utf8))
    guard !mark.isEmpty else { return [field] }
    var pieces: [String] = []
    var start = 0
    var place = 0
    func take() {
      let piece = String(decoding: bytes[start..<place], as: UTF8.self)[...].trimmed
      if !piece.isEmpty { pieces.append(piece) }
    }
    while place < bytes.count {
      if bytes[place...].starts(with: mark) {
        take()
        place += mark.count
        start = place
      } else {
        place += 1
      }
    }
    take()
    return pieces
  }

  /// A JSON value in the stated type; nil where it cannot be of that type.
  func value(_ value: JSONValue, _ target: AttributeTarget) -> AttributeValue? {
    if let separator = target.separator, case .string(let text) = value {
      return list(text, separator, target.type)
    }
    switch (value, target.type) {
    case (.array(let elements), .some):
      var values: [AttributeValue] = []
      for element in elements {
        guard let found = self.value(element, target) else { return nil }
        values.append(found)
      }
      return AttributeValue(elements: values)
    case (.null, _): return .null
    case (.number(let number), .text): return .string(number.text)
    case (.bool(let flag), .text): return .string(flag ? "true" : "false")
    case (.string(let found), .number): return number(found)
    case (.number, .number):
      let found = AttributeValue(value)
      if case .string = found { return nil }
      return found
    case (.object, .some), (.bool, .number): return nil
    case (.string(let found), _): return .string(text(found))
    default: return AttributeValue(value)
    }
  }
}
