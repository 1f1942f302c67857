@testable import Filters

extension ParsedFilter {
  /// What `text` is read as, as text that parses to the same tree.
  static func canonical(_ text: String) throws(FilterError) -> String {
    var parser = FilterParser(tokens: try FilterLexer.tokens(of: text))
    let expression = try parser.parse()
    return expression.written(names: parser.names)
  }
}

extension FilterExpression {
  /// The expression as text that parses to the same tree.
  func written(names: [String]) -> String {
    switch self {
    case .constant(let value): return value ? "true" : "false"
    case .test(let attribute, let test): return test.written(name: BareName.quotedIfNeeded(names[attribute]))
    case .not(let inner): return "not \(inner.parenthesized(names: names))"
    case .all(let parts): return parts.map { $0.parenthesized(names: names) }.joined(separator: " and ")
    case .any(let parts): return parts.map { $0.parenthesized(names: names) }.joined(separator: " or ")
    }
  }

  private func parenthesized(names: [String]) -> String {
    switch self {
    case .constant, .test: written(names: names)
    case .not, .all, .any: "(\(written(names: names)))"
    }
  }
}

extension ValueTest {
  /// The test on the attribute `name` as text.
  func written(name: String) -> String {
    let not = isNegated ? "not " : ""
    switch matcher {
    case .null: return "\(name) is \(not)null"
    case .number(let comparison, let number): return "\(name) \(sign(comparison)) \(Self.written(number))"
    case .text(let comparison, let text): return "\(name) \(sign(comparison)) \(Self.written(text))"
    case .bool(let bool):
      guard isTruthTest else { return "\(name) \(sign(.equal)) \(bool)" }
      return bool && !isNegated ? name : "\(name) is \(not)\(bool)"
    case .oneOf(let set): return "\(name) \(not)in (\(Self.written(set)))"
    case .numberRange(let low, let high):
      return "\(name) \(not)between \(Self.written(low)) and \(Self.written(high))"
    case .textRange(let low, let high):
      return "\(name) \(not)between \(Self.written(low)) and \(Self.written(high))"
    case .like(let pattern): return "\(name) \(not)like \(Self.written(pattern.pattern))"
    }
  }

  private func sign(_ comparison: Comparison) -> String {
    isNegated ? Comparison.notEqual.rawValue : comparison.rawValue
  }

  private static func written(_ number: FilterNumber) -> String { number.description }

  private static func written(_ text: TextLiteral) -> String {
    var quoted = "'"
    for scalar in text.string.unicodeScalars {
      if scalar == "'" { quoted += "'" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "'"
  }

  private static func written(_ set: LiteralSet) -> String {
    var parts = set.numbers.map { written($0) } + set.texts.map { written($0) }
    if set.hasTrue { parts.append("true") }
    if set.hasFalse { parts.append("false") }
    return parts.joined(separator: ", ")
  }
}
