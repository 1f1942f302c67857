import Values
import TestSupport
import Basics
import Testing

@testable import Filters

/// The ways to evaluate a filter agree with each other and with an oracle of three values.
///
/// Filters were two-valued once: `not (price < 30)` gave a shop what has no price, and SQL does not.
@Suite struct FilterAgreementTests {
  @Test(arguments: UInt64(1)...30) func everyWayAgrees(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let rowCount = 150 + generator.below(150)
    var data: [String: [AttributeValue]] = [:]
    for name in RandomCondition.attributes {
      // Some columns are numbers and nulls only, which has a loop of its own; some attributes do not exist.
      let onlyNumbers = generator.below(3) == 0
      if generator.below(8) == 0 { continue }
      data[name] = (0..<rowCount).map { _ in
        if name == "o", generator.below(4) > 0 { return RandomCondition.randomObject(&generator) }
        // A path's own name is that of an attribute here and there.
        if name == "o.w", generator.below(3) > 0 { return .null }
        let value = RandomCondition.randomValue(&generator)
        if onlyNumbers, case .number = value { return value }
        return onlyNumbers ? .null : value
      }
    }
    var sources: [String: MemoryColumn] = [:]
    for (name, values) in data.sorted(by: { $0.key < $1.key }) {
      sources[name] = MemoryColumn(values, using: &generator)
    }
    for _ in 0..<12 {
      let condition = RandomCondition.random(depth: 4, using: &generator)
      let text = condition.written(&generator)
      let filter = try ParsedFilter.parse(text)
      let again = try ParsedFilter.parse(ParsedFilter.canonical(text))
      let bound = try filter.bind(columns: RandomCondition.names)
      let bitmap = try filter.evaluate(ordinalCount: rowCount) { sources[$0] }
      #expect(bitmap.count == rowCount)
      for row in 0..<rowCount {
        let lookup = { (name: String) in data[name]?[row] ?? .null }
        let expected = condition.outcome(lookup) == true
        let outcomes = [
          filter.evaluate(lookup), again.evaluate(lookup),
          bound.evaluate { ParsedFilter.value(named: RandomCondition.names[$0], lookup) },
          bitmap.contains(UInt32(row)),
        ]
        #expect(outcomes == Array(repeating: expected, count: 4), "\(text), row \(row), \(generator)")
      }
    }
  }

  @Test(arguments: UInt64(1)...5) func rawCellsAgreeWithTexts(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let condition = RandomCondition.random(depth: 3, using: &generator)
      let filter = try ParsedFilter.parse(condition.written(&generator))
      let bound = try filter.bind(columns: RandomCondition.names)
      let cells = RandomCondition.names.map { _ -> String? in
        generator.below(4) == 0 ? nil : generator.pick(["", "0", "3", "-1", "2.5", "a", "b", "true", "x y"])
      }
      let raw = bound.evaluate(texts: cells)
      let values = bound.evaluate { cells[$0].map { .string($0) } ?? .null }
      #expect(raw == values, "\(filter), \(cells), \(generator)")
    }
  }

  @Test func decodesEveryCodeOnce() throws {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<5000).map { _ in AttributeValue.string("category \(generator.below(20))") }
    let column = MemoryColumn(values, using: &generator)
    let filter = try ParsedFilter.parse("category in ('category 1', 'category 7')")
    let bitmap = try filter.evaluate(ordinalCount: values.count) { _ in column }
    #expect(column.decodings == column.distinctCount && column.distinctCount == 20)
    #expect(bitmap.populationCount == values.count { $0 == "category 1" || $0 == "category 7" })
  }

  @Test func doesNotReadWhatCannotMatter() throws {
    var asked: [String] = []
    let filter = try ParsedFilter.parse("a = 1 and b = 2 or c is null or d = 3")
    let bitmap = try filter.evaluate(ordinalCount: 100) { name in
      asked.append(name)
      return nil
    }
    #expect(bitmap.populationCount == 100)
    #expect(asked == ["a", "c"], "b follows an and nothing passed, d an or everything passed")
  }

  @Test func cutsBlocksAtTheOrdinalCount() throws {
    var generator = SeededGenerator(seed: 9)
    let column = MemoryColumn((0..<300).map { .number(Double($0)) }, using: &generator)
    let bitmap = try ParsedFilter.parse("x >= 50").evaluate(ordinalCount: 70) { _ in column }
    #expect(bitmap.ordinals == Array(50..<70))
    #expect(try ParsedFilter.parse("x >= 0").evaluate(ordinalCount: 0) { _ in column }.isEmpty)
  }

  @Test func namesUnknownTags() throws {
    struct Damaged: ColumnSource {
      func forEachBlock(
        _ body: (UInt32, UnsafeBufferPointer<UInt8>, UnsafePointer<UInt64>) throws -> Void
      ) throws {
        let payloads = [UInt64](repeating: 0, count: 4)
        try payloads.withUnsafeBufferPointer { payloads in
          guard let base = payloads.baseAddress else { return }
          try [UInt8]([1, 2, 9, 1]).withUnsafeBufferPointer { try body(64, $0, base) }
        }
      }
      func decode(code: UInt64, tag: UInt8) throws -> AttributeValue { .null }
      func value(ordinal: UInt32) throws -> AttributeValue { .null }
    }
    #expect(throws: ColumnError(tag: 9, ordinal: 66)) {
      try ParsedFilter.parse("x = 1").evaluate(ordinalCount: 100) { _ in Damaged() }
    }
  }
}
