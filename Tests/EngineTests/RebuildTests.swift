import Basics
@testable import Engine
import LMDB
import Records
import Testing
import VectorMath

@Suite struct RebuildTests {
  @Test func aRebuildLeavesNoTraceOfTheOldGeneration() throws {
    var generator = SeededGenerator(seed: 211)
    let store = try TestStore()
    try store.upsert(ids(0..<500), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.delete(ids(0..<100))
    try store.upsert(ids(90..<120), using: &generator)
    let old = try store.record.generation
    let result = try store.engine.rebuild(space: TestStore.space, threads: 1)
    let record = try store.record
    #expect(result.count == 410)
    #expect(result.generation == record.generation && record.generation != old)
    #expect((record.slotCount, record.nodeCount, record.deadCount, record.tailCount) == (410, 410, 0, 0))
    #expect(try store.entries(ofGeneration: old).isEmpty)
    #expect(try garbage(store).isEmpty)
    try store.check("rebuilt", using: &generator)
    try store.reopen()
    try store.check("reopened", using: &generator)
  }

  @Test func threadsDoNotChangeAByte() throws {
    let graphs = try [1, 2].map { threads in
      var generator = SeededGenerator(seed: 212)
      let store = try TestStore(metric: .dot)
      try store.upsert(ids(0..<700), using: &generator)
      try store.engine.rebuild(space: TestStore.space, threads: threads)
      try store.delete(ids(300..<340))
      try store.upsert(ids(650..<760), using: &generator)
      try store.engine.merge(space: TestStore.space, threads: threads)
      return try store.entries(ofGeneration: store.record.generation)
    }
    for (name, entries) in graphs[0] { #expect(entries == graphs[1][name], "table \(name)") }
    #expect(graphs[0].keys == graphs[1].keys)
  }

  @Test func rowsBesideTheTailReplaceStoredOnes() throws {
    var generator = SeededGenerator(seed: 213)
    let store = try TestStore()
    try store.upsert(ids(0..<200), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(150..<220), using: &generator)
    let new = try (100..<300).map { index in
      ("item-\(index)", try store.encoded(generator.nextVector(dimension: store.dimension)))
    }
    let ordinals = try store.engine.write { writer in
      try new.map { try writer.ordinalMakingRecord(of: $0.0, .items) }
    }.result
    let rows = UnsafeMutableRawBufferPointer.allocate(
      byteCount: new.count * (try store.layout.strideBytes), alignment: 64)
    defer { rows.deallocate() }
    rows.copyBytes(from: new.flatMap(\.1.row))
    try store.engine.rebuild(
      space: TestStore.space, adding: NewRows(ordinals: ordinals, rows: UnsafeRawBufferPointer(rows)),
      threads: 2)
    for (id, row) in new { store.expect(id, row.stored) }
    #expect(try store.record.nodeCount == 300)
    try store.check("after the load", using: &generator)
  }

  /// Between the copy of the rows and the flip anybody may write:
  ///
  ///     rebuild                     others
  ///     copies the rows
  ///     builds the graph            deletes, replaces and adds vectors, of the graph and of the tail
  ///     flips                       finds everything as it left it
  @Test func writesDuringTheBuildAreCarriedOver() throws {
    var generator = SeededGenerator(seed: 214)
    let store = try TestStore()
    try store.upsert(ids(0..<400), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(400..<500) + ids(0..<20), using: &generator)
    var wrote = false
    var failure: (any Error)?
    try store.engine.rebuild(space: TestStore.space, threads: 2) { _, done, _ in
      guard !wrote, done > 200 else { return true }
      wrote = true
      do {
        try store.delete(ids(30..<40) + ids(400..<410) + ["item-0"])
        try store.upsert(ids(38..<45) + ids(405..<415) + ids(500..<520) + ["item-1"], using: &generator)
        try store.upsert(ids(40..<43) + ids(510..<512), using: &generator)
        try store.delete(["item-511", "item-44"])
      } catch { failure = error }
      return true
    }
    if let failure { throw failure }
    #expect(wrote)
    let record = try store.record
    #expect(record.tailCount > 0 && record.deadCount > 0)
    try store.check("after the flip", using: &generator)
    try store.reopen()
    try store.engine.merge(space: TestStore.space, threads: 1)
    try store.check("after the next merge", using: &generator)
  }

  /// A merge that gets in between makes the new graph out of date: it is dropped, and says so.
  @Test func aMergeDuringTheBuildWins() throws {
    var generator = SeededGenerator(seed: 215)
    let store = try TestStore()
    try store.upsert(ids(0..<400), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(400..<440), using: &generator)
    var merged = false
    #expect {
      try store.engine.rebuild(space: TestStore.space, threads: 1) { stage, done, _ in
        if !merged, done > 200 {
          merged = true
          do { try store.engine.merge(space: TestStore.space, threads: 1) } catch { Issue.record(error) }
        }
        return true
      }
    } throws: { error in (error as? EngineError)?.code == .busy }
    #expect(try (store.record.tailCount, store.record.nodeCount) == (0, 440))
    #expect(try garbage(store).isEmpty, "a rebuild that failed leaves nothing behind")
    try store.check("after the merge", using: &generator)
  }

  @Test func aStoppedRebuildChangesNothing() throws {
    var generator = SeededGenerator(seed: 216)
    let store = try TestStore()
    try store.upsert(ids(0..<300), using: &generator)
    let before = try store.record
    #expect {
      try store.engine.rebuild(space: TestStore.space, threads: 1) { _, done, _ in done < 100 }
    } throws: { error in
      (error as? EngineError)?.code == .cancelled
    }
    #expect(try store.record == before)
    #expect(try garbage(store).isEmpty, "a rebuild that was stopped leaves nothing behind")
    try store.check("stopped", using: &generator)
  }

  /// A rebuild that had flipped and then failed to collect garbage used to mark the generation now in use as
  /// abandoned: the next collection would have deleted every vector of the space.
  @Test func whatFailsAfterTheFlipDoesNotAbandonTheGraphInUse() throws {
    var generator = SeededGenerator(seed: 218)
    let store = try TestStore()
    try store.upsert(ids(0..<200), using: &generator)
    let tables = store.engine.tables
    // A damaged record, which the collector refuses to pass over.
    _ = try store.engine.write { try $0.transaction.put(tables.garbage, 9_999, [1, 2, 3]) }
    #expect { try store.engine.rebuild(space: TestStore.space, threads: 1) } throws: { error in
      (error as? EngineError)?.code == .corrupted
    }
    #expect(try store.record.nodeCount == 200, "the flip had happened")
    #expect(try garbage(store) == [0, 9_999])
    _ = try store.engine.write { _ = try $0.transaction.delete(tables.garbage, 9_999) }
    try store.engine.collectGarbage()
    try store.check("after the damage was removed", using: &generator)
  }

  @Test func anEmptySpaceCanBeRebuilt() throws {
    var generator = SeededGenerator(seed: 217)
    let store = try TestStore()
    #expect(try store.engine.rebuild(space: TestStore.space, threads: 2).count == 0)
    try store.check("empty", using: &generator)
  }

  private func garbage(_ store: TestStore) throws -> [UInt32] {
    try store.engine.environment.read { transaction in
      var generations: [UInt32] = []
      try transaction.forEach(store.engine.tables.garbage) { key, _ in
        if let generation = UInt32(keyBytes: key) { generations.append(generation) }
        return .next
      }
      return generations
    }
  }
}
