import Values
import TestSupport
import Basics
@testable import Filters

/// A condition as the tests understand it: an oracle that shares no code with the module. It is three-valued, and slow.
indirect enum RandomCondition {
  case compare(String, String, AttributeValue)
  case list(String, isNegated: Bool, [AttributeValue])
  case between(String, isNegated: Bool, Double, Double)
  case null(String, isNegated: Bool)
  case truth(String, isNegated: Bool, Bool)
  case bare(String)
  case not(RandomCondition)
  case both(RandomCondition, RandomCondition)
  case either(RandomCondition, RandomCondition)

  /// What conditions name; the last one is an attribute of its own or leads into the objects of `o`.
  static let names = ["a", "b", "c d", "e", "o.w"]
  /// What records have.
  static let attributes = names + ["o"]
  private static let signs = ["=", "!=", "<", "<=", ">", ">="]

  static func random(depth: Int, using generator: inout SeededGenerator) -> RandomCondition {
    switch depth == 0 ? generator.below(6) : generator.below(12) {
    case 0, 9, 10:
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
    case 4:
      return .truth(
        generator.pick(names), isNegated: generator.below(2) == 0, generator.below(2) == 0)
    case 5:
      return .between(
        generator.pick(names), isNegated: generator.below(2) == 0, Double(generator.below(5)) - 1,
        Double(generator.below(5)))
    case 6: return .not(random(depth: depth - 1, using: &generator))
    case 7:
      return .both(random(depth: depth - 1, using: &generator), random(depth: depth - 1, using: &generator))
    default:
      return .either(random(depth: depth - 1, using: &generator), random(depth: depth - 1, using: &generator))
    }
  }

  private static let texts = [
    "", "a", "b", "3", "3.0", " 4", "true", "FALSE", "it's", "é", "9007199254740993",
  ]
  private static let wholes: [Int64] = [
    9_007_199_254_740_993, -9_007_199_254_740_993, .max, 9_007_199_254_740_995,
  ]

  private static func randomLiteral(_ generator: inout SeededGenerator) -> AttributeValue {
    switch generator.below(6) {
    case 0, 1: .number(Double(generator.below(7)) - 1)
    case 2: .number(generator.below(2) == 0 ? 2.5 : 0x1p53)
    case 3: .string(generator.pick(texts))
    case 4: .integer(generator.pick(wholes))
    default: .bool(generator.below(2) == 0)
    }
  }

  static func randomValue(_ generator: inout SeededGenerator, depth: Int = 2) -> AttributeValue {
    switch generator.below(depth > 0 ? 13 : 9) {
    case 0, 1: .null
    case 2, 3, 4: .number(generator.below(6) == 0 ? 2.5 : Double(generator.below(7)) - 1)
    case 5: .bool(generator.below(2) == 0)
    case 6, 7: .string(generator.pick(texts))
    case 8: generator.below(2) == 0 ? .integer(generator.pick(wholes)) : .number(0x1p53)
    case 9: .strings((0..<generator.below(4)).map { _ in generator.pick(texts) })
    case 10: .integers((0..<generator.below(4)).map { _ in Int64(generator.below(7)) - 1 })
    case 11: .list((0..<generator.below(4)).map { _ in randomValue(&generator, depth: depth - 1) })
    default: randomObject(&generator, depth: depth - 1)
    }
  }

  /// What conditions on `o.w` look into, most of the time.
  static func randomObject(_ generator: inout SeededGenerator, depth: Int = 2) -> AttributeValue {
    if generator.below(4) == 0 {
      return .list((0..<generator.below(4)).map { _ in randomObject(&generator, depth: depth - 1) })
    }
    var members = Attributes()
    for name in ["v", "w"] where generator.below(3) > 0 {
      members[name] = randomValue(&generator, depth: depth - 1)
    }
    return .object(members)
  }

  /// The condition as text, with needless parentheses now and then.
  func written(_ generator: inout SeededGenerator) -> String {
    func name(_ name: String) -> String { name == "c d" ? "[c d]" : name }
    func not(_ isNegated: Bool) -> String { isNegated ? "not " : "" }
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
    case .between(let attribute, let isNegated, let low, let high):
      text = "\(name(attribute)) \(not(isNegated))between \(low) and \(high)"
    case .null(let attribute, let isNegated): text = "\(name(attribute)) is \(not(isNegated))null"
    case .truth(let attribute, let isNegated, let flag):
      text = "\(name(attribute)) is \(not(isNegated))\(flag)"
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
}

/// What a condition means.
extension RandomCondition {
  /// True, false, or nil for unknown, by the tables of Kleene, as in SQL.
  func outcome(_ lookup: (String) -> AttributeValue) -> Bool? {
    switch self {
    case .compare(let name, let sign, let literal):
      guard let elements = Self.elements(named: name, lookup) else { return nil }
      if sign == "!=" { return !elements.contains { Self.holds($0, "=", literal) } }
      return elements.contains { Self.holds($0, sign, literal) }
    case .list(let name, let isNegated, let literals):
      guard let elements = Self.elements(named: name, lookup) else { return nil }
      return elements.contains { element in literals.contains { Self.holds(element, "=", $0) } } != isNegated
    case .between(let name, let isNegated, let low, let high):
      guard let elements = Self.elements(named: name, lookup) else { return nil }
      let isInside = elements.contains {
        Self.holds($0, ">=", .number(low)) && Self.holds($0, "<=", .number(high))
      }
      return isInside != isNegated
    case .null(let name, let isNegated): return (Self.elements(named: name, lookup) == nil) != isNegated
    case .truth(let name, let isNegated, let flag): return Self.has(flag, name, lookup) != isNegated
    case .bare(let name): return Self.has(true, name, lookup)
    case .not(let inner): return inner.outcome(lookup).map { !$0 }
    case .both(let left, let right):
      let (left, right) = (left.outcome(lookup), right.outcome(lookup))
      if left == false || right == false { return false }
      return left == nil || right == nil ? nil : true
    case .either(let left, let right):
      let (left, right) = (left.outcome(lookup), right.outcome(lookup))
      if left == true || right == true { return true }
      return left == nil || right == nil ? nil : false
    }
  }

  private static func has(_ flag: Bool, _ name: String, _ lookup: (String) -> AttributeValue) -> Bool {
    elements(named: name, lookup)?.contains { holds($0, "=", .bool(flag)) } ?? false
  }

  /// What a name stands for, a scalar being one element; nil for null.
  private static func elements(
    named name: String, _ lookup: (String) -> AttributeValue
  ) -> [AttributeValue]? {
    let whole = elements(of: lookup(name))
    return whole == nil && name == "o.w" ? members(of: lookup("o")) : whole
  }

  private static func members(of value: AttributeValue) -> [AttributeValue]? {
    switch value {
    case .object(let members): return elements(of: members["w"] ?? .null)
    case .list(let values):
      let found = values.compactMap { members(of: $0) }
      return found.isEmpty ? nil : Array(found.joined())
    default: return nil
    }
  }

  private static func elements(of value: AttributeValue) -> [AttributeValue]? {
    switch value {
    case .null: nil
    case .strings(let texts): texts.map { .string($0) }
    case .integers(let numbers): numbers.map { .number(Double($0)) }
    case .list(let values): values.flatMap { elements(of: $0) ?? [] }
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
    case (.bool(let left), .bool(let right)): return left == right
    case (.string(let text), .bool(let right)): return text.lowercased() == "\(right)"
    case (.string(let left), .string(let right)):
      let bytes = (Array(left.utf8), Array(right.utf8))
      let isLess = bytes.0.lexicographicallyPrecedes(bytes.1)
      return order(isLess ? -1 : left == right ? 0 : 1, 0)
    default:
      guard let left = number(element), let right = number(literal) else { return false }
      // Where one is no whole number it is small, and rounding the other changes nothing.
      if let left = left.whole, let right = right.whole { return order(left, right) }
      return order(left.value, right.value)
    }
  }

  private static func number(_ value: AttributeValue) -> (whole: Int64?, value: Double)? {
    switch value {
    case .integer(let whole): return (whole, Double(whole))
    case .number(let number): return (Int64(exactly: number), number)
    case .string(let text):
      let text = text == " 4" ? "4" : text
      guard let number = Double(text) else { return nil }
      return (Int64(text) ?? Int64(exactly: number), number)
    case .null, .bool, .strings, .integers, .list, .object: return nil
    }
  }
}
