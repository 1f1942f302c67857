import Basics

/// The value of one attribute of an item or a user.
///
/// `null` stands for "has none": a missing attribute and a null attribute are the same thing everywhere. Texts are
/// equal when their bytes are.
public enum AttributeValue: Sendable {
  /// No value.
  case null
  /// Text, compared by its bytes.
  case string(String)
  /// A number.
  case number(Double)
  /// A whole number that a `Double` might round; `init(exactly:)` chooses between this and `number`.
  case integer(Int64)
  /// A yes or no.
  case bool(Bool)
  /// A list of texts.
  case strings([String])
  /// A list of whole numbers.
  case integers([Int64])
  /// Any other list: of decimals, truth values, lists, objects, nulls, or a mixture.
  case list([AttributeValue])
  /// Named values, in the order they came.
  case object(Attributes)
}

extension AttributeValue {
  /// The whole number `value`: `number` where every number of its size is exact in a `Double`, else `integer`.
  public init(exactly value: Int64) {
    self = value.magnitude <= 1 << 53 ? .number(Double(value)) : .integer(value)
  }

  /// The list `elements`: `strings` of nothing but texts, `integers` of nothing but whole numbers, else `list`.
  public init(elements: [AttributeValue]) {
    let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    if texts.count == elements.count {
      self = .strings(texts)
      return
    }
    let numbers = elements.compactMap(\.wholeNumber)
    self = numbers.count == elements.count ? .integers(numbers) : .list(elements)
  }

  /// The number as a whole one; nil for everything else, negative zero included.
  package var wholeNumber: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value): value.sign == .minus && value == 0 ? nil : Int64(exactly: value)
    default: nil
    }
  }

  /// Whether lists and objects are nested at most `limit` deep.
  package func isNested(atMost limit: Int) -> Bool {
    switch self {
    case .null, .string, .number, .integer, .bool: true
    case .strings, .integers: limit >= 1
    case .list(let elements): limit >= 1 && elements.allSatisfy { $0.isNested(atMost: limit - 1) }
    case .object(let members): limit >= 1 && members.allSatisfy { $0.value.isNested(atMost: limit - 1) }
    }
  }

  /// Whether every number, nested ones included, is finite.
  package var isFinite: Bool {
    switch self {
    case .number(let number): number.isFinite
    case .list(let elements): elements.allSatisfy(\.isFinite)
    case .object(let members): members.allSatisfy(\.value.isFinite)
    case .null, .string, .integer, .bool, .strings, .integers: true
    }
  }
}

extension AttributeValue: Hashable {
  /// Whether both are of one case and equal; texts and names by their bytes.
  public static func == (left: AttributeValue, right: AttributeValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.string(let left), .string(let right)): left.isExactly(right)
    case (.number(let left), .number(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.bool(let left), .bool(let right)): left == right
    case (.strings(let left), .strings(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isExactly($1) }
    case (.integers(let left), .integers(let right)): left == right
    case (.list(let left), .list(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  /// Hashes the value.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .string(let text): hasher.combine(ExactString(text))
    case .number(let number): hasher.combine(number)
    case .integer(let number): hasher.combine(number)
    case .bool(let flag): hasher.combine(flag)
    case .strings(let texts): for text in texts { hasher.combine(ExactString(text)) }
    case .integers(let numbers): hasher.combine(numbers)
    case .list(let elements): hasher.combine(elements)
    case .object(let members): hasher.combine(members)
    }
  }
}

extension AttributeValue: ExpressibleByNilLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral
{
  /// Makes `null`.
  public init(nilLiteral: ()) { self = .null }
  /// Makes a text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a yes or no.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a number, exactly.
  public init(integerLiteral value: Int64) { self.init(exactly: value) }
}

/// The coded form is the plain value: `null`, `"text"`, `1.5`, `true`, `["a","b"]`, `[1,2]`, `[1.5,null]`, `{"w":1}`.
///
/// An empty list decodes as `strings([])`, because its elements cannot tell their type.
extension AttributeValue: Codable {
  /// Decodes a plain value.
  /// - Throws: `DecodingError` for anything that is none.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self), value != 0 {
      self.init(exactly: value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([String].self) {
      self = .strings(value)
    } else if let value = try? container.decode([Int64].self) {
      self = .integers(value)
    } else if let value = try? container.decode([AttributeValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode(Attributes.self))
    }
  }

  /// Encodes the plain value.
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .string(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .bool(let value): try container.encode(value)
    case .strings(let value): try container.encode(value)
    case .integers(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
