package import Basics
package import Values

/// What a list is ordered by, such as `price desc, id`: names of attributes, paths into them, `id` or `text`, each
/// ascending unless `desc` stands behind it.
///
/// Numbers come before texts, texts before truth values. Texts are ordered by their first 500 bytes. What has no value,
/// or one without an order (a list, an object), comes last in both directions. What is equal by all names keeps the
/// order in which it was first written. A name that is no plain word stands between backquotes. The text is read where
/// the order is used, which throws `.invalidArgument` for a wrong one.
public struct SortOrder: Sendable, Hashable {
  private let exact: ExactString

  /// The order as it is written; empty for the order of writing.
  public var text: String { exact.value }

  /// An order by its text.
  public init(_ text: String) { exact = ExactString(text) }

  /// The order in which records were first written.
  public static let written = SortOrder("")

  /// The order by one name, whatever its characters.
  public static func by(_ name: String, descending: Bool = false) -> SortOrder {
    SortOrder(BareName.quotedIfNeeded(name) + (descending ? " desc" : ""))
  }
}

extension SortOrder: ExpressibleByStringLiteral, CustomStringConvertible {
  /// An order by its text.
  public init(stringLiteral text: String) { self.init(text) }
  /// The text.
  public var description: String { text }
}

/// One name of an order.
package struct SortKey: Sendable, Hashable {
  package let name: String
  package let isDescending: Bool
}

extension SortOrder {
  /// The names in their order, up to the first `id`, behind which nothing is equal.
  /// - Throws: `FilterError` with the place.
  package func keys() throws(FilterError) -> [SortKey] {
    let tokens = try FilterLexer.tokens(of: text)
    guard tokens[0].kind != .end else { return [] }
    var keys: [SortKey] = []
    var place = 0
    while true {
      let name: String
      switch tokens[place].kind {
      case .word(let word), .quotedName(let word): name = word
      default: throw Self.error("a name is expected here", tokens[place])
      }
      place += 1
      var isDescending = false
      if case .word(let direction) = tokens[place].kind {
        switch direction.lowercased() {
        case "asc": isDescending = false
        case "desc": isDescending = true
        default: throw Self.error("asc, desc or a comma is expected behind \(name)", tokens[place])
        }
        place += 1
      }
      // A name that stands there already decides nothing.
      let isKnown = keys.contains { $0.name.isExactly(name) || $0.name.isExactly(RecordText.id.rawValue) }
      if !isKnown { keys.append(SortKey(name: name, isDescending: isDescending)) }
      guard keys.count <= Limits.orderNames else {
        throw Self.error("at most \(Limits.orderNames) names are expected", tokens[place])
      }
      if tokens[place].kind == .end { return keys }
      guard tokens[place].kind == .comma else {
        throw Self.error("a comma is expected between two names", tokens[place])
      }
      place += 1
    }
  }

  private static func error(_ message: String, _ token: FilterToken) -> FilterError {
    FilterError(
      code: .invalidSyntax, message: "In an order such as 'price desc, id' \(message).",
      column: token.range.lowerBound + 1, length: max(1, token.range.count))
  }
}

/// A value as records are ordered by it: numbers, then texts by their bytes, then false and true. Lists and objects
/// have no order.
package enum SortValue: Hashable, Comparable, Sendable {
  case number(FilterNumber)
  /// At most `textBytes` of it.
  case text(ExactString)
  case bool(Bool)

  /// Texts that are equal so far are equal: a place in a list is a text of its own, which must not grow with them.
  package static let textBytes = 500

  /// The value of an attribute; nil where it has no order.
  package init?(_ value: AttributeValue) {
    switch value {
    case .number(let number): self = .number(FilterNumber(number))
    case .integer(let number): self = .number(FilterNumber(number))
    case .string(let text): self.init(text: text)
    case .bool(let flag): self = .bool(flag)
    case .null, .strings, .integers, .list, .object: return nil
    }
  }

  package init(text: String) {
    guard text.utf8.count > Self.textBytes else {
      self = .text(ExactString(text))
      return
    }
    let bytes = text.utf8
    var end = bytes.index(bytes.startIndex, offsetBy: Self.textBytes)
    // Not inside a scalar.
    while bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
    self = .text(ExactString(String(text[..<end])))
  }

  private var rank: Int {
    switch self {
    case .number: 0
    case .text: 1
    case .bool: 2
    }
  }

  package static func < (left: SortValue, right: SortValue) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): left < right
    case (.text(let left), .text(let right)): left < right
    case (.bool(let left), .bool(let right)): !left && right
    default: left.rank < right.rank
    }
  }
}
