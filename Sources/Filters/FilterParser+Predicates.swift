/// ```
/// predicate = name comparison literal | literal comparison name | literal comparison literal
///           | name ["not"] "in" "(" [literal {"," literal}] ")"
///           | name ["not"] "between" literal "and" literal | name ["not"] "like" text
///           | name "is" ["not"] ("null" | "true" | "false") | name | "true" | "false"
/// ```
extension FilterParser {
  /// Reads one condition without `and`, `or`, `not` or parentheses around it.
  mutating func predicate() throws(FilterError) -> FilterExpression {
    let first = token
    switch first.kind {
    case .word(let name), .quotedName(let name):
      advance()
      return .test(attribute: attribute(name, at: first.range), try test(on: name))
    case .text, .number, .keyword(.true), .keyword(.false), .keyword(.null):
      return try literalFirst()
    default: throw missingOperand()
    }
  }

  /// Reads what follows the name of an attribute.
  private mutating func test(on name: String) throws(FilterError) -> ValueTest {
    if case .comparison(let comparison) = token.kind {
      let sign = token
      advance()
      return try compared(comparison, try operand(after: sign, name: name), at: sign)
    }
    if accept(.is) { return try isTest(name) }
    var isNegated = false
    if token.kind == .keyword(.not) {
      isNegated = true
      switch following.kind {
      case .keyword(.in): advance()
      case .word(let word) where ["between", "like"].contains(word.lowercased()): advance()
      case .keyword(.null):
        throw failure("Write \(BareName.quotedIfNeeded(name)) is not null.", at: following)
      default: throw failure("Expected in, between or like behind \(name) not.", at: following)
      }
    }
    if accept(.in) { return ValueTest(.oneOf(try list(for: name)), isNegated: isNegated) }
    if acceptWord("between") { return ValueTest(try range(), isNegated: isNegated) }
    if acceptWord("like") { return ValueTest(try pattern(), isNegated: isNegated) }
    return ValueTest(.bool(true), isTruthTest: true)
  }

  /// Reads `is null`, `is not null`, `is true` and their kin, behind `is`.
  private mutating func isTest(_ name: String) throws(FilterError) -> ValueTest {
    let isNegated = accept(.not)
    if accept(.null) { return ValueTest(.null, isNegated: isNegated) }
    if accept(.true) { return ValueTest(.bool(true), isNegated: isNegated, isTruthTest: true) }
    if accept(.false) { return ValueTest(.bool(false), isNegated: isNegated, isTruthTest: true) }
    let sign = isNegated ? "!=" : "="
    throw failure(
      "Expected null, true or false behind is instead of \(described(token)); to compare, write \(name) \(sign) …"
    )
  }

  /// Reads the list of `in`.
  private mutating func list(for name: String) throws(FilterError) -> LiteralSet {
    guard token.kind == .leftParenthesis else {
      throw failure("Expected a list such as (1, 2) behind in instead of \(described(token)).")
    }
    advance()
    var literals: [FilterLiteral] = []
    if token.kind == .rightParenthesis {
      advance()
      return LiteralSet([])
    }
    while true {
      if token.kind == .keyword(.null) {
        throw failure(
          "null equals nothing, so it has no place in a list; add or \(BareName.quotedIfNeeded(name)) is null.",
          code: .invalidComparison)
      }
      literals.append(try literal(behind: "in"))
      if token.kind == .comma {
        advance()
        continue
      }
      guard token.kind == .rightParenthesis else {
        throw failure("Expected a comma or ) in the list instead of \(described(token)).")
      }
      advance()
      return LiteralSet(literals)
    }
  }

  private mutating func range() throws(FilterError) -> ValueTest.Matcher {
    let low = try literal(behind: "between")
    guard accept(.and) else {
      throw failure("Expected and between the two ends of between instead of \(described(token)).")
    }
    let end = token
    let high = try literal(behind: "and")
    switch (low, high) {
    case (.number(let low), .number(let high)): return .numberRange(low, high)
    case (.text(let low), .text(let high)): return .textRange(low, high)
    default:
      throw failure(
        "The two ends of between are two numbers or two texts.", code: .invalidComparison, at: end)
    }
  }

  private mutating func pattern() throws(FilterError) -> ValueTest.Matcher {
    guard case .text(let text) = token.kind else {
      throw failure("Expected a pattern such as 'red %' behind like instead of \(described(token)).")
    }
    advance()
    return .like(LikePattern(TextLiteral(text)))
  }

  /// Reads a condition that begins with a literal: `30 > price`, `1 = 1`, `true`.
  private mutating func literalFirst() throws(FilterError) -> FilterExpression {
    let first = token
    guard case .comparison(let comparison) = following.kind else {
      if accept(.true) { return .constant(true) }
      if accept(.false) { return .constant(false) }
      if following.kind == .keyword(.in) {
        throw failure(
          "Write name = value instead of value in name; for a list attribute, = matches any element.")
      }
      throw failure(
        "\(described(first)) alone is not a condition; compare it with an attribute.".capitalizedFirst)
    }
    let left = first.kind == .keyword(.null) ? nil : try literal(behind: "the beginning")
    if left == nil { advance() }
    let sign = token
    advance()
    switch token.kind {
    case .word(let name), .quotedName(let name):
      guard let left else { throw comparedWithNull(name, comparison, at: first) }
      let attribute = attribute(name, at: token.range)
      advance()
      return .test(attribute: attribute, try compared(comparison.flipped, left, at: sign))
    default:
      guard let left, token.kind != .keyword(.null) else {
        throw comparedWithNull("x", comparison, at: first)
      }
      let right = try literal(behind: comparison.rawValue)
      return .constant(try compared(comparison, right, at: sign).passes(left.value))
    }
  }

  /// Reads the literal on the right side of a comparison with the attribute `name`.
  private mutating func operand(after sign: FilterToken, name: String) throws(FilterError) -> FilterLiteral {
    switch token.kind {
    case .keyword(.null):
      guard case .comparison(let comparison) = sign.kind else { break }
      throw comparedWithNull(name, comparison, at: token)
    case .word(let word):
      throw failure(
        "An attribute is compared with a value, not with another attribute; text needs quotes: '\(word)'.",
        code: .invalidComparison)
    case .quotedName(let word):
      throw failure(
        "An attribute is compared with a value, not with the attribute \(word); text goes between ' and '.",
        code: .invalidComparison)
    default: break
    }
    return try literal(behind: described(sign))
  }

  private mutating func literal(behind what: String) throws(FilterError) -> FilterLiteral {
    let literal: FilterLiteral
    switch token.kind {
    case .number(let number): literal = .number(number)
    case .text(let text): literal = .text(TextLiteral(text))
    case .keyword(.true): literal = .bool(true)
    case .keyword(.false): literal = .bool(false)
    case .word(let word):
      throw failure("Expected a value behind \(what); text needs quotes: '\(word)'.")
    default: throw failure("Expected a value behind \(what) instead of \(described(token)).")
    }
    advance()
    return literal
  }

  /// The test for a comparison; truth values know only equality.
  private func compared(
    _ comparison: Comparison, _ literal: FilterLiteral, at sign: FilterToken
  ) throws(FilterError) -> ValueTest {
    if case .bool = literal, comparison != .equal, comparison != .notEqual {
      throw failure("true and false have no order; use = or !=.", code: .invalidComparison, at: sign)
    }
    return ValueTest(comparison, literal)
  }

  private func comparedWithNull(_ name: String, _ comparison: Comparison, at place: FilterToken)
    -> FilterError
  {
    let not = comparison == .notEqual ? "not " : ""
    return failure(
      "null equals nothing; write \(BareName.quotedIfNeeded(name)) is \(not)null.", code: .invalidComparison,
      at: place)
  }

  /// What is wrong where a condition should begin.
  private func missingOperand() -> FilterError {
    switch token.kind {
    case .end: failure("The filter ends where a condition should follow.")
    case .keyword(let keyword):
      failure(
        "Expected a condition instead of \(keyword.rawValue); an attribute of that name needs backquotes: "
          + "`\(keyword.rawValue)`."
      )
    case .comparison(let comparison): failure("There is no attribute before \(comparison.rawValue).")
    default: failure("Expected a condition instead of \(described(token)).")
    }
  }
}

extension String {
  /// The text with its first letter as a capital.
  fileprivate var capitalizedFirst: String {
    guard let first else { return self }
    return first.uppercased() + dropFirst()
  }
}
