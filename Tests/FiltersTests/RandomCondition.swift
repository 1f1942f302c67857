@testable import Filters

/// A condition as the tests understand it: an oracle that shares no code with the module.
indirect enum RandomCondition {
  case compare(String, String, AttributeValue)
  case list(String, isNegated: Bool, [AttributeValue])
  case null(String, isNegated: Bool)
  case bare(String)
  case not(RandomCondition)
  case both(RandomCondition, RandomCondition)
  case either(RandomCondition, RandomCondition)

  static let names = ["a", "b", "c d", "e"]
  private static let signs = ["=", "!=", "<", "<=", ">", ">="]

  static func random(depth: Int, using generator: inout SeededGenerator) -> RandomCondition {
    switch depth == 0 ? generator.below(4) : generator.below(10) {
    case 0, 7, 8:
      let literal = randomLiteral(&generator)
      if case .bool = literal {
        return .compare(generator.pick(names), generator.pick(["=", "!="]), literal)
      }
      return .compare(generator.pick(names), generator.pick(signs), literal)
    case 1:
      let literals = (0..<generator.below(5)).map { _ in randomLiteral(&generator) }
      return .list(generator.pick(names), isNegated: generator.below(2) == 0, literals)
    case 2: return .null(generator.pick(names), isNegated: generator.below(2) == 0)
    case 3: return .bare(generator.pick(names))
    case 4: return .not(random(depth: depth - 1, using: &generator))
    case 5:
      return .both(random(depth: depth - 1, using: &generator), random(depth: depth - 1, using: &generator))
    default:
      return .either(random(depth: depth - 1, using: &generator), random(depth: depth - 1, using: &generator))
    }
  }

  private static let texts = ["", "a", "b", "3", "3.0", " 4", "true", "FALSE", "it's", "é"]

  private static func randomLiteral(_ generator: inout SeededGenerator) -> AttributeValue {
    switch generator.below(5) {
    case 0, 1: .number(Double(generator.below(7)) - 1)
    case 2: .number(2.5)
    case 3: .string(generator.pick(texts))
    default: .bool(generator.below(2) == 0)
    }
  }

  static func randomValue(_ generator: inout SeededGenerator) -> AttributeValue {
    switch generator.below(9) {
    case 0, 1: .null
    case 2, 3, 4: .number(generator.below(6) == 0 ? 2.5 : Double(generator.below(7)) - 1)
    case 5: .bool(generator.below(2) == 0)
    case 6, 7: .string(generator.pick(texts))
    default:
      generator.below(2) == 0
        ? .strings((0..<generator.below(4)).map { _ in generator.pick(texts) })
        : .integers((0..<generator.below(4)).map { _ in Int64(generator.below(7)) - 1 })
    }
  }

  /// The condition as text, with needless parentheses now and then.
  func written(_ generator: inout SeededGenerator) -> String {
    func name(_ name: String) -> String { name == "c d" ? "[c d]" : name }
    let text: String
    switch self {
    case .compare(let attribute, let sign, let literal):
      let other = ["<": ">", "<=": ">=", ">": "<", ">=": "<="][sign] ?? sign
      text =
        generator.below(3) == 0
        ? "\(Self.written(literal)) \(other) \(name(attribute))"
        : "\(name(attribute)) \(sign) \(Self.written(literal))"
    case .list(let attribute, let isNegated, let literals):
      let list = literals.map { Self.written($0) }.joined(separator: ",")
      text = "\(name(attribute))\(isNegated ? " NOT" : "") in (\(list))"
    case .null(let attribute, let isNegated): text = "\(name(attribute)) is \(isNegated ? "not " : "")null"
    case .bare(let attribute): text = name(attribute)
    case .not(let inner): return "not (\(inner.written(&generator)))"
    case .both(let left, let right): return "(\(left.written(&generator))) and (\(right.written(&generator)))"
    case .either(let left, let right):
      return "(\(left.written(&generator))) or (\(right.written(&generator)))"
    }
    return generator.below(4) == 0 ? "(\(text))" : text
  }

  private static func written(_ literal: AttributeValue) -> String {
    switch literal {
    case .number(let number): "\(number)"
    case .bool(let bool): "\(bool)"
    case .string(let text):
      "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    case .integer(let number): "\(number)"
    case .null, .strings, .integers, .list, .object: "null"
    }
  }

  func holds(_ lookup: (String) -> AttributeValue) -> Bool {
    switch self {
    case .compare(let name, let sign, let literal):
      guard let elements = Self.elements(lookup(name)) else { return false }
      if sign == "!=" { return !elements.contains { Self.holds($0, "=", literal) } }
      return elements.contains { Self.holds($0, sign, literal) }
    case .list(let name, let isNegated, let literals):
      guard let elements = Self.elements(lookup(name)) else { return false }
      return elements.contains { element in literals.contains { Self.holds(element, "=", $0) } } != isNegated
    case .null(let name, let isNegated): return (lookup(name) == .null) != isNegated
    case .bare(let name):
      return Self.elements(lookup(name))?.contains { Self.holds($0, "=", .bool(true)) } ?? false
    case .not(let inner): return !inner.holds(lookup)
    case .both(let left, let right): return left.holds(lookup) && right.holds(lookup)
    case .either(let left, let right): return left.holds(lookup) || right.holds(lookup)
    }
  }

  private static func elements(_ value: AttributeValue) -> [AttributeValue]? {
    switch value {
    case .null: nil
    case .strings(let texts): texts.map { .string($0) }
    case .integers(let numbers): numbers.map { .number(Double($0)) }
    case .list(let elements): elements
    case .string, .number, .integer, .bool, .object: [value]
    }
  }

  private static func holds(_ element: AttributeValue, _ sign: String, _ literal: AttributeValue) -> Bool {
    func order<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch sign {
      case "=": left == right
      case "<": left < right
      case "<=": left <= right
      case ">": left > right
      default: left >= right
      }
    }
    switch (element, literal) {
    case (.number(let left), .number(let right)): return order(left, right)
    case (.bool(let left), .bool(let right)): return left == right
    case (.string(let text), .number(let right)):
      return Double(text == " 4" ? "4" : text).map { order($0, right) } ?? false
    case (.number(let left), .string(let text)):
      return Double(text == " 4" ? "4" : text).map { order(left, $0) } ?? false
    case (.string(let text), .bool(let right)): return text.lowercased() == "\(right)"
    case (.string(let left), .string(let right)):
      let bytes = (Array(left.utf8), Array(right.utf8))
      let isLess = bytes.0.lexicographicallyPrecedes(bytes.1)
      return order(isLess ? -1 : left == right ? 0 : 1, 0)
    default: return false
    }
  }
}
