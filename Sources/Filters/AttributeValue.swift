/// The value of one attribute of an item or a user.
///
/// `null` stands for "has none": a missing attribute and a null attribute are the same thing everywhere.
public enum AttributeValue: Hashable, Sendable {
  /// No value.
  case null
  /// Text, compared by its bytes.
  case string(String)
  /// A number.
  case number(Double)
  /// A yes or no.
  case bool(Bool)
  /// A list of texts.
  case strings([String])
  /// A list of whole numbers.
  case integers([Int64])
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
  /// Makes a number.
  public init(integerLiteral value: Int64) { self = .number(Double(value)) }
}

/// The coded form is the plain value: `null`, `"text"`, `1.5`, `true`, `["a","b"]`, `[1,2]`.
///
/// An empty list decodes as `strings([])`, because its elements cannot tell their type.
extension AttributeValue: Codable {
  /// Decodes a plain value.
  /// - Throws: `DecodingError.dataCorrupted` for anything that is not one of the six cases.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([String].self) {
      self = .strings(value)
    } else if let value = try? container.decode([Int64].self) {
      self = .integers(value)
    } else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription:
          "An attribute is null, text, a number, true or false, a list of texts, or a list of whole numbers.")
    }
  }

  /// Encodes the plain value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .string(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .bool(let value): try container.encode(value)
    case .strings(let value): try container.encode(value)
    case .integers(let value): try container.encode(value)
    }
  }
}
