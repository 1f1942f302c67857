import Engine
import LMDB
import Records
import Testing
import VectorMath

/// Gates on counts, which say the same on every machine; a change for the better lowers them.
@Suite struct CostTests {
  /// A state of the store, and what a query took in it at recall@10 above 0.95.
  private struct Step {
    let name: String
    let distancesPerQuery: Double
  }

  @Test func distancesPerQueryAtTheRecallFloor() throws {
    var generator = SeededGenerator(seed: 251)
    let store = try TestStore(dimension: 20)
    try store.upsert(ids(0..<1_200), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    try expect(store, Step(name: "built", distancesPerQuery: 319.1))
    try store.delete(ids(0..<240))
    try expect(store, Step(name: "a fifth deleted", distancesPerQuery: 363.8))
    try store.engine.merge(space: TestStore.space, threads: 2)
    try expect(store, Step(name: "merged", distancesPerQuery: 334.6))
    try store.upsert(ids(1_200..<1_300), using: &generator)
    // The tail is compared whole: one distance for each of its rows.
    try expect(store, Step(name: "with a tail of 100", distancesPerQuery: 434.6))
  }

  private func expect(_ store: TestStore, _ step: Step) throws {
    var generator = SeededGenerator(seed: 252)
    var computed = 0
    var hits = 0
    for _ in 0..<60 {
      let query = generator.nextVector(dimension: 20)
      let found = try store.query(query, k: 10, effort: .beam(32), computed: &computed).map(\.id)
      hits += Set(found).intersection(try store.truth(query, k: 10)).count
    }
    #expect(Double(hits) / 600 >= 0.95, "\(step.name), \(generator)")
    let perQuery = Double(computed) / 60
    #expect(perQuery <= step.distancesPerQuery * 1.05, "\(step.name): \(perQuery) distances a query")
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
