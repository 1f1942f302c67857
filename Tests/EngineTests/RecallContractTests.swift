import Basics
import Engine
import Records
import Testing
import VectorMath

/// Asked for a recall, a space looks as hard as that takes, by what it measured of itself.
@Suite struct RecallContractTests {
  private func recall(
    of store: TestStore, asking target: Double, k: Int, queries: [[Float]], truth: [[String]]
  ) throws -> (recall: Double, distances: Double) {
    var (hits, computed) = (0, 0)
    for (query, truth) in zip(queries, truth) {
      let effort = try store.engine.read { try $0.space(TestStore.space).effort(forRecall: target, k: k) }
      let found = try store.query(query, k: k, effort: effort, computed: &computed).map(\.id)
      hits += Set(found).intersection(truth).count
    }
    return (Double(hits) / Double(queries.count * k), Double(computed) / Double(queries.count))
  }

  @Test(arguments: [
    (VectorMetric.cosine, VectorEncoding.float32), (.l2, .int8), (.cosine, .int4), (.dot, .int8),
  ])
  func whatIsAskedIsFound(metric: VectorMetric, encoding: VectorEncoding) throws {
    var generator = SeededGenerator(seed: 251)
    let store = try TestStore(metric: metric, encoding: encoding, dimension: 24, m: 6, efConstruction: 40)
    try store.upsert(ids(0..<4_000), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    let curve = try #require(try store.engine.read { try $0.space(TestStore.space).recallCurve })
    #expect(curve.points.first?.queries == 133)
    #expect(curve.points.count >= 4)
    let queries = (0..<150).map { _ in generator.nextVector(dimension: 24) }
    var truth = try queries.map { try store.truth($0, k: 10) }
    var last = 0.0
    for target in [0.8, 0.9, 0.95, 0.99] {
      let found = try recall(of: store, asking: target, k: 10, queries: queries, truth: truth)
      // 150 queries and a curve of 133: three standard errors of the two together.
      #expect(found.recall >= target - 0.035, "asked \(target), \(generator)")
      #expect(found.distances > last, "more recall takes more distances")
      last = found.distances
    }
    // A merge measures again with the rows it takes in, and the promise goes on.
    try store.upsert(ids(4_000..<5_000), using: &generator)
    try store.delete(ids(0..<300))
    _ = try store.engine.merge(space: TestStore.space, threads: 2)
    let later = try #require(try store.engine.read { try $0.space(TestStore.space).recallCurve })
    #expect(later != curve && later.points.map(\.ef) == curve.points.map(\.ef))
    truth = try queries.map { try store.truth($0, k: 10) }
    #expect(try recall(of: store, asking: 0.95, k: 10, queries: queries, truth: truth).recall >= 0.915)
    #expect(try recall(of: store, asking: 1, k: 10, queries: queries, truth: truth).recall == 1)
  }

  /// Where many vectors are equal, one is as good an answer as another, and no width is so little that all is compared.
  @Test(arguments: [VectorEncoding.float32, .int8])
  func equalVectorsAreEquallyGood(encoding: VectorEncoding) throws {
    var generator = SeededGenerator(seed: 255)
    let store = try TestStore(metric: .cosine, encoding: encoding, dimension: 24, m: 6, efConstruction: 40)
    let vectors = (0..<20).map { _ in generator.nextVector(dimension: 24) }
    try store.upsert(ids(0..<4_000).enumerated().map { ($1, vectors[$0 % 20]) })
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    let curve = try #require(try store.engine.read { try $0.space(TestStore.space).recallCurve })
    let tenth = try #require(RecallCurve.depths.firstIndex(of: 10))
    #expect(curve.points.contains { $0.recall[tenth] > 0.999 })
    #expect(try store.engine.read { try $0.space(TestStore.space).effort(forRecall: 0.98, k: 10) } != .exact)
  }

  @Test func smallSpacesCompareEverything() throws {
    var generator = SeededGenerator(seed: 252)
    let store = try TestStore()
    try store.upsert(ids(0..<300), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.engine.read { snapshot in
      let view = try snapshot.space(TestStore.space)
      #expect(view.recallCurve == nil)
      #expect(view.effort(forRecall: 0.5, k: 10) == .exact)
    }
  }

  @Test func theEncodingChangesWithARebuild() throws {
    var generator = SeededGenerator(seed: 253)
    let store = try TestStore(metric: .l2, encoding: .float32, dimension: 20)
    try store.upsert(ids(0..<1_500), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    try store.engine.rebuild(space: TestStore.space, encoding: .int8, threads: 2)
    #expect(try store.record.shape.encoding == .int8)
    #expect(try store.engine.verify().ok)
    for id in ids(0..<20) {
      let exact = try #require(store.vectors[id])
      // Half precision has moved the components a little; the vector is still its own nearest.
      #expect(try store.query(exact, k: 1, effort: .beam(64)).first?.id == id)
    }
    try store.engine.rebuild(space: TestStore.space, encoding: .float32, threads: 2)
    #expect(try store.record.shape.encoding == .float32)
    #expect(try store.engine.verify().ok)
  }
}
