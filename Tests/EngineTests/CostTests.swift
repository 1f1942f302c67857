import Basics
import Engine
import LMDB
import Records
import Testing
import VectorMath

/// Gates on counts, which say the same on every machine; a change for the better lowers them.
@Suite struct CostTests {
  @Test func distancesPerQueryAtTheRecallFloor() throws {
    var generator = SeededGenerator(seed: 251)
    let store = try TestStore(dimension: 20)
    try store.upsert(ids(0..<1_200), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    try expect(store, "built", 278.0)
    try store.delete(ids(0..<240))
    try expect(store, "a fifth deleted", 280.7)
    try store.engine.merge(space: TestStore.space, threads: 2)
    try expect(store, "merged", 263.1)
    try store.upsert(ids(1_200..<1_300), using: &generator)
    // The tail is compared whole: one distance for each of its rows.
    try expect(store, "with a tail of 100", 345.6)
  }

  /// Expects a query at recall@10 = 0.95 to take no more distances than were measured.
  private func expect(_ store: TestStore, _ state: String, _ measured: Double) throws {
    let perQuery = try #require(
      try distancesPerQuery(store, atRecall: 0.95), "\(state): recall stays below 0.95")
    #expect(perQuery <= measured * 1.05, "\(state): \(perQuery) distances a query")
  }

  /// What a query costs at a given recall, between the two beams around it; nil where no beam reaches it.
  private func distancesPerQuery(_ store: TestStore, atRecall floor: Double) throws -> Double? {
    var generator = SeededGenerator(seed: 252)
    let queries = (0..<60).map { _ in generator.nextVector(dimension: 20) }
    let truths = try queries.map { Set(try store.truth($0, k: 10)) }
    var before: (recall: Double, distances: Double)?
    for ef in stride(from: 16, through: 64, by: 4) {
      var computed = 0
      var hits = 0
      for (query, truth) in zip(queries, truths) {
        let found = try store.query(query, k: 10, effort: .beam(ef), computed: &computed)
        hits += truth.intersection(found.map(\.id)).count
      }
      let (recall, distances) = (Double(hits) / 600, Double(computed) / 60)
      guard recall < floor else {
        guard let before else { return distances }
        return before.distances + (distances - before.distances) * (floor - before.recall)
          / (recall - before.recall)
      }
      before = (recall, distances)
    }
    return nil
  }

  @Test func anExactQueryComparesEachVectorOnce() throws {
    var generator = SeededGenerator(seed: 254)
    let store = try TestStore()
    try store.upsert(ids(0..<300), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(250..<330), using: &generator)
    try store.delete(ids(0..<10))
    var computed = 0
    _ = try store.query(generator.nextVector(dimension: 16), k: 3, effort: .exact, computed: &computed)
    #expect(computed == store.vectors.count)
  }

  /// 2,000 items of 32 floats (128 bytes) and up to 32 links (128 bytes).
  @Test func bytesPerItem() throws {
    var generator = SeededGenerator(seed: 253)
    let store = try TestStore(dimension: 32, m: 16, efConstruction: 20)
    try store.upsert(ids(0..<2_000), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    var sizes: [String: Int] = [:]
    for (name, entries) in try store.entries(ofGeneration: store.record.generation) {
      sizes[name] = entries.map { $0.count - 4 }.reduce(0, +)
    }
    // Measured 164, 130, 5, 4 and 4; rows come in blocks of 64 KB, the last one part empty.
    let limits: [String: Double] = ["rows": 164, "links": 131, "upper": 5, "owners": 4.1, "places": 4.1]
    #expect(Set(sizes.keys) == Set(limits.keys))
    for (name, limit) in limits {
      let perItem = Double(sizes[name] ?? 0) / 2_000
      #expect(perItem <= limit * 1.05, "\(name): \(perItem) bytes an item")
    }
    let info = try store.engine.environment.info
    guard info.pageSizeBytes == 4_096 else {
      print("skipped the size of the file: pages of \(info.pageSizeBytes) bytes, measured with 4096")
      return
    }
    // With ids, records and every page that is not full.
    let perItem = Double(info.usedBytes - info.freePageCount * info.pageSizeBytes) / 2_000
    #expect(perItem <= 414 * 1.05, "\(perItem) bytes of the file an item")
  }
}
