import TestSupport
import Basics
import Kindred
import Testing

/// What a filter lets through and where it lies must not shorten an answer or cost recall; the plan is told.
@Suite struct FilterPlanTests {
  private static let count = 3_000
  private static let dimension = 16
  private let directory: TemporaryDirectory
  private let store: Store
  private let vectors: [[Float]]
  private let axis: [Float]
  private static let seed: UInt64 = 71

  /// Items with a random number, and with their rank in nearness to `axis`, each as a share of all items.
  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    var generator = SeededGenerator(seed: Self.seed)
    axis = generator.vector(Self.dimension)
    vectors = (0..<Self.count).map { _ in generator.vector(Self.dimension) }
    for metric in [VectorMetric.cosine, .dot] {
      try store.createSpace(
        SpaceConfiguration(
          name: metric.rawValue, of: .items, dimension: Self.dimension, metric: metric, m: 8,
          efConstruction: 60))
    }
    let (vectors, axis) = (vectors, axis)
    func product(_ index: Int) -> Float { zip(vectors[index], axis).reduce(0) { $0 + $1.0 * $1.1 } }
    let byNearness = vectors.indices.sorted { product($0) > product($1) }
    let random = vectors.indices.shuffled(using: &generator)
    var records = vectors.indices.map { Item(id: "i\($0)") }
    for (place, index) in byNearness.enumerated() {
      records[index].attributes["nearness"] = .number(Double(place) / Double(Self.count))
    }
    for (place, index) in random.enumerated() {
      records[index].attributes["random"] = .number(Double(place) / Double(Self.count))
    }
    try store.upsert(records)
    for space in ["cosine", "dot"] {
      try store.upsert(space, ids: records.map(\.id), vectors: Array(vectors.joined()))
    }
    try store.rebuild()
  }

  @Test(arguments: ["cosine", "dot"], [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0004])
  func answersAreFullAndTheRecallIsKept(space: String, share: Double) throws {
    var generator = SeededGenerator(seed: Self.seed + 1)
    // Queries near the axis, so that one filter lets through what is near and another what is far.
    let queries = (0..<40).flatMap { _ in
      zip(axis, generator.vector(Self.dimension)).map { 2 * $0 + 0.5 * $1 }
    }
    for filter in ["random < \(share)", "nearness < \(share)", "nearness >= \(1 - share)"] {
      let exact = try answers(queries, space, .init(k: 10, effort: .exact, filter: Filter(filter)))
      let found = try answers(queries, space, .init(k: 10, effort: .recall(0.95), filter: Filter(filter)))
      let wanted = exact.matches.map { Set($0.map(\.id)) }
      #expect(found.matches.map(\.count) == exact.matches.map(\.count), "\(space), \(filter), \(generator)")
      #expect((exact.matches.first?.count ?? 0) > 0)
      let hits = zip(found.matches, wanted).reduce(0) { $0 + $1.1.intersection($1.0.map(\.id)).count }
      let share = Double(hits) / Double(wanted.reduce(0) { $0 + $1.count })
      #expect(share >= 0.93, "\(space), \(filter): recall \(share), \(found.statistics.plan), \(generator)")
      // Never more than a walk that gives up and the scan that takes its place.
      let plan = found.statistics.plan
      #expect(
        found.statistics.distanceComputations <= 40 * (2 * plan.expectedScanDistances + 200),
        "\(space), \(filter): \(found.statistics)")
    }
  }

  private func answers(_ queries: [Float], _ space: String, _ options: QueryOptions) throws -> QueryBatch {
    try store.read { try $0.query(space, vectors: queries, options: options) }
  }

  @Test func thePlanIsTheCheaperOne() throws {
    let query = vectors[0]
    let few = try answers(query, "cosine", .init(k: 10, effort: .ef(20), filter: "random < 0.01"))
    #expect(few.statistics.plan.strategy == .exactMatches)
    #expect(few.statistics.plan.matches == 30 && few.statistics.plan.vectors == Self.count)
    let walk = try #require(few.statistics.plan.expectedGraphDistances)
    #expect(walk >= few.statistics.plan.expectedScanDistances)
    let many = try answers(query, "cosine", .init(k: 10, effort: .ef(20), filter: "random < 0.9"))
    #expect(many.statistics.plan.strategy == .filteredGraph)
    #expect(many.statistics.plan.ef == 20)
    let all = try answers(query, "cosine", .init(k: 10, effort: .ef(20)))
    #expect(all.statistics.plan.strategy == .graph && all.statistics.plan.matches == Self.count)
    let exact = try answers(query, "cosine", .init(k: 10, effort: .exact))
    #expect(exact.statistics.plan.strategy == .exact)
    #expect(exact.statistics.plan.expectedGraphDistances == nil)
  }

  @Test func aChangedAttributeIsSeenAtOnceAndCostsNoWorkOnTheGraph() throws {
    let filter = QueryOptions(k: 5, filter: "random < 0.5")
    let query = vectors[7]
    let before = try store.read { try $0.query("cosine", vector: query, options: filter).map(\.id) }
    let first = try #require(before.first)
    let spaces = try store.read { try $0.spaces() }
    var record = try #require(try store.read { try $0.item(id: first) })
    record.attributes["random"] = .number(0.9)
    try store.upsert([record])
    let after = try store.read { try $0.query("cosine", vector: query, options: filter).map(\.id) }
    #expect(!after.contains(first) && Array(after.prefix(4)) == Array(before.dropFirst()))
    let changed = try store.read { try $0.spaces() }
    for (old, new) in zip(spaces, changed) {
      #expect(old.generation == new.generation && old.tail == new.tail && old.deleted == new.deleted)
    }
  }
}
