import Dispatch
import Synchronization

/// The newest snapshot, shared by all queries until a commit makes it old or nobody has used it for a while.
final class SnapshotPool: Sendable {
  private struct State {
    var current: Snapshot?
    /// Counts uses, so that the timer knows whether there were any.
    var uses = 0
    var isTimerSet = false
  }
  private let state = Mutex(State())
  /// An unused snapshot is released after this long, so that its pages can be used again.
  private static let idleMilliseconds = 1_000

  /// The snapshot of the last commit.
  func newest(of engine: StorageEngine) throws -> Snapshot {
    if let current = try current(of: engine) { return current }
    // Nothing may be held here: beginning waits for a map that grows, and growing waits for every reader to end.
    let transaction = try engine.environment.beginRead()
    // What the pool still has was not asked to quiesce, so its addresses are in the map that is there now.
    let snapshot = Snapshot(engine, transaction, previous: state.withLock { $0.current })
    let startTimer = state.withLock { state in
      if (state.current?.transactionID ?? -1) < snapshot.transactionID { state.current = snapshot }
      defer { state.isTimerSet = true }
      return !state.isTimerSet
    }
    if startTimer { setTimer(uses: 0) }
    return snapshot
  }

  /// The shared snapshot, where it sees the last commit of the file that is at the path.
  private func current(of engine: StorageEngine) throws -> Snapshot? {
    let current = state.withLock { state in
      state.uses += 1
      return state.current
    }
    guard let current else { return nil }
    return try engine.environment.isNewest(current.transactionID) ? current : nil
  }

  /// Lets go of the shared snapshot; queries that still use it keep it until they end.
  func dropIdle() {
    // Ended outside the lock: ending a transaction may call back into the environment.
    let dropped = state.withLock { state in
      defer { state.current = nil }
      return state.current
    }
    _ = dropped
  }

  private func setTimer(uses: Int) {
    let deadline = DispatchTime.now() + .milliseconds(Self.idleMilliseconds)
    DispatchQueue.global(qos: .utility).asyncAfter(deadline: deadline) { [weak self] in
      self?.tick(since: uses)
    }
  }

  private func tick(since before: Int) {
    let (now, isIdle) = state.withLock { state in
      let isIdle = state.uses == before
      if isIdle { state.isTimerSet = false }
      return (state.uses, isIdle)
    }
    if isIdle { dropIdle() } else { setTimer(uses: now) }
  }
}
