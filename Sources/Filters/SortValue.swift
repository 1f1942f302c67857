package import Basics
package import Values

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
