import TestSupport
import Basics
import Kindred
import Testing

/// A filter never shortens the answer: min(k, matching) matches come back, and every one of them passes.
@Suite struct FilterTests {
  private typealias Condition = (text: String, passes: (Item) -> Bool)

  /// From nothing to everything.
  private static func conditions(_ count: Int) -> [Condition] {
    var conditions: [Condition] = [0, 1, 2, 5, 12, 40, 130, 400, 900, count].map { limit in
      ("price < \(limit)", { ($0.number("price") ?? .infinity) < Double(limit) })
    }
    conditions += [
      (
        "category = 'c3' and not hidden",
        { $0.attributes["category"] == "c3" && $0.attributes["hidden"] != true }
      ),
      (
        "category in (\"c1\", \"c2\") or price >= 1150",
        {
          $0.attributes["category"] == "c1" || $0.attributes["category"] == "c2"
            || ($0.number("price") ?? 0) >= 1_150
        }
      ),
      ("stock is null", { $0.attributes["stock"] == nil }),
      ("stock is not null and stock >= 97", { ($0.number("stock") ?? 0) >= 97 }),
      (
        "hidden and (price < 300 or category = 'c0')",
        {
          $0.attributes["hidden"] == true
            && (($0.number("price") ?? 0) < 300 || $0.attributes["category"] == "c0")
        }
      ),
      ("colour = 'red'", { _ in false }),
    ]
    return conditions
  }

  @Test func everySelectivityIsAnswered() throws {
    var shop = try ShopFixture(count: 1_000, tail: 200, seed: 11)
    try check(shop, "as written")
    // Price and stock move without a vector being touched.
    let before = try shop.store.read { try $0.space("content") }
    var generator = SeededGenerator(seed: 12)
    for index in shop.records.indices {
      shop.records[index].attributes["price"] = .number(Double(Int.random(in: 0..<1_200, using: &generator)))
      if index % 4 == 0 { shop.records[index].attributes["stock"] = nil }
      if index % 5 == 0 { shop.records[index].attributes["hidden"] = .bool(index % 2 == 0) }
    }
    #expect(try shop.store.upsert(shop.records).stored > 1_000)
    #expect(try shop.store.read { try $0.space("content") } == before)
    try check(shop, "after attribute changes")
    try shop.store.merge("content")
    try check(shop, "after a merge")
    #expect(try shop.store.verify().problems == [])
  }

  private func check(_ shop: borrowing ShopFixture, _ when: String) throws {
    var generator = SeededGenerator(seed: 13)
    let queries = (0..<4).map { _ in generator.vector(ShopFixture.dimension) }
    var (found, wanted) = (0, 0)
    for condition in Self.conditions(shop.records.count) {
      let passing = Set(shop.records.filter(condition.passes).map(\.id))
      for query in queries {
        for k in [1, 10, 60] {
          let expected = shop.nearest(to: query, k: k, where: condition.passes)
          var options = QueryOptions(k: k, effort: .exact, filter: Filter(condition.text))
          let exact = try shop.store.query("content", vector: query, options: options).map(\.id)
          #expect(exact == expected, "\(condition.text), k \(k), \(when), \(generator)")
          options.effort = .automatic
          let quick = try shop.store.query("content", vector: query, options: options).map(\.id)
          #expect(quick.count == min(k, passing.count), "\(condition.text), k \(k), \(when), \(generator)")
          #expect(passing.isSuperset(of: quick), "\(condition.text), k \(k), \(when), \(generator)")
          #expect(Set(quick).count == quick.count)
          found += Set(quick).intersection(expected).count
          wanted += expected.count
        }
      }
    }
    #expect(Double(found) >= 0.95 * Double(wanted), "\(found) of \(wanted) found, \(when), \(generator)")
  }

  @Test func aNarrowBeamStillReturnsAllThatMatch() throws {
    let shop = try ShopFixture(count: 600, tail: 0, seed: 21)
    for limit in [3, 30, 300] {
      let options = QueryOptions(k: 500, effort: .ef(1), filter: "price < \(limit)")
      let matches = try shop.store.query("content", vector: shop.vectorOfOnes, options: options)
      #expect(matches.count == limit)
    }
    #expect(try shop.store.query("content", vector: shop.vectorOfOnes, options: .init(k: 1_000)).count == 600)
  }

  @Test func aFilterThatIsWrongSaysWhere() throws {
    let shop = try ShopFixture(count: 20, tail: 0, seed: 22)
    for filter in ["price <", "price < < 3", "(price < 3", "price ~ 3", "in", "'unclosed", ""] {
      let error = storeError {
        try shop.store.query("content", vector: shop.vectorOfOnes, options: .init(filter: Filter(filter)))
      }
      #expect(error?.code == .badFilter, "\(filter): \(error.map { "\($0)" } ?? "accepted")")
    }
  }
}

extension ShopFixture {
  var vectorOfOnes: [Float] { Array(repeating: 1, count: Self.dimension) }
}
