import Basics

/// Reads the grammar of filters by recursive descent.
///
/// ```
/// disjunction = conjunction { "or" conjunction }
/// conjunction = negation { "and" negation }
/// negation    = "not" negation | primary
/// primary     = "(" disjunction ")" | predicate            (predicates: FilterParser+Predicates.swift)
/// ```
struct FilterParser {
  private let tokens: [FilterToken]
  private var position = 0
  private var depth = 0
  /// The attributes in order of appearance, each once; expressions hold indices into it.
  private(set) var names: [String] = []
  /// Where each attribute appeared first, in scalars.
  private(set) var nameRanges: [Range<Int>] = []
  private var indexOfName: [ExactString: Int] = [:]

  init(tokens: [FilterToken]) {
    self.tokens = tokens
  }

  /// Reads all tokens as one condition.
  mutating func parse() throws(FilterError) -> FilterExpression {
    if token.kind == .end {
      throw failure("The filter is empty; write a condition such as price < 30.", code: .emptyFilter)
    }
    let expression = try disjunction()
    guard token.kind == .end else { throw trailing() }
    return expression
  }

  private mutating func disjunction() throws(FilterError) -> FilterExpression {
    var parts = [try conjunction()]
    while accept(.or) { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(FilterError) -> FilterExpression {
    var parts = [try negation()]
    while accept(.and) { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(FilterError) -> FilterExpression {
    guard token.kind == .keyword(.not) else { return try primary() }
    try enter()
    advance()
    let inner = try negation()
    depth -= 1
    return .not(inner)
  }

  private mutating func primary() throws(FilterError) -> FilterExpression {
    guard token.kind == .leftParenthesis else { return try predicate() }
    let opening = token
    try enter()
    advance()
    if token.kind == .rightParenthesis {
      throw failure("There is no condition between the parentheses.")
    }
    let inner = try disjunction()
    guard token.kind == .rightParenthesis else {
      if token.kind == .end { throw failure("This parenthesis is never closed.", at: opening) }
      throw trailing()
    }
    advance()
    depth -= 1
    return inner
  }

  /// Counts one level of nesting: the parser recurses, so hostile text must not choose how deep.
  private mutating func enter() throws(FilterError) {
    depth += 1
    if depth > Limits.depth {
      throw failure(
        "Parentheses and not are nested more than \(Limits.depth) deep; simplify the filter.",
        code: .filterTooDeep)
    }
  }

  /// What is wrong with a token behind a complete condition.
  private func trailing() -> FilterError {
    let previous = position > 0 ? tokens[position - 1].kind : .end
    switch token.kind {
    case .rightParenthesis: return failure("This closing parenthesis has no opening one.")
    case .comparison:
      return failure("Comparisons do not chain; write a < x and x < b for a < x < b.")
    case .comma: return failure("Unexpected comma; join conditions with and or or.")
    case .keyword(.not): return failure("Unexpected not; write and not, or x != … or x not in (…).")
    default:
      if previous == .word("where") || previous == .word("WHERE") {
        return failure("Leave out the word where; a filter is only the condition.", at: tokens[position - 1])
      }
      return failure("Expected and, or, or the end of the filter instead of \(described(token)).")
    }
  }
}

extension FilterParser {
  /// The next token.
  var token: FilterToken { tokens[position] }

  /// The token behind the next one.
  var following: FilterToken { tokens[min(position + 1, tokens.count - 1)] }

  /// Goes on to the next token; stays on the last one, which is `end`.
  mutating func advance() {
    if position < tokens.count - 1 { position += 1 }
  }

  /// Takes `keyword` if it is next.
  mutating func accept(_ keyword: Keyword) -> Bool {
    guard token.kind == .keyword(keyword) else { return false }
    advance()
    return true
  }

  /// Takes the word `word`, in any case, if it is next.
  mutating func acceptWord(_ word: String) -> Bool {
    guard case .word(let found) = token.kind, found.lowercased() == word else { return false }
    advance()
    return true
  }

  /// The index of the attribute `name`, which stands at `range`.
  mutating func attribute(_ name: String, at range: Range<Int>) -> Int {
    if let index = indexOfName[ExactString(name)] { return index }
    indexOfName[ExactString(name)] = names.count
    names.append(name)
    nameRanges.append(range)
    return names.count - 1
  }

  /// An error at `place`, or at the next token.
  func failure(
    _ message: String, code: FilterError.Code = .invalidSyntax, at place: FilterToken? = nil
  ) -> FilterError {
    let range = (place ?? token).range
    return FilterError(code: code, message: message, column: range.lowerBound + 1, length: range.count)
  }

  /// A token as a message names it.
  func described(_ token: FilterToken) -> String {
    switch token.kind {
    case .keyword(let keyword): "the word \(keyword.rawValue)"
    case .word(let name), .quotedName(let name): "the name \(name)"
    case .text(let text): "the text '\(text)'"
    case .number(let number): "the number \(number)"
    case .comparison(let comparison): comparison.rawValue
    case .leftParenthesis: "("
    case .rightParenthesis: ")"
    case .comma: "a comma"
    case .end: "the end of the filter"
    }
  }
}
