import Basics

/// A condition on the id, the text and the attributes of a record, such as
/// `price < 30 and category in ("bags", "home")`.
///
/// A literal binds what it interpolates: `"brand = \(name)"` compares with the text in `name` whatever its characters,
/// and `"\(name: column) > \(5)"` names an attribute. Lists become lists: `"id in \(ids)"`. An interpolation between
/// quotes, and an interpolated filter that is none by itself, make a filter that is wrong. The text is read where the
/// filter is used, which throws `.badFilter` for a wrong one; docs/filters.md has the language.
public struct Filter: Sendable, Hashable {
  private let exact: ExactString

  /// The condition as it is written.
  public var text: String { exact.value }

  /// A filter by its text, such as one that a user wrote. Values from outside do not belong into the text: a literal
  /// binds them.
  public init(_ text: String) { exact = ExactString(text) }
}

extension Filter: ExpressibleByStringInterpolation {
  /// Writes values and names as the language has them.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""
    /// What ends the quoted text or name that the literal stands in; nil outside of one.
    private var closing: Unicode.Scalar?

    /// Begins a filter.
    public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(2 * literalCapacity) }
    /// Appends a part of the condition itself.
    public mutating func appendLiteral(_ literal: String) {
      text += literal
      for scalar in literal.unicodeScalars {
        if let open = closing {
          if scalar == open { closing = nil }
        } else {
          closing = scalar == "[" ? "]" : ["'", "\"", "`"].contains(scalar) ? scalar : nil
        }
      }
    }
    /// Appends a text between quotes.
    public mutating func appendInterpolation(_ value: String) { bind(Self.quoted(value)) }
    /// Appends a whole number.
    public mutating func appendInterpolation(_ value: some BinaryInteger) { bind("\(value)") }
    /// Appends a number; one that is not finite makes a wrong filter.
    public mutating func appendInterpolation(_ value: Double) { bind("\(value)") }
    /// Appends a truth value.
    public mutating func appendInterpolation(_ value: Bool) { bind("\(value)") }
    /// Appends a list of texts.
    public mutating func appendInterpolation(_ values: [String]) { append(values.map(Self.quoted)) }
    /// Appends a list of whole numbers.
    public mutating func appendInterpolation(_ values: [some BinaryInteger]) {
      append(values.map { "\($0)" })
    }
    /// Appends a list of numbers.
    public mutating func appendInterpolation(_ values: [Double]) { append(values.map { "\($0)" }) }
    /// Appends a condition between parentheses.
    public mutating func appendInterpolation(_ condition: Filter) {
      // A text that is no condition by itself could close the parentheses, or open a quote.
      let isCondition = (try? ParsedFilter.parse(condition.text)) != nil
      bind(isCondition ? "(\(condition.text))" : Self.wrong)
    }
    /// Appends the name of an attribute, between backquotes where it needs them.
    public mutating func appendInterpolation(name: String) { bind(BareName.quotedIfNeeded(name)) }

    private mutating func append(_ values: [String]) { bind("(\(values.joined(separator: ", ")))") }

    /// What no filter can hold: it makes the whole one wrong.
    private static let wrong = ") ("

    /// Appends what stands for a value, apart from what is before and behind it: two quotes side by side would be one
    /// in a text.
    private mutating func bind(_ bound: String) {
      // Behind the closing quote, where it cannot be a part of the text.
      if let closing { text.unicodeScalars.append(closing) }
      text += closing == nil ? " \(bound) " : Self.wrong
      closing = nil
    }

    /// A text of the language; scalar by scalar, as a quote may be part of a larger character.
    private static func quoted(_ value: String) -> String {
      var quoted: String.UnicodeScalarView = "'".unicodeScalars
      for scalar in value.unicodeScalars {
        if scalar == "'" { quoted.append(scalar) }
        quoted.append(scalar)
      }
      return String(quoted) + "'"
    }
  }

  /// A filter by its text.
  public init(stringLiteral text: String) { self.init(text) }
  /// A filter with what was interpolated bound.
  public init(stringInterpolation: StringInterpolation) { self.init(stringInterpolation.text) }
}

/// The coded form is the text.
extension Filter: Codable, CustomStringConvertible {
  /// Decodes the text.
  /// - Throws: `DecodingError` where there is no text.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Encodes the text.
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// The text.
  public var description: String { text }
}
