extension AttributeValue {
  /// The text; nil for everything else.
  public var stringValue: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, a whole one of more than 53 bits rounded; nil for everything else.
  public var doubleValue: Double? {
    switch self {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  /// The number where it is a whole one that an `Int` holds; nil for everything else.
  public var intValue: Int? {
    switch self {
    case .number(let number): Int(exactly: number)
    case .integer(let number): Int(exactly: number)
    default: nil
    }
  }

  /// The truth value; nil for everything else.
  public var boolValue: Bool? { if case .bool(let flag) = self { flag } else { nil } }

  /// The elements of a list of any kind; nil for everything else.
  public var arrayValue: [AttributeValue]? {
    switch self {
    case .strings(let texts): texts.map { .string($0) }
    case .integers(let numbers): numbers.map { AttributeValue(exactly: $0) }
    case .list(let elements): elements
    default: nil
    }
  }

  /// The members of an object; nil for everything else.
  public var objectValue: Attributes? { if case .object(let members) = self { members } else { nil } }
}
