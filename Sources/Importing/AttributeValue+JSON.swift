import Values
import Basics
import Interchange

extension AttributeValue {
  /// What a JSON value is as an attribute; nothing is lost.
  ///
  /// Whole numbers are exact; one beyond 64 bits, which no number of ours holds, is the text of its digits. Lists of
  /// nothing but texts or whole numbers have their own cases, all others keep their elements.
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .number(let number): self.init(number)
    case .string(let text): self = .string(text)
    case .array(let elements): self.init(elements: elements.map { AttributeValue($0) })
    case .object(let object):
      var members = Attributes()
      for member in object.members { members[member.key] = AttributeValue(member.value) }
      self = .object(members)
    }
  }

  private init(_ number: JSONNumber) {
    if let whole = number.integer {
      // "-0" is a number of its own.
      self = whole == 0 ? .number(number.value) : AttributeValue(exactly: whole)
    } else if number.text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || ($0 >= 0x30 && $0 <= 0x39) }) {
      self = .string(number.text)
    } else {
      let whole =
        number.value.magnitude >= 0x1p53
        ? number.text.withBytes { AttributeValue(wholeWithZeros: $0) } : nil
      self = whole ?? .number(number.value)
    }
  }

  /// The whole number of digits with nothing but zeros behind the point, exactly; nil for all that a `Double` has to
  /// hold.
  init?(wholeWithZeros digits: UnsafeRawBufferPointer) {
    guard let point = digits.firstIndex(of: UInt8(ascii: ".")),
      digits[(point + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }),
      let whole = Int64(String(decoding: digits[..<point], as: UTF8.self)), whole.magnitude > 1 << 53
    else { return nil }
    self.init(exactly: whole)
  }
}
