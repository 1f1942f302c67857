import Basics
import Kindred
import TestSupport
import Testing

/// Answers by several examples and in groups, beside what a plain loop over all vectors finds.
@Suite struct ExampleQueryTests {
  let directory: TemporaryDirectory
  let store: Store
  private static let dimension = 6
  private let vectors: [[Float]]
  private let ids = (0..<400).map { "i\($0)" }

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    var generator = SeededGenerator(seed: 7)
    vectors = ids.map { _ in generator.vector(Self.dimension) }
    let attributes = ids.indices.map { number -> Attributes in
      number % 7 == 0
        ? ["price": 1] : ["brand": .string("b\(number % 5)"), "price": .number(Double(number % 3))]
    }
    for metric in VectorMetric.allCases {
      try store.createSpace(
        SpaceConfiguration(name: metric.rawValue, of: .items, dimension: Self.dimension, metric: metric))
      try store.upsert(metric.rawValue, ids: ids, vectors: vectors, attributes: attributes)
      try store.rebuild([metric.rawValue])
    }
  }

  private func unit(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / length }
  }

  private func stored(_ id: String, _ metric: VectorMetric) -> [Float] {
    let vector = vectors[Int(id.dropFirst()) ?? 0]
    return metric == .cosine ? unit(vector) : vector
  }

  private func mean(_ weighted: [(String, Double)], _ metric: VectorMetric) -> [Float] {
    let total = weighted.reduce(0) { $0 + $1.1 }
    return (0..<Self.dimension).map { place in
      weighted.reduce(0) { $0 + stored($1.0, metric)[place] * Float($1.1 / total) }
    }
  }

  private func examples(_ strategy: QueryExamples.Strategy) -> QueryExamples {
    QueryExamples(
      like: [.init(.record("i3"), weight: 2), .init(.record("i50"))], unlike: [.init(.record("i9"))],
      strategy: strategy)
  }

  @Test(arguments: VectorMetric.allCases) func theAverageIsOneVector(metric: VectorMetric) throws {
    let (like, unlike) = (mean([("i3", 2), ("i50", 1)], metric), stored("i9", metric))
    let wanted = try store.query(
      metric.rawValue, vector: zip(like, unlike).map { 2 * $0 - $1 },
      options: QueryOptions(k: 20, effort: .exact, excluding: ["i3", "i50", "i9"]))
    let found = try store.query(
      metric.rawValue, examples: examples(.average), options: QueryOptions(k: 20, effort: .exact))
    #expect(found.map(\.id) == wanted.map(\.id))
    #expect(zip(found, wanted).allSatisfy { abs($0.score - $1.score) < 1e-4 })
    // One example alone is that record's neighbors.
    #expect(
      try store.query(metric.rawValue, examples: QueryExamples(like: ["i3"])).map(\.id)
        == store.query(metric.rawValue, like: "i3").map(\.id))
  }

  @Test(arguments: VectorMetric.allCases) func theBestScoreDecides(metric: VectorMetric) throws {
    func score(_ id: String, _ example: String) -> Float {
      let (left, right) = (stored(id, metric), stored(example, metric))
      switch metric {
      case .cosine, .dot: return zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
      case .l2: return -zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      }
    }
    func scaled(_ id: String, _ example: String, _ weight: Float) -> Float {
      let value = score(id, example)
      return weight * (value / (1 + abs(value)) + 1) / 2
    }
    let wanted = ids.filter { !["i3", "i50", "i9"].contains($0) }.map { id -> (String, Float) in
      let positive = max(scaled(id, "i3", 1), scaled(id, "i50", 0.5))
      let negative = scaled(id, "i9", 0.5)
      return (id, positive > negative ? positive : -negative)
    }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    for effort in [QueryOptions.Effort.exact, .automatic] {
      let found = try store.query(
        metric.rawValue, examples: examples(.best), options: QueryOptions(k: 10, effort: effort))
      #expect(found.map(\.id) == wanted.prefix(10).map(\.0), "\(effort)")
      #expect(zip(found, wanted).allSatisfy { abs($0.score - $1.1) < 1e-5 })
    }
    // Whoever wants all that pass gets them.
    let all = try store.query(
      metric.rawValue, examples: examples(.best), options: QueryOptions(k: 1_000, filter: "price > 0"))
    #expect(all.count == ids.indices.count { ![3, 50, 9].contains($0) && ($0 % 7 == 0 || $0 % 3 > 0) })
    // Nothing but what it is not like: the farthest first.
    let far = try store.query(
      metric.rawValue, examples: QueryExamples(like: [], unlike: ["i9"], strategy: .best))
    let farthest = ids.filter { $0 != "i9" }.sorted { score($0, "i9") < score($1, "i9") }
    #expect(far.map(\.id) == Array(farthest.prefix(10)))
  }

  @Test func wrongExamplesAreErrors() throws {
    func failure(_ examples: QueryExamples) -> StoreError.Code? {
      code { try store.query("cosine", examples: examples) }
    }
    #expect(failure(QueryExamples()) == .invalidArgument)
    #expect(failure(QueryExamples(like: [], unlike: ["i9"])) == .invalidArgument)
    #expect(failure(QueryExamples(like: ["none", "i1"])) == .recordNotFound)
    #expect(failure(QueryExamples(like: [.init(.record("i1"), weight: 0)])) == .invalidArgument)
    #expect(failure(QueryExamples(like: [.init(.record("i1"), weight: .nan)])) == .invalidArgument)
    #expect(failure(QueryExamples(like: [.init(.vector([1, 2]))])) == .dimensionMismatch)
    #expect(
      failure(QueryExamples(like: [.init(.vector([Float](repeating: .infinity, count: 6)))]))
        == .invalidVector)
    #expect(failure(QueryExamples(like: [.init(.text("x"))])) == .unsupported)
    #expect(failure(QueryExamples(like: [.init(.user("u"))])) == .recordNotFound)
  }

  @Test(arguments: VectorMetric.allCases) func groupsAreLimited(metric: VectorMetric) throws {
    let query = vectors[11]
    let ranked = try store.query(
      metric.rawValue, vector: query, options: QueryOptions(k: 400, effort: .exact))
    func admitted(_ limit: Int) throws -> [String] {
      var counts: [String: Int] = [:]
      return try ranked.map(\.id).filter { id in
        guard let brand = try store.item(id: id)?.attributes["brand"]?.stringValue else { return true }
        counts[brand, default: 0] += 1
        return counts[brand, default: 0] <= limit
      }
    }
    for (k, offset, limit) in [(5, 0, 1), (20, 0, 2), (50, 7, 1), (1_000, 0, 3)] {
      let options = QueryOptions(
        k: k, effort: .exact, offset: offset, grouping: Grouping(by: "brand", limit: limit))
      let wanted = try admitted(limit).dropFirst(offset).prefix(k)
      #expect(try store.query(metric.rawValue, vector: query, options: options).map(\.id) == Array(wanted))
      let batch = try store.read { try $0.query(metric.rawValue, vectors: query + query, options: options) }
      #expect(batch.matches.allSatisfy { $0.map(\.id) == Array(wanted) })
      let fused = try store.query(
        [SpaceWeight(metric.rawValue)], for: .like("i11"), options: options)
      var seen: [String: Int] = [:]
      for match in fused {
        if let brand = try store.item(id: match.id)?.attributes["brand"]?.stringValue {
          seen[brand, default: 0] += 1
        }
      }
      #expect(seen.values.allSatisfy { $0 <= limit } && fused.count <= k)
    }
    for grouping in [Grouping(by: "brand", limit: 0), Grouping(by: "brant")] {
      #expect(
        code { try store.query(metric.rawValue, vector: query, options: QueryOptions(grouping: grouping)) }
          == .invalidArgument)
    }
  }

  @Test func recommendationsAreGrouped() throws {
    let filters = [nil, "price > 0"] as [Filter?]
    // What is popular, and several spaces together; k is more than there are brands.
    try store.write { transaction in
      for number in 0..<60 {
        try transaction.append(
          Event(
            user: "u\(number % 7)", item: ids[number], time: Timestamp(milliseconds: Int64(number)),
            kind: "view"))
      }
    }
    for spaces in [[], [SpaceWeight("cosine"), SpaceWeight("l2")]] {
      for filter in filters {
        let options = RecommendOptions(
          k: 60, filter: filter, spaces: spaces, grouping: Grouping(by: "brand", limit: 2))
        let found = try store.recommend(user: "u1", options: options)
        let brands = try found.compactMap { try store.item(id: $0.id)?.attributes["brand"]?.stringValue }
        #expect(
          Dictionary(grouping: brands) { $0 }.mapValues(\.count) == [
            "b0": 2, "b1": 2, "b2": 2, "b3": 2, "b4": 2,
          ])
        // Those without a brand are not limited.
        #expect(found.count > 10 && found.count <= 60)
      }
    }
    #expect(
      code {
        try store.recommend(
          user: "u1", options: RecommendOptions(diversity: 0.3, grouping: Grouping(by: "brand")))
      }
        == .invalidArgument)
  }

  @Test func spacesAndRecommendationsTakeExamples() throws {
    let spaces = [SpaceWeight("cosine", 0.6), SpaceWeight("l2", 0.4)]
    for strategy in QueryExamples.Strategy.allCases {
      let found = try store.query(spaces, for: .examples(examples(strategy)))
      #expect(found.count == 10 && found.allSatisfy { !["i3", "i50", "i9"].contains($0.id) })
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
      var options = RecommendOptions(k: 12, spaces: spaces)
      #expect(
        try store.recommend(by: examples(strategy), options: options).map(\.id)
          == store.query(spaces, for: .examples(examples(strategy)), options: QueryOptions(k: 12)).map(\.id))
      // All that pass come back.
      options.k = 1_000
      #expect(try store.recommend(by: examples(strategy), options: options).count == ids.count - 3)
      options.grouping = Grouping(by: "brand")
      // Those without a brand are not limited; neither does the fill exceed a group.
      let brands = try store.recommend(by: examples(strategy), options: options)
        .compactMap { try store.item(id: $0.id)?.attributes["brand"] }
      #expect(brands.count == Set(brands).count && brands.count == 5)
    }
    #expect(code { try store.recommend(by: examples(.average)) } == .invalidArgument)
    // A space that has but what it is not to be like says nothing; one that nobody has is an error.
    try store.createSpace(SpaceConfiguration(name: "photos", of: .items, dimension: 2, metric: .cosine))
    try store.upsert("photos", ids: ["i9", "i10"], vectors: [[1, 0], [0, 1]])
    let both = [SpaceWeight("cosine"), SpaceWeight("photos")]
    #expect(
      try store.query(both, for: .examples(examples(.average))).map(\.id)
        == store.query([SpaceWeight("cosine")], for: .examples(examples(.average))).map(\.id))
    let unknown = QueryExamples(like: ["i3", "none"])
    #expect(code { try store.query(both, for: .examples(unknown)) } == .recordNotFound)
    try store.createSpace(SpaceConfiguration(name: "people", of: .users, dimension: 2, metric: .cosine))
    try store.upsert("people", ids: ["u"], vectors: [[1, 0]])
    let people = RecommendOptions(spaces: [SpaceWeight("people")])
    #expect(code { try store.recommend(by: QueryExamples(like: ["u"]), options: people) } == .invalidArgument)
  }
}
