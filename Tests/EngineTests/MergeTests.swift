import Basics
import Engine
import Records
import Testing
import VectorMath

/// The tail moves into the graph, deleted nodes leave it, and their slots are used again.
@Suite struct MergeTests {
  @Test(arguments: [
    (VectorMetric.cosine, VectorEncoding.float32), (.dot, .float16), (.l2, .float32), (.l2, .int8),
    (.cosine, .int8), (.cosine, .int4),
  ])
  func theTailBecomesGraph(metric: VectorMetric, encoding: VectorEncoding) throws {
    var generator = SeededGenerator(seed: 201)
    let store = try TestStore(metric: metric, encoding: encoding)
    try store.upsert(ids(0..<600), using: &generator)
    #expect(try store.record.tailCount == 600)
    try store.check("tail only", using: &generator)

    // More than half of the graph is new: it is built, not merged.
    #expect(try store.engine.merge(space: TestStore.space, threads: 2) == 600)
    #expect(try (store.record.tailCount, store.record.nodeCount) == (0, 600))
    try store.check("after the first merge", using: &generator)

    let generation = try store.record.generation
    try store.upsert(ids(600..<800), using: &generator)
    #expect(try store.engine.merge(space: TestStore.space, threads: 2) == 200)
    let record = try store.record
    #expect(record.generation == generation, "a small tail is merged in place")
    #expect((record.tailCount, record.nodeCount, record.slotCount, record.nextSequence) == (0, 800, 800, 0))
    try store.check("after the second merge", using: &generator)
    try store.reopen()
    try store.check("after reopening", using: &generator)
  }

  @Test(arguments: [(VectorMetric.cosine, VectorEncoding.int8), (.dot, .float32)])
  func linksGrowWiderWithTheSlots(metric: VectorMetric, encoding: VectorEncoding) throws {
    var generator = SeededGenerator(seed: 209)
    let store = try TestStore(metric: metric, encoding: encoding)
    try store.upsert(ids(0..<960), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    #expect(try store.record.linkBits == 10)
    let before = try store.engine.read { try $0.space(TestStore.space) }
    try store.upsert(ids(960..<1_023), using: &generator)
    #expect(try store.engine.merge(space: TestStore.space, threads: 2) == 63)
    #expect(try (store.record.linkBits, store.record.slotCount) == (10, 1_023))
    try store.delete(ids(0..<10))
    try store.upsert(ids(1_023..<1_100), using: &generator)
    #expect(try store.engine.merge(space: TestStore.space, threads: 2) == 77)
    #expect(try store.record.linkBits == 11)
    #expect(try store.record.generation == before.record.generation, "merged in place")
    try store.check("with wider links", using: &generator)
    try store.reopen()
    try store.check("after reopening", using: &generator)
    #expect(try store.engine.verify().problems.isEmpty)
  }

  @Test func freedSlotsAreUsedAgain() throws {
    var generator = SeededGenerator(seed: 202)
    let store = try TestStore()
    try store.upsert(ids(0..<600), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.delete(ids(100..<200))
    #expect(try store.record.deadCount == 100)
    try store.check("deleted, not merged", using: &generator)

    #expect(try store.engine.merge(space: TestStore.space, threads: 1) == 0)
    #expect(try (store.record.deadCount, store.record.nodeCount, store.record.slotCount) == (0, 500, 600))
    try store.check("deleted and merged", using: &generator)

    // An update is a deletion and a row in the tail; 50 of each and 60 new ones fit the 100 free slots and the 50.
    try store.upsert(ids(0..<50) + ids(600..<660), using: &generator)
    try store.engine.merge(space: TestStore.space, threads: 1)
    #expect(try (store.record.deadCount, store.record.nodeCount, store.record.slotCount) == (0, 560, 600))
    try store.check("freed slots filled", using: &generator)

    // Marks of deletion are only read while there are any: one more shows that none was left on a filled slot.
    try store.delete(["item-655"])
    try store.check("one more deleted", using: &generator)
  }

  @Test func theLastVectorCanBeDeleted() throws {
    var generator = SeededGenerator(seed: 203)
    let store = try TestStore()
    try store.upsert(ids(0..<20), using: &generator)
    try store.engine.merge(space: TestStore.space, threads: 1)
    try store.delete(ids(0..<20))
    try store.check("all deleted", using: &generator)
    try store.engine.merge(space: TestStore.space, threads: 1)
    #expect(try (store.record.nodeCount, store.record.entryPoint) == (0, .max))
    try store.check("all merged away", using: &generator)
    try store.upsert(ids(10..<30), using: &generator)
    try store.engine.merge(space: TestStore.space, threads: 1)
    try store.check("begun again", using: &generator)
  }

  @Test func nothingToMergeChangesNothing() throws {
    let store = try TestStore()
    let before = try store.engine.environment.info.lastTransactionID
    #expect(try store.engine.merge(space: TestStore.space, threads: 1) == 0)
    #expect(try store.engine.environment.info.lastTransactionID == before)
  }

  /// A tail of several slices; each commit between them is a whole store, also to those who write then.
  @Test func writesBetweenSlicesAreKept() throws {
    var generator = SeededGenerator(seed: 204)
    let store = try TestStore(dimension: 8, efConstruction: 20)
    try store.upsert(ids(0..<2_600), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    try store.upsert(ids(2_600..<3_800), using: &generator)
    var slices = 0
    var failure: (any Error)?
    try store.engine.merge(space: TestStore.space, threads: 2) { _, _, _ in
      slices += 1
      do {
        guard slices == 1 else { return true }
        try store.delete(ids(2_600..<2_610) + ids(3_790..<3_795))
        try store.upsert(ids(3_780..<3_790) + ids(0..<5) + ids(3_800..<3_805), using: &generator)
      } catch { failure = error }
      return true
    }
    if let failure { throw failure }
    let limit = store.engine.policy.tailLimit(nodeCount: 2_600)
    #expect(slices > 1 && slices == (1_200 + limit - 1) / limit)
    try store.check("after the merge", recallFloor: 0.9, using: &generator)
  }

  @Test func aStoppedMergeKeepsTheRestInTheTail() throws {
    var generator = SeededGenerator(seed: 205)
    let store = try TestStore(dimension: 8, efConstruction: 20)
    try store.upsert(ids(0..<2_400), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    try store.upsert(ids(2_400..<3_500), using: &generator)
    #expect { try store.engine.merge(space: TestStore.space, threads: 1) { _, _, _ in false } } throws: {
      error in
      (error as? EngineError)?.code == .cancelled
    }
    let limit = store.engine.policy.tailLimit(nodeCount: 2_400)
    #expect(try store.record.tailCount == 1_100 - limit)
    try store.check("stopped", recallFloor: 0.9, using: &generator)
  }
}
