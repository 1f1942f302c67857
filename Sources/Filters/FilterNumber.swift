import Basics

/// A number of a filter or of an attribute, compared without rounding: `9007199254740993` is not `9007199254740992`.
package struct FilterNumber: Comparable, Hashable, Sendable, CustomStringConvertible {
  /// The nearest `Double`.
  package let value: Double
  /// The number itself, where it is a whole one that a `Double` may round.
  package let whole: Int64?

  package init(_ value: Double) {
    self.value = value
    whole = nil
  }

  package init(_ whole: Int64) {
    value = Double(whole)
    self.whole = whole.magnitude > 1 << 53 ? whole : nil
  }

  /// The number that `text` is written as, whose nearest `Double` is `value`.
  init(_ value: Double, writtenAs text: some StringProtocol) {
    // 9007199254740993.0 is as whole as without its zero.
    let point = text.firstIndex(of: ".") ?? text.endIndex
    let isWhole = text[point...].dropFirst().allSatisfy { $0 == "0" }
    if value.magnitude >= 0x1p53, isWhole, let whole = Int64(text[..<point]) {
      self.init(whole)
    } else {
      self.init(value)
    }
  }

  /// The number that a text cell reads as; nil where it is none.
  static func cell(_ bytes: UnsafeRawBufferPointer) -> FilterNumber? {
    guard let value = parseNumber(bytes) else { return nil }
    guard value.magnitude >= 0x1p53 else { return FilterNumber(value) }
    return FilterNumber(
      value, writtenAs: String(decoding: trimmed(bytes), as: UTF8.self))
  }

  /// The shortest text of the number.
  package var description: String {
    if let whole { return whole.description }
    if let short = Int64(exactly: value), short.magnitude < 1 << 53, value.sign == .plus || short != 0 {
      return short.description
    }
    return value.description
  }

  package static func == (left: FilterNumber, right: FilterNumber) -> Bool {
    switch (left.whole, right.whole) {
    case (nil, nil): left.value == right.value
    case (let left?, let right?): left == right
    case (let whole?, nil): Int64(exactly: right.value) == whole
    case (nil, let whole?): Int64(exactly: left.value) == whole
    }
  }

  /// Equal numbers have one nearest `Double`.
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }

  package static func < (left: FilterNumber, right: FilterNumber) -> Bool {
    switch (left.whole, right.whole) {
    case (nil, nil): left.value < right.value
    case (let left?, let right?): left < right
    case (let whole?, nil): order(whole, right.value) < 0
    case (nil, let whole?): order(whole, left.value) > 0
    }
  }

  /// Negative, zero or positive as `whole` is less than, equal to or greater than the finite `value`.
  private static func order(_ whole: Int64, _ value: Double) -> Int {
    if value >= 0x1p63 { return -1 }
    if value < -0x1p63 { return 1 }
    let floor = Int64(value.rounded(.down))
    if whole != floor { return whole < floor ? -1 : 1 }
    return value > value.rounded(.down) ? -1 : 0
  }
}
