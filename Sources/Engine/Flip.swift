import Basics
import HNSW
import LMDB
import Records
import VectorMath

extension Writer {
  /// Makes a new generation a space's own. Where the space's vectors were kept, what was written since they were staged
  /// is carried over; where they are all replaced, a space that is not there is made.
  /// - Throws: `.busy`, where the graph or the new generation is not what it was when it was staged.
  func flip(to built: BuiltGeneration) throws {
    let (plan, definition) = (built.staged.plan, built.staged.definition)
    guard try transaction.contains(tables.garbage, built.number) else {
      throw EngineError(
        .busy,
        "the new graph of \"\(definition.name)\" was removed by another process meanwhile; run it again")
    }
    let space =
      plan.before == nil
      ? try existingSpace(definition.name) ?? createSpace(definition) : try space(definition.name)
    if let before = plan.before { try space.requireGraph(of: before) }
    let old = space.record
    var (places, outdated) = try self.places(of: plan, in: space)
    let carried = try plan.before.map { try space.tail(from: $0.nextSequence) } ?? []
    for (sequence, ordinal) in carried {
      places[Int(ordinal.rawValue)] = Place.tail(sequence: sequence).stored
    }
    try space.encodeTail(carried.map(\.sequence), as: definition)
    KillPoint.pass(.flipTailEncoded)
    if let first = carried.first?.sequence {
      if first > 0 {
        try transaction.deleteRange(
          tables.tail, from: BlockKey(old.number, 0), through: BlockKey(old.number, first - 1))
      }
    } else {
      try space.removeAll(tables.tail)
    }
    var record = SpaceRecord(definition, number: old.number, generation: built.number)
    record.take(built.editor)
    record.deadCount = outdated.count
    record.deadVersion = old.deadVersion + 1
    record.tailCount = carried.count
    record.nextSequence = carried.isEmpty ? 0 : old.nextSequence
    record.tailVersion = old.tailVersion + 1
    space.record = record
    KillPoint.pass(.flipRecordChanged)
    try GraphWriter(engine: engine)
      .putWords(places, kind: .places, generation: built.number, transaction)
    KillPoint.pass(.flipPlacesWritten)
    for slot in outdated { try space.setDead(slot, true) }
    try transaction.put(tables.garbage, old.generation, GarbageRecord.abandoned.encoded())
    try transaction.delete(tables.garbage, built.number)
    KillPoint.pass(.flipDone)
  }

  /// The place of each ordinal in the new generation, and the slots whose vectors were deleted or written again since
  /// they were staged.
  private func places(
    of plan: GenerationPlan, in space: SpaceWriter
  ) throws -> (places: [UInt32], outdated: [UInt32]) {
    let kind = space.record.kind
    var places = [UInt32](repeating: Place.none.stored, count: store.ordinalCount(kind))
    var outdated: [UInt32] = []
    for (slot, ordinal) in plan.ordinals.enumerated() {
      var isCurrent = true
      // A vector that had no place before is new: its record may have been deleted while the graph was built.
      var mayBeDeleted = true
      if plan.before != nil {
        let place = try space.place(of: ordinal)
        isCurrent = place == plan.places[slot]
        mayBeDeleted = place == .none
      }
      if isCurrent, mayBeDeleted { isCurrent = try isLive(ordinal, kind) }
      if isCurrent {
        places[Int(ordinal.rawValue)] = UInt32(slot)
      } else {
        outdated.append(UInt32(slot))
      }
    }
    return (places, outdated)
  }
}

extension SpaceWriter {
  /// The rows of the tail from a sequence number on.
  fileprivate func tail(from sequence: UInt32) throws -> [(sequence: UInt32, ordinal: Ordinal)] {
    var found: [(UInt32, Ordinal)] = []
    try writer.transaction.forEach(
      writer.tables.tail, from: BlockKey(record.number, sequence), through: BlockKey(record.number, .max)
    ) { key, value in
      guard let key = BlockKey(keyBytes: key) else { return .next }
      let stride = value.count - TailRecord.headerBytes
      found.append((key.second, try tailRow(value, key.second, strideBytes: stride).ordinal))
      return .next
    }
    return found
  }

  /// Rewrites rows of the tail in the encoding that the space has from now on, where that is another one.
  fileprivate func encodeTail(_ sequences: [UInt32], as definition: SpaceDefinition) throws {
    let (old, new) = (try record.definition.layout, try definition.layout)
    guard old != new else { return }
    for sequence in sequences {
      let key = BlockKey(record.number, sequence)
      guard let value = try writer.transaction.get(writer.tables.tail, key) else { continue }
      let stored = try tailRow(value, sequence, strideBytes: old.strideBytes)
      let components = old.decoded(stored.row)
      try definition.requireFits(components) {
        (try? writer.transaction.id(of: stored.ordinal, definition.kind, writer.tables))
          ?? "\(stored.ordinal.rawValue)"
      }
      try withUnsafeTemporaryAllocation(
        byteCount: new.strideBytes, alignment: RowLayout.alignmentBytes
      ) { row in
        guard let start = row.baseAddress else { return }
        new.encode(components, into: start)
        let target = try writer.transaction.put(
          writer.tables.tail, key, reserving: TailRecord.headerBytes + row.count)
        TailRecord.encode(
          ordinal: stored.ordinal, sequence: sequence, row: UnsafeRawBufferPointer(row), into: target)
      }
    }
  }

  private func tailRow(
    _ value: UnsafeRawBufferPointer, _ sequence: UInt32, strideBytes: Int
  ) throws -> (ordinal: Ordinal, row: UnsafeRawPointer) {
    try EngineError.decoding("tail of \"\(record.name)\" row", "\(sequence)") {
      try TailRecord.decode(value, sequence: sequence, strideBytes: strideBytes)
    }
  }
}

extension SpaceRecord {
  /// Notes the shape of a graph that was changed.
  mutating func take(_ editor: GraphEditor) {
    linkBits = editor.linkFormat.bits
    slotCount = editor.slotCount
    nodeCount = editor.nodeCount
    entryPoint = editor.entryPoint?.rawValue ?? .max
    maxLevel = editor.maxLevel
  }
}
