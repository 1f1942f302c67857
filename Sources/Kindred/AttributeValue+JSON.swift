import Filters
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
      self = .number(number.value)
    }
  }
}
