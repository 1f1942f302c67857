import Values
import Basics

/// One condition on the value of one attribute, such as `< 30` or `in ('a', 'b')`.
///
/// The matcher looks at single elements: a scalar is one element, a list has several, null has none. A value
/// passes a plain test when any element matches, and a negated test (`!=`, `not in`, …) when no element matches. Null
/// passes neither, since the test is unknown there, except for tests that are never unknown: `is null`, `is true`,
/// `is false` and a bare name, which take null for what it is.
struct ValueTest: Sendable {
  /// What a single element has to satisfy.
  enum Matcher: Sendable {
    /// Matches no element; null itself passes the plain test and fails the negated one.
    case null
    case number(Comparison, FilterNumber)
    case text(Comparison, TextLiteral)
    case bool(Bool)
    case oneOf(LiteralSet)
    case numberRange(FilterNumber, FilterNumber)
    case textRange(TextLiteral, TextLiteral)
    case like(LikePattern)
  }

  /// What an element has to satisfy. Its comparison is never `notEqual`; that is `isNegated`.
  let matcher: Matcher
  /// Whether no element may match.
  let isNegated: Bool
  /// Whether it asks for a truth value, which null is not, instead of comparing with one.
  let isTruthTest: Bool
  /// The outcome for null; false where the test is unknown.
  let passesNull: Bool

  /// - Parameter isTruthTest: whether a test for a truth value is one of `is true` and its kin.
  init(_ matcher: Matcher, isNegated: Bool = false, isTruthTest: Bool = false) {
    self.matcher = matcher
    self.isNegated = isNegated
    self.isTruthTest = isTruthTest
    passesNull = if case .null = matcher { !isNegated } else { isTruthTest && isNegated }
  }

  /// The test `value comparison literal`.
  init(_ comparison: Comparison, _ literal: FilterLiteral) {
    let positive = comparison == .notEqual ? .equal : comparison
    let matcher: Matcher =
      switch literal {
      case .number(let number): .number(positive, number)
      case .text(let text): .text(positive, text)
      case .bool(let bool): .bool(bool)
      }
    self.init(matcher, isNegated: comparison == .notEqual)
  }

  /// Tests with numbers in place of the literals, all of which have to pass where this one is negated, else any; nil
  /// where a literal is no number or is not compared as a whole.
  func withNumbers(_ number: (String) -> Int64?) -> [ValueTest]? {
    func test(_ comparison: Comparison, _ text: String) -> ValueTest? {
      number(text).map { ValueTest(.number(comparison, FilterNumber($0)), isNegated: isNegated) }
    }
    switch matcher {
    case .null: return [self]
    case .text(let comparison, let literal): return test(comparison, literal.string).map { [$0] }
    case .number(let comparison, let literal): return test(comparison, literal.description).map { [$0] }
    case .textRange(let low, let high):
      guard let low = number(low.string), let high = number(high.string) else { return nil }
      return [ValueTest(.numberRange(FilterNumber(low), FilterNumber(high)), isNegated: isNegated)]
    case .numberRange(let low, let high):
      guard let low = number(low.description), let high = number(high.description) else { return nil }
      return [ValueTest(.numberRange(FilterNumber(low), FilterNumber(high)), isNegated: isNegated)]
    case .oneOf(let set):
      guard let texts = set.onlyTexts else { return nil }
      let tests = texts.compactMap { test(.equal, $0) }
      return tests.count == texts.count && !tests.isEmpty ? tests : nil
    case .bool, .like: return nil
    }
  }

  /// The test that passes exactly where `not` of this one is true; a null that leaves this one unknown passes neither.
  var negated: ValueTest { ValueTest(matcher, isNegated: !isNegated, isTruthTest: isTruthTest) }

  /// Whether `value` passes. O(elements).
  func passes(_ value: AttributeValue) -> Bool {
    switch value {
    case .null: passesNull
    case .number(let number): matches(FilterNumber(number)) != isNegated
    case .bool(let bool): matches(bool) != isNegated
    case .string(let text): matches(text) != isNegated
    case .strings(let texts): texts.contains { matches($0) } != isNegated
    case .integers(let numbers): numbers.contains { matches(FilterNumber($0)) } != isNegated
    case .integer(let number): matches(FilterNumber(number)) != isNegated
    case .list(let elements):
      elements.contains { !$0.isNull && ValueTest(matcher).passes($0) } != isNegated
    case .object: isNegated
    }
  }

  /// Whether a raw text cell passes; `nil` is null. Does not allocate.
  func passes(_ cell: UnsafeRawBufferPointer?) -> Bool {
    guard let cell else { return passesNull }
    return matches(cell) != isNegated
  }

  /// Whether the element `number` matches.
  ///
  /// A number equals the texts that read as it, as a text equals the numbers it reads as: whether a code came as
  /// `12345` or as `'12345'` is an accident of the file. A pattern looks at its shortest text.
  func matches(_ number: FilterNumber) -> Bool {
    switch matcher {
    case .number(let comparison, let literal): return comparison.holds(number, literal)
    case .oneOf(let set): return set.containsValue(number)
    case .numberRange(let low, let high): return number >= low && number <= high
    case .text(let comparison, let literal):
      guard let literal = literal.number else { return false }
      return comparison.holds(number, literal)
    case .textRange(let low, let high):
      guard let low = low.number, let high = high.number else { return false }
      return number >= low && number <= high
    case .like: return matches(number.description)
    case .null, .bool: return false
    }
  }

  /// Whether the element `bool` matches.
  func matches(_ bool: Bool) -> Bool {
    switch matcher {
    case .bool(let literal): bool == literal
    case .oneOf(let set): set.contains(bool)
    case .null, .number, .text, .numberRange, .textRange, .like: false
    }
  }

  /// Whether the element `text` matches.
  func matches(_ text: String) -> Bool {
    let fast = text.utf8.withContiguousStorageIfAvailable { matches(UnsafeRawBufferPointer($0)) }
    if let fast { return fast }
    return Array(text.utf8).withUnsafeBytes { matches($0) }
  }

  /// Whether the element written as UTF-8 in `bytes` matches.
  ///
  /// Text that reads as a number also matches numbers, and the words `true` and `false` match those values:
  /// attributes that came from text files have no other type.
  func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch matcher {
    case .null: return false
    case .number(let comparison, let literal):
      guard let number = FilterNumber.cell(bytes) else { return false }
      return comparison.holds(number, literal)
    case .numberRange(let low, let high):
      guard let number = FilterNumber.cell(bytes) else { return false }
      return number >= low && number <= high
    case .text(let comparison, let literal): return comparison.holds(TextLiteral.order(bytes, literal), 0)
    case .textRange(let low, let high):
      return TextLiteral.order(bytes, low) >= 0 && TextLiteral.order(bytes, high) <= 0
    case .bool(let literal): return BooleanWord.value(of: bytes) == literal
    case .oneOf(let set): return set.contains(bytes)
    case .like(let pattern): return pattern.matches(bytes)
    }
  }
}

extension Comparison {
  /// Whether `left self right`.
  @inline(__always)
  func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

/// The words of a text cell that stand for yes and no.
enum BooleanWord {
  /// `true` or `false` in any case, with spaces and tabs around it; else `nil`.
  static func value(of bytes: UnsafeRawBufferPointer) -> Bool? {
    let word = trimmed(bytes)
    if isEqual(word, "true") { return true }
    if isEqual(word, "false") { return false }
    return nil
  }

  private static func isEqual(_ word: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
    guard word.count == lowercase.utf8CodeUnitCount else { return false }
    for index in 0..<word.count where word[index] | 0x20 != lowercase.utf8Start[index] { return false }
    return true
  }
}
