import TestSupport
import Basics
import Kindred
import Testing

@Suite struct QueryTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  /// Fifty equal vectors, written in an order that has nothing to do with their ids.
  @Test(arguments: VectorMetric.allCases) func tiesAreBrokenById(metric: VectorMetric) throws {
    var generator = SeededGenerator(seed: 31)
    try store.createSpace(SpaceConfiguration(name: "s", of: .items, dimension: 4, metric: metric))
    let tied = (10..<60).map { "t\($0)" }
    let written = tied.shuffled(using: &generator)
    let others = (0..<300).map { "o\($0)" }
    try store.upsert(
      "s", ids: written + others,
      vectors: written.flatMap { _ in [1, 2, 3, 4] as [Float] } + others.flatMap { _ in generator.vector(4) })
    for stage in ["tail", "graph"] {
      if stage == "graph" { try store.rebuild() }
      for k in [1, 5, 10, 49, 50] {
        let exact = try store.query("s", vector: [1, 2, 3, 4], options: .init(k: k, effort: .exact))
        #expect(exact.map(\.id) == Array(tied.prefix(k)), "\(metric), \(stage), k \(k), \(generator)")
        #expect(Set(exact.map(\.distance)).count == 1)
        let quick = try store.query("s", vector: [1, 2, 3, 4], options: .init(k: k)).map(\.id)
        if stage == "tail" { #expect(quick == exact.map(\.id)) }
        // A graph may not lead to every one of so many equal vectors; of those it leads to, the first ids come.
        let latest = tied[min(k + 2, tied.count - 1)]
        let isSorted = quick.prefix(k - k / 10) == quick.prefix(k - k / 10).sorted()[...]
        #expect(quick.count == k && isSorted, "\(metric), \(stage), k \(k), \(generator): \(quick)")
        if k <= 10 {
          #expect(quick.allSatisfy { $0 <= latest }, "\(metric), \(stage), k \(k), \(generator): \(quick)")
        }
      }
    }
  }

  @Test func likeLeavesTheItemItselfOut() throws {
    let shop = try ShopFixture(count: 300, tail: 30, seed: 32)
    for number in [0, 7, 299, 300, 329] {
      for effort in [QueryOptions.Effort.exact, .automatic] {
        let id = "i\(number)"
        let matches = try shop.store.read {
          try $0.query("content", like: id, options: .init(k: 20, effort: effort))
        }
        let expected = shop.nearest(to: shop.vectors[number], k: 20) { $0.id != id }
        #expect(matches.count == 20)
        #expect(!matches.contains { $0.id == id })
        if effort == .exact { #expect(matches.map(\.id) == expected) }
        // With a filter the item would pass itself, it stays out all the same.
        let options = QueryOptions(k: 1_000, effort: effort, filter: "category = \("c\(number % 5)")")
        let filtered = try shop.store.read { try $0.query("content", like: id, options: options) }
        #expect(filtered.count == 65)
        #expect(!filtered.contains { $0.id == id })
      }
    }
  }

  @Test func aBatchAnswersAsItsQueriesWouldAlone() throws {
    var shop = try ShopFixture(count: 400, tail: 40, seed: 33)
    let queries = (0..<50).map { _ in shop.nextVector() }
    try shop.store.read { (snapshot) throws in
      let options = QueryOptions(k: 7, filter: "price < 200")
      let alone = try queries.map { try snapshot.query("content", vector: $0, options: options) }
      for threads in [1, 2, 5] {
        let batch = try snapshot.query(
          "content", vectors: Array(queries.joined()), threads: threads, options: options)
        #expect(batch.matches == alone)
        #expect(batch.statistics.queries == 50)
        #expect(batch.statistics.distanceComputations > 50 * 7)
        #expect(batch.statistics.p50Microseconds <= batch.statistics.p99Microseconds)
      }
      #expect(try snapshot.query("content", vectors: []).matches.isEmpty)
      var vectors = Array(queries.joined())
      vectors[3 * ShopFixture.dimension] = .nan
      #expect(
        storeError { try snapshot.query("content", vectors: vectors) }?.message.contains("query 3") == true)
      #expect(code { try snapshot.query("content", vectors: [1, 2, 3]) } == .dimensionMismatch)
      #expect(code { try snapshot.query("content", vectors: vectors, threads: 0) } == .invalidArgument)
    }
  }

  @Test func spacesAreNamedInErrorsAndEmptyOnesAnswerNothing() throws {
    #expect(code { try store.query("content", vector: [1]) } == .spaceNotFound)
    try store.createSpace(SpaceConfiguration(name: "tastes", of: .users, dimension: 2, metric: .dot))
    #expect(storeError { try store.query("taste", vector: [1, 2]) }?.message.contains("\"tastes\"") == true)
    #expect(try store.query("tastes", vector: [1, 2]).isEmpty)
    #expect(
      code { try store.createSpace(.init(name: "tastes", of: .items, dimension: 2, metric: .dot)) }
        == .spaceExists)
    for configuration in [
      SpaceConfiguration(name: "", of: .items, dimension: 2, metric: .dot),
      SpaceConfiguration(name: "x", of: .items, dimension: 0, metric: .dot),
      SpaceConfiguration(name: "x", of: .items, dimension: 16_385, metric: .dot),
      SpaceConfiguration(name: "x", of: .items, dimension: 2, metric: .dot, m: 1),
      SpaceConfiguration(name: "x", of: .items, dimension: 2, metric: .dot, efConstruction: 0),
    ] {
      #expect(code { try store.createSpace(configuration) } == .invalidArgument, "\(configuration)")
    }
    try store.upsert("tastes", ids: ["u"], vectors: [1, 2])
    #expect(code { try store.query("tastes", vector: [1, 2], options: .init(k: 0)) } == .invalidArgument)
    #expect(
      code { try store.query("tastes", vector: [1, 2], options: .init(effort: .ef(0))) } == .invalidArgument)
    #expect(
      try store.query("tastes", vector: [1, 2], options: .init(k: .max, effort: .ef(.max))).map(\.id) == ["u"]
    )
    try store.dropSpace("tastes")
    #expect(code { try store.dropSpace("tastes") } == .spaceNotFound)
    #expect(try store.read { try $0.user(id: "u") } == User(id: "u"))
  }
}
