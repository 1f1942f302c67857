import Dispatch
import Engine
import Records
import Synchronization
import Testing
import VectorMath

@Suite struct ConcurrentMergeTests {
  /// A plan is made on a snapshot, without the write lock; what is written until it is applied must survive it:
  ///
  ///     merging thread              writing thread
  ///     plans on a snapshot         deletes and replaces rows that are in the plan, adds others
  ///     applies                     …
  @Test func writesDuringAPlanSurviveIt() throws {
    var generator = SeededGenerator(seed: 241)
    let store = try TestStore()
    try store.upsert(ids(0..<700), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(700..<900), using: &generator)

    let engine = store.engine
    let done = Mutex<(isDone: Bool, failure: String?)>((false, nil))
    let merging = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      do {
        for _ in 0..<3 { try engine.merge(space: TestStore.space, threads: 1) }
      } catch { done.withLock { $0.failure = "\(error)" } }
      done.withLock { $0.isDone = true }
      merging.signal()
    }
    var round = 0
    while !done.withLock({ $0.isDone }), round < 150 {
      // Rows of the tail that is being merged, nodes of the graph, and new ones.
      try store.delete(["item-\(700 + round)", "item-\(round * 2)"])
      try store.upsert(
        ["item-\(899 - round)", "item-\(1 + round * 2)", "item-\(1_000 + round)"], using: &generator)
      round += 1
    }
    merging.wait()
    #expect(done.withLock { $0.failure } == nil)
    #expect(round > 0)
    try store.check("after \(round) rounds", using: &generator)
    try store.engine.merge(space: TestStore.space, threads: 2)
    try store.check("after a merge in peace", using: &generator)
  }
}
