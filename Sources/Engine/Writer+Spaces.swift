import HNSW
import LMDB
package import Records
package import VectorMath

/// What a caller says about a new space.
package struct SpaceDefinition: Sendable {
  package var name: String
  package var kind: EntityKind
  package var dimension: Int
  package var metric: Metric
  package var encoding: VectorEncoding
  package var m: Int
  package var efConstruction: Int
  package var seed: UInt64
  package var encoder: String

  package init(
    name: String, kind: EntityKind, dimension: Int, metric: Metric, encoding: VectorEncoding, m: Int,
    efConstruction: Int,
    seed: UInt64, encoder: String = ""
  ) {
    self.name = name
    self.kind = kind
    self.dimension = dimension
    self.metric = metric
    self.encoding = encoding
    self.m = m
    self.efConstruction = efConstruction
    self.seed = seed
    self.encoder = encoder
  }
}

extension Writer {
  /// Makes an empty space.
  /// - Throws: `.spaceExists`, `.invalidArgument` with the allowed range.
  package func createSpace(_ definition: SpaceDefinition) throws {
    try check(definition)
    if try transaction.spaceRecord(definition.name, tables) != nil {
      throw EngineError(.spaceExists, "the store has a space \"\(definition.name)\" already; drop it first")
    }
    let record = SpaceRecord(definition, number: store.nextSpace, generation: store.nextGeneration)
    store.nextSpace += 1
    store.nextGeneration += 1
    try transaction.put(tables.space, definition.name, record.encoded())
    update(record)
  }

  private func check(_ definition: SpaceDefinition) throws {
    func require(_ isRight: Bool, _ message: @autoclosure () -> String) throws {
      if !isRight { throw EngineError(.invalidArgument, message()) }
    }
    try require(
      (1...SpaceNames.lengthLimit).contains(definition.name.utf8.count),
      "a space's name has 1 to \(SpaceNames.lengthLimit) bytes; this one has \(definition.name.utf8.count)")
    try require(
      (1...SpaceRecord.dimensionLimit).contains(definition.dimension),
      "dimension \(definition.dimension) is outside 1 to \(SpaceRecord.dimensionLimit)")
    try require((2...128).contains(definition.m), "m \(definition.m) is outside 2 to 128")
    try require(
      (1...10_000).contains(definition.efConstruction),
      "efConstruction \(definition.efConstruction) is outside 1 to 10000")
  }

  /// Removes a space with all its vectors; its pages are freed later, in slices.
  package func dropSpace(_ name: String) throws {
    let record = try space(name)
    try transaction.delete(tables.space, name)
    try transaction.put(tables.garbage, record.generation, GarbageRecord.abandoned.encoded())
    try transaction.deleteRange(
      tables.tail, from: BlockKey(record.number, 0), through: BlockKey(record.number, .max))
    try transaction.deleteRange(
      tables.encoder, from: BlockKey(record.number, 0), through: BlockKey(record.number, .max))
    forget(space: name)
  }

  /// Remembers the state of a space's encoder, in pieces below LMDB's limit.
  package func setEncoder(_ name: String, state: [UInt8], of spaceName: String) throws {
    var record = try space(spaceName)
    record.encoder = name
    update(record)
    try transaction.deleteRange(
      tables.encoder, from: BlockKey(record.number, 0), through: BlockKey(record.number, .max))
    let pieceBytes = 1 << 20
    for (number, start) in stride(from: 0, to: state.count, by: pieceBytes).enumerated() {
      let piece = state[start..<min(state.count, start + pieceBytes)]
      try transaction.put(
        tables.encoder, BlockKey(record.number, UInt32(number)),
        Envelope.seal(reservingCapacity: piece.count) { writer in
          piece.withUnsafeBytes { writer.append(contentsOf: $0) }
        })
    }
  }
}
