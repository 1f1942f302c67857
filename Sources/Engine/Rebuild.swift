import HNSW
import LMDB
package import Records
import VectorMath

/// How a long piece of work tells how far it is; returning false asks it to stop.
package typealias ProgressHandler = (_ stage: String, _ completed: Int, _ total: Int) -> Bool

/// What a rebuild did.
package struct RebuildResult: Sendable {
  package var space: String
  package var count: Int
  package var generation: UInt32
  package var distanceComputations: Int
}

/// Vectors to take into a new generation beside those that are stored; they replace stored ones of the same ordinal.
package struct NewRows {
  package var ordinals: [Ordinal]
  /// Encoded rows, one after the other, `strideBytes` each.
  package var rows: UnsafeRawBufferPointer

  package init(ordinals: [Ordinal], rows: UnsafeRawBufferPointer) {
    self.ordinals = ordinals
    self.rows = rows
  }
}

extension StorageEngine {
  /// Builds the graph of a space anew from its stored vectors, beside the one in use, and flips to it in one short
  /// transaction. Readers keep what they have; a crash leaves the old graph in use and the unfinished one as garbage.
  /// - Parameters:
  ///   - adding: further vectors, for loads too large for the tail.
  ///   - threads: threads of the build; the result does not depend on them.
  ///   - finishing: what else belongs into the transaction that flips.
  /// - Throws: `.busy` when another process merged or rebuilt the space meanwhile; `.cancelled`.
  @discardableResult
  package func rebuild(
    space name: String, adding new: NewRows? = nil, threads: Int, progress: ProgressHandler? = nil,
    finishing: ((Writer) throws -> Void)? = nil
  ) throws -> RebuildResult {
    try maintenance.withLock {
      try StorageEngine.translated {
        let generation = try reserveGeneration()
        let result: RebuildResult
        do { result = try build(generation, of: name, new, threads, progress, finishing) } catch {
          abandon(generation)
          throw error
        }
        // Outside: from here on the new generation is the space's own, whatever fails.
        try collectGarbage()
        return result
      }
    }
  }

  /// Frees what an unfinished generation has written; if that fails too, the next open does it.
  private func abandon(_ generation: UInt32) {
    let marked = try? write { writer in
      // A generation in use has no record here and must never get one: collecting it would delete the space.
      guard try writer.transaction.contains(tables.garbage, generation) else { return }
      try writer.transaction.put(tables.garbage, generation, GarbageRecord.abandoned.encoded())
    }
    if marked != nil { _ = try? collectGarbage() }
  }

  private func build(
    _ generation: UInt32, of name: String, _ new: NewRows?, _ threads: Int, _ progress: ProgressHandler?,
    _ finishing: ((Writer) throws -> Void)?
  ) throws -> RebuildResult {
    let (plan, before, layout, distance, rows) = try stage(name, new)
    let writer = GraphWriter(engine: self, record: before, layout: layout)
    let links = writer.makeLinks()
    let editor = GraphEditor(
      parameters: GraphParameters(
        m: before.m, efConstruction: before.efConstruction, seed: before.seed),
      layout: layout, distance: distance, rows: rows.table, links: links,
      upper: UpperLayers(m: before.m, expected: plan.ordinals.count / max(1, before.m - 1)))
    try build(editor, count: plan.ordinals.count, name, threads, progress)
    try writer.putSliced(rows, kind: .rows, generation: generation)
    try writer.putSliced(links, kind: .links, generation: generation)
    try environment.write { transaction in
      try writer.putUpper(editor.changedUpper.sorted(), of: editor.upper, generation: generation, transaction)
      try writer.putWords(plan.ordinals.map(\.rawValue), kind: .owners, generation: generation, transaction)
    }
    try flip(to: generation, plan, editor, from: before, finishing)
    return RebuildResult(
      space: name, count: plan.ordinals.count, generation: generation,
      distanceComputations: editor.distanceComputations)
  }

  private func build(
    _ editor: GraphEditor, count: Int, _ name: String, _ threads: Int, _ progress: ProgressHandler?
  ) throws {
    var isCancelled = false
    do throws(GraphError) {
      try editor.build(count: count, threads: threads) { done in
        isCancelled = !(progress?("building \(name)", done, count) ?? true)
        return !isCancelled
      }
    } catch { throw EngineError.damagedGraph(name, error) }
    if isCancelled { throw EngineError(.cancelled, "stopped; the graph of \"\(name)\" is as it was before") }
  }

  /// Copies the rows out of the snapshot, which ends with this call: a build takes minutes, and pages that a long
  /// reader sees cannot be used again.
  private func stage(
    _ name: String, _ new: NewRows?
  ) throws -> (GenerationPlan, SpaceRecord, RowLayout, DistanceFunction, BlockStore) {
    let snapshot = try Snapshot(self)
    let view = try snapshot.space(name)
    var plan = try GenerationPlan(view, new: new)
    let writer = GraphWriter(engine: self, record: view.record, layout: view.layout)
    let rows = writer.makeRows()
    rows.grow(toSlots: plan.ordinals.count)
    for (slot, row) in plan.rows.enumerated() { writer.setRow(UInt32(slot), row, in: rows) }
    plan.forgetRows()
    return (plan, view.record, view.layout, view.distance, rows)
  }

  private func reserveGeneration() throws -> UInt32 {
    try write { writer in
      let generation = writer.store.nextGeneration
      writer.store.nextGeneration += 1
      try writer.transaction.put(tables.garbage, generation, GarbageRecord.beingBuiltHere.encoded())
      return generation
    }.result
  }

  /// Makes the new generation the space's own, with what was written since `before` carried over.
  private func flip(
    to generation: UInt32, _ plan: GenerationPlan, _ editor: GraphEditor, from before: SpaceRecord,
    _ finishing: ((Writer) throws -> Void)?
  ) throws {
    _ = try write { writer in
      var record = try writer.space(before.name)
      guard record.generation == before.generation, record.graphVersion == before.graphVersion else {
        throw EngineError(
          .busy, "space \"\(before.name)\" was merged or rebuilt by another process meanwhile; run it again")
      }
      guard try writer.transaction.contains(tables.garbage, generation) else {
        throw EngineError(
          .busy, "the new graph of \"\(before.name)\" was removed by another process meanwhile; run it again")
      }
      let old = record.generation
      let known = Int(record.kind == .items ? writer.store.nextItem : writer.store.nextUser)
      var places = [UInt32](repeating: Place.none.stored, count: known)
      var deadSlots: [UInt32] = []
      for (slot, ordinal) in plan.ordinals.enumerated() {
        let now = try writer.place(of: ordinal, generation: old)
        // A vector that had no place before is new: its record may have been deleted while the graph was built.
        let isGone = try now == .none && !writer.isLive(ordinal, record.kind)
        if now == plan.places[slot], !isGone {
          places[Int(ordinal.rawValue)] = UInt32(slot)
        } else {
          // Deleted, or written again, since the snapshot: the row just built is out of date.
          deadSlots.append(UInt32(slot))
        }
      }
      let carried = try self.tail(of: record, from: before.nextSequence, writer)
      for (sequence, ordinal) in carried {
        places[Int(ordinal.rawValue)] = Place.tail(sequence: sequence).stored
      }
      try GraphWriter(engine: self, record: record, layout: editor.layout)
        .putWords(places, kind: .places, generation: generation, writer.transaction)
      for slot in deadSlots { try writer.setDead(slot, true, generation: generation) }
      if before.nextSequence > 0 {
        try writer.transaction.deleteRange(
          tables.tail, from: BlockKey(record.number, 0),
          through: BlockKey(record.number, before.nextSequence - 1))
      }
      record.generation = generation
      record.graphVersion = 0
      record.slotCount = editor.slotCount
      record.nodeCount = editor.nodeCount
      record.deadCount = deadSlots.count
      record.deadVersion += 1
      record.entryPoint = editor.entryPoint?.rawValue ?? .max
      record.maxLevel = editor.maxLevel
      record.tailCount = carried.count
      record.tailVersion += 1
      if carried.isEmpty { record.nextSequence = 0 }
      writer.update(record)
      try writer.transaction.put(tables.garbage, old, GarbageRecord.abandoned.encoded())
      try writer.transaction.delete(tables.garbage, generation)
      try finishing?(writer)
    }
  }

  /// The rows of the tail from a sequence number on.
  private func tail(
    of record: SpaceRecord, from sequence: UInt32, _ writer: Writer
  ) throws -> [(sequence: UInt32, ordinal: Ordinal)] {
    var found: [(UInt32, Ordinal)] = []
    try writer.transaction.forEach(
      tables.tail, from: BlockKey(record.number, sequence), through: BlockKey(record.number, .max)
    ) { key, value in
      guard let key = BlockKey(keyBytes: key) else { return .next }
      do {
        let stride = value.count - TailRecord.headerBytes
        let row = try TailRecord.decode(value, sequence: key.second, strideBytes: stride)
        found.append((key.second, row.ordinal))
      } catch let error as RecordError {
        throw EngineError.corrupted("tail of \"\(record.name)\" row", "\(key.second)", error)
      }
      return .next
    }
    return found
  }
}

/// What goes into a new generation: every live vector by ordinal, and where it lay before.
private struct GenerationPlan {
  /// The owner of each new slot, ascending, so that equal stores give equal graphs.
  private(set) var ordinals: [Ordinal] = []
  /// The row of each new slot, in the snapshot.
  private(set) var rows: [UnsafeRawPointer] = []
  /// Where each vector's predecessor lay: if that changed until the flip, the new row is out of date.
  private(set) var places: [Place] = []

  init(_ view: SpaceView, new: NewRows?) throws {
    var sources: [(ordinal: Ordinal, row: UnsafeRawPointer, place: Place)] = []
    sources.reserveCapacity(view.record.liveCount + (new?.ordinals.count ?? 0))
    let replaced = Set(new?.ordinals ?? [])
    var replacedPlaces: [Ordinal: Place] = [:]
    func take(_ ordinal: Ordinal, _ row: UnsafeRawPointer, _ place: Place) {
      if replaced.contains(ordinal) {
        replacedPlaces[ordinal] = place
      } else {
        sources.append((ordinal, row, place))
      }
    }
    for slot in 0..<UInt32(view.graph.slotCount) where view.isLive(slot) {
      guard let ordinal = view.graph.owner(of: slot) else { continue }
      take(ordinal, try view.graph.row(slot, space: view.record.name), .graph(slot: slot))
    }
    for index in 0..<view.tail.count {
      guard let row = view.tail.rows[index] else { continue }
      take(view.tail.ordinals[index], row, .tail(sequence: view.tail.sequences[index]))
    }
    if let new, let start = new.rows.baseAddress {
      for (index, ordinal) in new.ordinals.enumerated() {
        sources.append((ordinal, start + index * view.layout.strideBytes, replacedPlaces[ordinal] ?? .none))
      }
    }
    sources.sort { $0.ordinal < $1.ordinal }
    ordinals = sources.map(\.ordinal)
    rows = sources.map(\.row)
    places = sources.map(\.place)
  }

  /// Lets go of the addresses, which end with the snapshot they came from.
  mutating func forgetRows() { rows = [] }
}
