import Basics
import Dispatch
import Engine
import LMDB
import Platform
import Synchronization
import Testing
import VectorMath

/// A merge is planned on a snapshot, without the write lock; what is written until it is applied must survive it.
@Suite struct ConcurrentMergeTests {
  /// Merges on another thread.
  private final class Merging: Sendable {
    private let failure = Mutex<String?>(nil)
    private let isDone = Mutex(false)
    private let end = DispatchSemaphore(value: 0)

    init(_ engine: StorageEngine, times: Int) {
      DispatchQueue.global().async {
        do {
          for _ in 0..<times { try engine.merge(space: TestStore.space, threads: 1) }
        } catch { self.failure.withLock { $0 = "\(error)" } }
        self.isDone.withLock { $0 = true }
        self.end.signal()
      }
    }

    var hasEnded: Bool { isDone.withLock { $0 } }

    /// Waits for the end and returns what went wrong.
    func finish() -> String? {
      end.wait()
      return failure.withLock { $0 }
    }
  }

  private func makeStore(_ generator: inout SeededGenerator) throws -> TestStore {
    let store = try TestStore()
    try store.upsert(ids(0..<700), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(700..<900), using: &generator)
    return store
  }

  /// The write lock holds the plan back until there is something that it does not know:
  ///
  ///     merging thread              writing thread
  ///                                 deletes and replaces rows of the plan and nodes of the graph, adds others
  ///     plans on the last commit
  ///     waits for the lock
  ///                                 commits
  ///     applies an old plan
  @Test func anOldPlanKeepsWhatWasWrittenSince() throws {
    var generator = SeededGenerator(seed: 241)
    let store = try makeStore(&generator)
    let engine = store.engine
    let upserted = (ids(720..<740) + ids(5..<15) + ids(900..<910)).map {
      (id: $0, vector: generator.nextVector(dimension: store.dimension))
    }
    var merging: Merging?
    try store.change(deleting: ids(700..<725) + ids(0..<10), upserting: upserted) {
      guard merging == nil else { return }
      let before = try readerCount(engine)
      merging = Merging(engine, times: 1)
      // Until the plan has its snapshot; nothing is committed before, so it can only be an old one. On a busy machine
      // its thread may start late.
      var waits = 0
      while try readerCount(engine) <= before {
        waits += 1
        try #require(waits < 60_000, "the merge has not begun")
        usleep(1_000)
      }
    }
    #expect(merging?.finish() == nil)
    let record = try store.record
    // 25 deleted and 15 replaced rows of the plan have nodes that are dead from the start, 15 of the graph died.
    #expect((record.tailCount, record.deadCount, record.nodeCount) == (40, 55, 900))
    try store.check("an old plan applied", using: &generator)
    try store.engine.merge(space: TestStore.space, threads: 2)
    try store.check("after a merge in peace", using: &generator)
  }

  /// Of this process, with the shared snapshot of the last commit, which is kept from being released.
  private func readerCount(_ engine: StorageEngine) throws -> Int {
    try engine.read { _ in }
    return try engine.environment.info.readers.count { $0.transactionID != nil }
  }

  @Test func writesBesideMergesSurviveThem() throws {
    var generator = SeededGenerator(seed: 242)
    let store = try makeStore(&generator)
    let merging = Merging(store.engine, times: 3)
    var round = 0
    while !merging.hasEnded, round < 150 {
      try store.delete(["item-\(700 + round)", "item-\(round * 2)"])
      try store.upsert(
        ["item-\(899 - round)", "item-\(1 + round * 2)", "item-\(1_000 + round)"], using: &generator)
      round += 1
    }
    #expect(merging.finish() == nil)
    try store.check("after \(round) rounds", using: &generator)
    try store.engine.merge(space: TestStore.space, threads: 2)
    try store.check("after a merge in peace", using: &generator)
  }
}
