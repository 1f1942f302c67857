import Basics
import LMDB
import Records

extension StorageEngine {
  /// Merges the tail of a space into its graph and repairs the links around deleted nodes, in slices: each is planned
  /// on a snapshot without holding the write lock, then applied in one transaction. When little of the graph would
  /// stay as it is, it is rebuilt instead.
  /// - Returns: the number of rows taken from the tail.
  @discardableResult
  package func merge(space name: String, threads: Int, progress: ProgressCheck? = nil) throws -> Int {
    let record = try read { try $0.space(name).record }
    guard record.tailCount + record.deadCount > 0 else { return 0 }
    // Where the whole is too large for memory, slices are slower but do.
    if record.tailCount + record.deadCount > record.nodeCount / 2,
      try record.nodeCount == 0 || hasMemory(toBuild: record.liveCount, of: record.definition)
    {
      try rebuild(space: name, threads: threads, progress: progress)
      return record.tailCount
    }
    return try maintenance.withLock {
      try StorageEngine.translated {
        var merged = 0
        while let count = try mergeSlice(name, threads) {
          merged += count
          guard progress?("merging \(name)", merged, record.tailCount) ?? true else {
            throw EngineError(
              .cancelled, "stopped after merging \(merged) rows of \"\(name)\"; the rest stays in the tail")
          }
          if merged >= record.tailCount { break }
        }
        return merged
      }
    }
  }

  /// Plans and applies one slice; nil when there was nothing left to merge.
  private func mergeSlice(_ name: String, _ threads: Int) throws -> Int? {
    let plan: MergePlan? = try {
      let snapshot = try Snapshot(self)
      let view = try snapshot.space(name)
      guard view.record.tailCount + view.record.deadCount > 0 else { return nil }
      return try MergePlan(view, engine: self, threads: threads)
    }()
    guard let plan else { return nil }
    KillPoint.pass(.mergePlanned)
    try apply(plan)
    KillPoint.pass(.mergeCommitted)
    return plan.rows.count
  }

  private func apply(_ plan: MergePlan) throws {
    _ = try write { writer in
      let space = try writer.space(plan.before.name)
      try space.requireGraph(of: plan.before)
      try plan.putBlocks(GraphWriter(engine: self), writer.transaction)
      KillPoint.pass(.mergeBlocksWritten)
      try space.take(plan)
      KillPoint.pass(.mergeTaken)
    }
  }
}

extension SpaceWriter {
  /// Makes the changed graph the space's own: freed slots, new places, and the numbers of its record.
  fileprivate func take(_ plan: MergePlan) throws {
    for slot in plan.removed {
      try setDead(slot, false)
      try setOwner(of: slot, to: nil)
    }
    record.deadCount -= plan.removed.count
    for row in plan.rows {
      try setOwner(of: row.slot, to: row.ordinal)
      if try place(of: row.ordinal) == .tail(sequence: row.sequence) {
        try setPlace(of: row.ordinal, to: .graph(slot: row.slot))
        try writer.transaction.delete(writer.tables.tail, BlockKey(record.number, row.sequence))
        record.tailCount -= 1
      } else {
        // Deleted or written again while the plan was made: its node is dead from the start.
        try setDead(row.slot, true)
        record.deadCount += 1
      }
    }
    record.take(plan.editor)
    record.graphVersion += 1
    record.deadVersion += 1
    record.tailVersion += 1
    if record.tailCount == 0 { record.nextSequence = 0 }
  }
}
