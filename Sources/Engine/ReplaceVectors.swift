import HNSW
import LMDB
package import Records
import VectorMath

/// A space as it will be: its definition, and all of its vectors.
package struct SpaceContents {
  package var definition: SpaceDefinition
  package var rows: NewRows
  /// What the space remembers of what made its vectors.
  package var encoderState: [UInt8]

  /// - Parameter rows: encoded as the definition says, each ordinal once.
  package init(_ definition: SpaceDefinition, rows: NewRows, encoderState: [UInt8] = []) {
    self.definition = definition
    self.rows = rows
    self.encoderState = encoderState
  }
}

extension StorageEngine {
  /// Puts all vectors of some spaces in the place of those they have, and flips to all of them in one short transaction,
  /// so that a reader sees the old vectors everywhere or the new ones everywhere. Spaces that are not there are made. A
  /// crash leaves the old ones in use.
  /// - Throws: `.invalidArgument` for a definition outside its ranges; `.busy`, `.cancelled`.
  @discardableResult
  package func replaceVectors(
    _ spaces: [SpaceContents], threads: Int, progress: ProgressHandler? = nil
  ) throws -> [RebuildResult] {
    try maintenance.withLock {
      try StorageEngine.translated {
        var built: [BuiltGeneration] = []
        var reserved: [UInt32] = []
        do {
          for space in spaces {
            let generation = try reserveGeneration()
            reserved.append(generation)
            built.append(try build(generation, try stage(space), threads, progress))
          }
          _ = try write { writer in
            for (space, built) in zip(spaces, built) {
              try flip(to: built, space.definition, writer)
              try writer.setEncoder(
                space.definition.encoder, state: space.encoderState, of: space.definition.name)
            }
          }
        } catch {
          for generation in reserved { abandon(generation) }
          throw error
        }
        try collectGarbage()
        return built.map(\.result)
      }
    }
  }

  private func stage(_ space: SpaceContents) throws -> StagedSpace {
    let record = SpaceRecord(space.definition, number: 0, generation: 0)
    let layout = try RowLayout(dimension: record.dimension, encoding: record.encoding.rows)
    return try StagedSpace(GenerationPlan(space.rows, layout), from: layout, as: record, kernels: kernels) {
      $0.rawValue.description
    }
  }

  /// Makes the generation that of the space, whatever vectors it had. What was deleted meanwhile is a dead node.
  private func flip(to built: BuiltGeneration, _ definition: SpaceDefinition, _ writer: Writer) throws {
    guard try writer.transaction.contains(tables.garbage, built.number) else {
      throw EngineError(
        .busy,
        "the new graph of \"\(definition.name)\" was removed by another process meanwhile; run it again")
    }
    if try writer.transaction.spaceRecord(definition.name, tables) == nil {
      try writer.createSpace(definition)
    }
    let old = try writer.space(definition.name)
    var record = SpaceRecord(definition, number: old.number, generation: built.number)
    let known = Int(record.kind == .items ? writer.store.nextItem : writer.store.nextUser)
    var places = [UInt32](repeating: Place.none.stored, count: known)
    var deadSlots: [UInt32] = []
    for (slot, ordinal) in built.staged.plan.ordinals.enumerated() {
      if try writer.isLive(ordinal, record.kind) {
        places[Int(ordinal.rawValue)] = UInt32(slot)
      } else {
        deadSlots.append(UInt32(slot))
      }
    }
    try GraphWriter(engine: self, record: record)
      .putWords(places, kind: .places, generation: built.number, writer.transaction)
    for slot in deadSlots { try writer.setDead(slot, true, generation: built.number) }
    try writer.transaction.deleteRange(
      tables.tail, from: BlockKey(record.number, 0), through: BlockKey(record.number, .max))
    record.take(built.editor, normBound: built.staged.record.normBound, deadCount: deadSlots.count)
    record.deadVersion = old.deadVersion + 1
    record.tailVersion = old.tailVersion + 1
    writer.update(record)
    try writer.transaction.put(tables.garbage, old.generation, GarbageRecord.abandoned.encoded())
    try writer.transaction.delete(tables.garbage, built.number)
  }
}

extension SpaceRecord {
  /// An empty space of that definition.
  package init(_ definition: SpaceDefinition, number: UInt32, generation: UInt32) {
    self.init(
      number: number, name: definition.name, kind: definition.kind, dimension: definition.dimension,
      metric: definition.metric, encoding: definition.encoding, m: definition.m,
      efConstruction: definition.efConstruction, seed: definition.seed, generation: generation)
    encoder = definition.encoder
  }

  /// Notes a graph that was just built.
  mutating func take(_ editor: GraphEditor, normBound: Float, deadCount: Int) {
    graphVersion = 0
    linkBits = editor.linkFormat.bits
    slotCount = editor.slotCount
    nodeCount = editor.nodeCount
    self.deadCount = deadCount
    entryPoint = editor.entryPoint?.rawValue ?? .max
    maxLevel = editor.maxLevel
    self.normBound = normBound
  }
}
