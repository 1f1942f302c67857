import Basics
import Engine
import Records
import TestSupport
import Testing
import VectorMath

/// Random operations against a dictionary: after every phase the store is sound, holds what the dictionary holds, and
/// answers exactly, or at the recall floor.
@Suite struct ModelTests {
  private enum Operation: CaseIterable {
    case upsert, upsertMany, replace, delete, deleteAndRestore, merge, rebuild, reopen, query
  }

  @Test(
    arguments: [
      (VectorMetric.cosine, VectorEncoding.float32, 1), (.dot, .float32, 2), (.l2, .float16, 3),
      (.cosine, .int8, 4), (.l2, .int8, 5), (.dot, .int8, 6), (.l2, .int4, 7), (.dot, .int4, 8),
    ]
      as [(VectorMetric, VectorEncoding, UInt64)])
  func followsADictionary(metric: VectorMetric, encoding: VectorEncoding, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let store = try TestStore(metric: metric, encoding: encoding, dimension: 12, efConstruction: 40)
    var next = 0
    for phase in 1...8 {
      var log: [Operation] = []
      for _ in 0..<12 {
        let operation = Operation.allCases.randomElement(using: &generator) ?? .query
        log.append(operation)
        try run(operation, on: store, next: &next, using: &generator)
      }
      try store.check("phase \(phase): \(log)", recallFloor: 0.9, using: &generator)
    }
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    try store.reopen()
    try store.check("at the end", using: &generator)
  }

  private func run(
    _ operation: Operation, on store: TestStore, next: inout Int, using generator: inout SeededGenerator
  ) throws {
    /// Some ids that are stored.
    func some(_ limit: Int) -> [String] {
      let count = Int.random(in: 1...limit, using: &generator)
      return Array(store.vectors.keys.sorted().shuffled(using: &generator).prefix(count))
    }
    switch operation {
    case .upsert:
      try store.upsert(ids(next..<next + 1), using: &generator)
      next += 1
    case .upsertMany:
      let count = Int.random(in: 2...60, using: &generator)
      try store.upsert(ids(next..<next + count), using: &generator)
      next += count
    case .replace: try store.upsert(some(25), using: &generator)
    case .delete: try store.delete(some(25))
    case .deleteAndRestore:
      let chosen = some(10)
      try store.delete(chosen)
      try store.upsert(chosen, using: &generator)
    case .merge: try store.engine.merge(space: TestStore.space, threads: 2)
    case .rebuild: try store.engine.rebuild(space: TestStore.space, threads: 2)
    case .reopen: try store.reopen()
    case .query:
      let query = generator.nextVector(dimension: store.dimension)
      #expect(
        try store.query(query, k: 7, effort: .exact).map(\.id) == store.truth(query, k: 7), "\(generator)")
    }
  }

  /// Each snapshot goes on seeing its own commit while others write, merge and rebuild.
  @Test func anOldSnapshotStaysAsItWas() throws {
    var generator = SeededGenerator(seed: 4)
    let store = try TestStore()
    try store.upsert(ids(0..<300), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(300..<320), using: &generator)
    let query = try normalized(generator.nextVector(dimension: store.dimension))
    let truth = try store.truth(query, k: 20)
    try store.engine.read { snapshot in
      let view = try snapshot.space(TestStore.space)
      for step in 0..<4 {
        var computed = 0
        let found = try snapshot.nearest(
          to: query, in: view, k: 20, effort: .exact, distanceComputations: &computed)
        #expect(found.map(\.id) == truth, "step \(step), \(generator)")
        switch step {
        case 0: try store.delete(Array(truth.prefix(10)))
        case 1: try store.engine.merge(space: TestStore.space, threads: 1)
        default: try store.engine.rebuild(space: TestStore.space, threads: 1)
        }
      }
    }
    try store.check("the newest commit", using: &generator)
  }
}
