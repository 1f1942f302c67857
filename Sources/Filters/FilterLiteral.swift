import Values

/// A value written in a filter.
enum FilterLiteral: Sendable {
  case number(FilterNumber)
  case text(TextLiteral)
  case bool(Bool)

  /// The same value as an attribute would have it.
  var value: AttributeValue {
    switch self {
    case .number(let number): number.whole.map { .integer($0) } ?? .number(number.value)
    case .text(let text): .string(text.string)
    case .bool(let bool): .bool(bool)
    }
  }
}

/// A text written in a filter, as UTF-8.
///
/// Bytes and not `String`, because `String` compares by canonical equivalence: two spellings of "é" would be
/// equal in one evaluation and different in the ones that see raw cells.
struct TextLiteral: Sendable, Comparable {
  let bytes: [UInt8]
  /// The number that the text reads as, for comparisons with numbers.
  let number: FilterNumber?

  init(_ text: String) {
    bytes = Array(text.utf8)
    number = bytes.withUnsafeBytes { FilterNumber.cell($0) }
  }

  static func == (left: TextLiteral, right: TextLiteral) -> Bool { left.bytes == right.bytes }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  static func < (left: TextLiteral, right: TextLiteral) -> Bool {
    left.bytes.withUnsafeBytes { order($0, right) < 0 }
  }

  /// Negative, zero or positive as `text` sorts before, with or after `literal`, byte by byte.
  ///
  /// The order of UTF-8 bytes is the order of Unicode scalars.
  static func order(_ text: UnsafeRawBufferPointer, _ literal: TextLiteral) -> Int {
    literal.bytes.withUnsafeBytes { right in
      let common = min(text.count, right.count)
      for index in 0..<common where text[index] != right[index] {
        return Int(text[index]) - Int(right[index])
      }
      return text.count - right.count
    }
  }
}

/// The values in the parentheses of `in (…)`, ready for binary search.
struct LiteralSet: Sendable {
  /// Ascending.
  let numbers: [FilterNumber]
  /// The numbers that texts of the list read as, ascending: they equal numbers, not texts.
  private let numbersOfTexts: [FilterNumber]
  /// Ascending by bytes.
  let texts: [TextLiteral]
  let hasTrue: Bool
  let hasFalse: Bool

  init(_ literals: [FilterLiteral]) {
    var numbers: [FilterNumber] = []
    var texts: [TextLiteral] = []
    var hasTrue = false
    var hasFalse = false
    for literal in literals {
      switch literal {
      case .number(let number): numbers.append(number)
      case .text(let text): texts.append(text)
      case .bool(true): hasTrue = true
      case .bool(false): hasFalse = true
      }
    }
    self.numbers = numbers.sorted()
    self.texts = texts.sorted()
    numbersOfTexts = texts.compactMap(\.number).sorted()
    self.hasTrue = hasTrue
    self.hasFalse = hasFalse
  }

  /// Whether the list has the number of an attribute, bare or between quotes. O(log count).
  func containsValue(_ number: FilterNumber) -> Bool {
    contains(number) || Self.contains(number, numbersOfTexts)
  }

  /// Whether a bare number of the list equals `number`. O(log count).
  func contains(_ number: FilterNumber) -> Bool { Self.contains(number, numbers) }

  private static func contains(_ number: FilterNumber, _ numbers: [FilterNumber]) -> Bool {
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low] == number
  }

  /// The texts, where the list has nothing else.
  var onlyTexts: [String]? {
    numbers.isEmpty && !hasTrue && !hasFalse ? texts.map(\.string) : nil
  }

  /// Whether the list has `bool`.
  func contains(_ bool: Bool) -> Bool { bool ? hasTrue : hasFalse }

  /// Whether the list has the text, or the number or truth value it reads as. O(log count) comparisons.
  func contains(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if containsText(bytes) { return true }
    if !numbers.isEmpty, let number = FilterNumber.cell(bytes), contains(number) { return true }
    if hasTrue || hasFalse, let bool = BooleanWord.value(of: bytes) { return contains(bool) }
    return false
  }

  private func containsText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var low = 0
    var high = texts.count
    while low < high {
      let middle = (low + high) / 2
      let order = TextLiteral.order(bytes, texts[middle])
      if order == 0 { return true }
      if order > 0 { low = middle + 1 } else { high = middle }
    }
    return false
  }
}
