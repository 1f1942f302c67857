import LMDB
package import Records

/// One space in a write transaction, taken from the writer once and asked for each vector.
///
/// What changes in the space's record is stored when the transaction ends.
package final class SpaceWriter {
  unowned let writer: Writer
  package internal(set) var record: SpaceRecord { didSet { isChanged = true } }
  private(set) var isChanged = false

  init(_ record: SpaceRecord, _ writer: Writer) {
    self.record = record
    self.writer = writer
  }

  /// Puts one vector into the tail, where queries find it at once; replaces the ordinal's earlier one.
  /// - Parameter row: an encoded row of the space's layout, normalised where the metric wants it.
  package func upsert(_ ordinal: Ordinal, row: UnsafeRawBufferPointer) throws {
    try remove(ordinal)
    let sequence = record.nextSequence
    guard sequence < Place.lastSequence else {
      throw EngineError(.unsupported, "space \"\(record.name)\" has used all sequence numbers; rebuild it")
    }
    let value = try writer.transaction.put(
      writer.tables.tail, BlockKey(record.number, sequence), reserving: TailRecord.headerBytes + row.count)
    TailRecord.encode(ordinal: ordinal, sequence: sequence, row: row, into: value)
    record.nextSequence += 1
    record.tailCount += 1
    record.tailVersion += 1
    try setPlace(of: ordinal, to: .tail(sequence: sequence))
    try writer.noteVector(of: ordinal, in: record)
  }

  /// Takes the vector of an ordinal out of the space, if it has one there.
  package func remove(_ ordinal: Ordinal) throws {
    switch try place(of: ordinal) {
    case .none: return
    case .tail(let sequence):
      guard try writer.transaction.delete(writer.tables.tail, BlockKey(record.number, sequence)) else {
        throw EngineError.corrupted("row \(sequence) of the tail of \"\(record.name)\" is missing")
      }
      record.tailCount -= 1
      record.tailVersion += 1
    case .graph(let slot):
      try setDead(slot, true)
      record.deadCount += 1
      record.deadVersion += 1
    }
    try setPlace(of: ordinal, to: .none)
    try writer.noteVector(of: ordinal, in: record)
  }

  /// Remembers the space's encoder and its state, in pieces below LMDB's limit.
  package func setEncoder(_ name: String, state: [UInt8]) throws {
    record.definition.encoder = name
    try removeAll(writer.tables.encoder)
    let pieceBytes = 1 << 20
    for (number, start) in stride(from: 0, to: state.count, by: pieceBytes).enumerated() {
      let piece = state[start..<min(state.count, start + pieceBytes)]
      try writer.transaction.put(
        writer.tables.encoder, BlockKey(record.number, UInt32(number)),
        Envelope.seal(reservingCapacity: piece.count) { writer in
          piece.withUnsafeBytes { writer.append(contentsOf: $0) }
        })
    }
  }

  /// Removes what a table keeps under the space's number.
  func removeAll(_ table: Table<BlockKey>) throws {
    try writer.transaction.deleteRange(
      table, from: BlockKey(record.number, 0), through: BlockKey(record.number, .max))
  }

  /// - Throws: `.busy` where the graph is not the one of `before` any more.
  func requireGraph(of before: SpaceRecord) throws {
    guard record.generation == before.generation, record.graphVersion == before.graphVersion else {
      throw EngineError(
        .busy, "space \"\(record.name)\" was merged or rebuilt by another process meanwhile; run it again")
    }
  }

  // MARK: Cells of the generation in use

  func place(of ordinal: Ordinal) throws -> Place {
    let (block, index) = Int(ordinal.rawValue).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    let page = try page(.places, writer.tables.places, block, fill: 0xFF, changing: false)
    return Place(stored: PageBlock.word(index, in: UnsafeRawBufferPointer(page)))
  }

  func setPlace(of ordinal: Ordinal, to place: Place) throws {
    let (block, index) = Int(ordinal.rawValue).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    let page = try page(.places, writer.tables.places, block, fill: 0xFF, changing: true)
    PageBlock.setWord(index, in: page, to: place.stored)
  }

  func setOwner(of slot: UInt32, to ordinal: Ordinal?) throws {
    let (block, index) = Int(slot).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    let page = try page(.owners, writer.tables.owners, block, fill: 0xFF, changing: true)
    PageBlock.setWord(index, in: page, to: ordinal?.rawValue ?? .max)
  }

  func setDead(_ slot: UInt32, _ isDead: Bool) throws {
    let (block, index) = Int(slot).quotientAndRemainder(dividingBy: PageBlock.bitsPerBlock)
    let page = try page(.dead, writer.tables.dead, block, fill: 0, changing: true)
    PageBlock.setBit(index, in: page, to: isDead)
  }

  private func page(
    _ kind: BlockKind, _ table: Table<BlockKey>, _ block: Int, fill: UInt8, changing: Bool
  ) throws -> UnsafeMutableRawBufferPointer {
    try writer.pages.page(
      kind, table, prefix: record.generation, block: UInt32(block), fill: fill, changing: changing,
      writer.transaction)
  }
}
