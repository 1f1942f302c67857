import Basics
import HNSW
import LMDB
package import Records
package import VectorMath

/// Receives the progress of long work; returning false asks it to stop.
package typealias ProgressHandler = (_ stage: String, _ completed: Int, _ total: Int) -> Bool

/// What a rebuild did.
package struct RebuildResult: Sendable {
  package var space: String
  package var count: Int
  package var generation: UInt32
  package var distanceComputations: Int
}

/// A generation that is written and waits to become a space's own.
struct BuiltGeneration {
  let number: UInt32
  let staged: StagedSpace
  let editor: GraphEditor

  var result: RebuildResult {
    RebuildResult(
      space: staged.record.name, count: staged.plan.ordinals.count, generation: number,
      distanceComputations: editor.distanceComputations)
  }
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
  ///   - encoding: how vectors are kept from now on; as they are if nil. Half precision once taken does not come back.
  ///   - threads: threads of the build; the result does not depend on them.
  ///   - finishing: what else belongs into the transaction that flips.
  /// - Throws: `.busy` when another process merged or rebuilt the space meanwhile; `.cancelled`.
  @discardableResult
  package func rebuild(
    space name: String, adding new: NewRows? = nil, encoding: VectorEncoding? = nil, threads: Int,
    progress: ProgressHandler? = nil,
    finishing: ((Writer) throws -> Void)? = nil
  ) throws -> RebuildResult {
    try maintenance.withLock {
      try StorageEngine.translated {
        let generation = try reserveGeneration()
        let built: BuiltGeneration
        do {
          built = try build(generation, try stage(name, new, encoding), threads, progress)
          _ = try write { writer in
            try flip(to: built, writer)
            try finishing?(writer)
          }
        } catch {
          abandon(generation)
          throw error
        }
        // Outside: from here on the new generation is the space's own, whatever fails.
        try collectGarbage()
        return built.result
      }
    }
  }

  /// Frees what an unfinished generation has written; if that fails too, the next open does it.
  func abandon(_ generation: UInt32) {
    let marked = try? write { writer in
      // A generation in use has no record here and must never get one: collecting it would delete the space.
      guard try writer.transaction.contains(tables.garbage, generation) else { return }
      try writer.transaction.put(tables.garbage, generation, GarbageRecord.abandoned.encoded())
    }
    if marked != nil { _ = try? collectGarbage() }
  }

  /// Builds a generation and writes it, all but the places of its vectors.
  func build(
    _ generation: UInt32, _ staged: StagedSpace, _ threads: Int, _ progress: ProgressHandler?
  ) throws -> BuiltGeneration {
    let record = staged.record
    let writer = GraphWriter(engine: self, record: record)
    let count = staged.plan.ordinals.count
    let format = LinkFormat(count: 2 * record.m, slotCount: count)
    let links = GraphWriter.makeLinks(format)
    let editor = GraphEditor(
      parameters: GraphParameters(m: record.m, efConstruction: record.efConstruction, seed: record.seed),
      rules: record.linkRules(staged.built?.distance ?? staged.exact),
      rows: staged.built?.blocks.table ?? staged.rows.table, links: links, linkFormat: format,
      upper: UpperLayers(m: record.m, expected: count / max(1, record.m - 1)))
    let curve = try build(editor, staged, record.name, threads, progress)
    try writer.putSliced(staged.rows.blocks, kind: .rows, generation: generation)
    if let codes = staged.kept {
      try writer.putSliced(codes.blocks, kind: .codes, generation: generation)
    }
    try writer.putSliced(links, kind: .links, generation: generation)
    try environment.write { transaction in
      if let codes = staged.kept {
        try writer.putCodebook(codes.quantizer, generation: generation, transaction)
      }
      try writer.putCurve(curve, generation: generation, transaction)
      try writer.putUpper(editor.changedUpper, of: editor.upper, generation: generation, transaction)
      try writer.putWords(
        staged.plan.ordinals.map(\.rawValue), kind: .owners, generation: generation, transaction)
    }
    return BuiltGeneration(number: generation, staged: staged, editor: editor)
  }

  /// Builds the graph and measures its recall, with its last nodes as queries before they go in.
  private func build(
    _ editor: GraphEditor, _ staged: StagedSpace, _ name: String, _ threads: Int,
    _ progress: ProgressHandler?
  ) throws -> RecallCurve {
    let count = staged.plan.ordinals.count
    var isCancelled = false
    var curve = RecallCurve(points: [])
    do throws(GraphError) {
      try editor.build(
        count: count, threads: threads, heldOut: StagedSpace.heldOut(of: count),
        measure: { (slots) throws(GraphError) in
          _ = progress?("measuring \(name)", count - slots.count, count)
          curve = try staged.measureRecall(of: editor, with: slots, threads: threads)
        }
      ) { done in
        isCancelled = !(progress?("building \(name)", done, count) ?? true)
        return !isCancelled
      }
    } catch { throw EngineError.damagedGraph(name, error) }
    if isCancelled { throw EngineError(.cancelled, "stopped; the graph of \"\(name)\" is as it was before") }
    return curve
  }

  /// Copies the rows out of the snapshot, which ends with this call: a build takes minutes, and pages that a long
  /// reader sees cannot be used again.
  private func stage(
    _ name: String, _ new: NewRows?, _ encoding: VectorEncoding?
  ) throws -> StagedSpace {
    let snapshot = try Snapshot(self)
    let view = try snapshot.space(name)
    var record = view.record
    record.encoding = encoding ?? record.encoding
    let plan = try GenerationPlan(view, new: new)
    return try StagedSpace(plan, from: view.layout, as: record, kernels: kernels) {
      try snapshot.id(of: $0, record.kind)
    }
  }

  func reserveGeneration() throws -> UInt32 {
    try write { writer in
      let generation = writer.store.nextGeneration
      writer.store.nextGeneration += 1
      try writer.transaction.put(tables.garbage, generation, GarbageRecord.beingBuiltHere.encoded())
      return generation
    }.result
  }

  /// Makes the new generation the space's own, with what was written since it was staged carried over.
  func flip(to built: BuiltGeneration, _ writer: Writer) throws {
    let (generation, staged, editor) = (built.number, built.staged, built.editor)
    let (plan, before) = (staged.plan, staged.record)
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
    try recode(carried.map(\.sequence), of: record, as: staged, writer)
    try GraphWriter(engine: self, record: record)
      .putWords(places, kind: .places, generation: generation, writer.transaction)
    for slot in deadSlots { try writer.setDead(slot, true, generation: generation) }
    if before.nextSequence > 0 {
      try writer.transaction.deleteRange(
        tables.tail, from: BlockKey(record.number, 0),
        through: BlockKey(record.number, before.nextSequence - 1))
    }
    record.generation = generation
    record.encoding = before.encoding
    record.take(editor, normBound: before.normBound, deadCount: deadSlots.count)
    record.deadVersion += 1
    record.tailCount = carried.count
    record.tailVersion += 1
    if carried.isEmpty { record.nextSequence = 0 }
    writer.update(record)
    try writer.transaction.put(tables.garbage, old, GarbageRecord.abandoned.encoded())
    try writer.transaction.delete(tables.garbage, generation)
  }

  /// Rewrites rows of the tail in the encoding that the space has from now on, where that is another one.
  private func recode(
    _ sequences: [UInt32], of record: SpaceRecord, as staged: StagedSpace, _ writer: Writer
  ) throws {
    guard record.encoding.rows != staged.record.encoding.rows else { return }
    let old = try RowLayout(dimension: record.dimension, encoding: record.encoding.rows)
    let row = UnsafeMutableRawBufferPointer.allocate(
      byteCount: staged.layout.strideBytes, alignment: RowLayout.alignmentBytes)
    defer { row.deallocate() }
    for sequence in sequences {
      let key = BlockKey(record.number, sequence)
      guard let value = try writer.transaction.get(tables.tail, key), let start = row.baseAddress else {
        continue
      }
      let stored: (ordinal: Ordinal, row: UnsafeRawPointer)
      do { stored = try TailRecord.decode(value, sequence: sequence, strideBytes: old.strideBytes) } catch {
        throw EngineError.corrupted("tail of \"\(record.name)\" row", "\(sequence)", error)
      }
      let components = old.decoded(stored.row)
      try record.requireFits(components, in: staged.layout) {
        try writer.transaction.id(of: stored.ordinal, record.kind, tables)
      }
      staged.layout.encode(components, into: start)
      let target = try writer.transaction.put(
        tables.tail, key, reserving: TailRecord.headerBytes + row.count)
      TailRecord.encode(
        ordinal: stored.ordinal, sequence: sequence, row: UnsafeRawBufferPointer(row), into: target)
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
