import LMDB
package import Records
package import VectorMath

extension Writer {
  /// Puts one vector into the tail of a space, where queries find it at once; replaces the ordinal's earlier one.
  /// - Parameter row: an encoded row of the space's layout, normalised where the metric wants it.
  package func upsertVector(_ ordinal: Ordinal, row: UnsafeRawBufferPointer, in spaceName: String) throws {
    try removeVector(ordinal, from: spaceName)
    var record = try space(spaceName)
    guard record.nextSequence < Place.lastSequence else {
      throw EngineError(.unsupported, "space \"\(spaceName)\" has used all sequence numbers; rebuild it")
    }
    let sequence = record.nextSequence
    let value = try transaction.put(
      tables.tail, BlockKey(record.number, sequence), reserving: TailRecord.headerBytes + row.count)
    TailRecord.encode(ordinal: ordinal, sequence: sequence, row: row, into: value)
    record.nextSequence += 1
    record.tailCount += 1
    record.tailVersion += 1
    update(record)
    try setPlace(of: ordinal, to: .tail(sequence: sequence), generation: record.generation)
  }

  /// Takes the vector of an ordinal out of a space, if it has one there.
  package func removeVector(_ ordinal: Ordinal, from spaceName: String) throws {
    var record = try space(spaceName)
    switch try place(of: ordinal, generation: record.generation) {
    case .none: return
    case .tail(let sequence):
      guard try transaction.delete(tables.tail, BlockKey(record.number, sequence)) else {
        throw EngineError.corrupted("row \(sequence) of the tail of \"\(spaceName)\" is missing")
      }
      record.tailCount -= 1
      record.tailVersion += 1
    case .graph(let slot):
      try setDead(slot, true, generation: record.generation)
      record.deadCount += 1
      record.deadVersion += 1
    }
    update(record)
    try setPlace(of: ordinal, to: .none, generation: record.generation)
  }

  func place(of ordinal: Ordinal, generation: UInt32) throws -> Place {
    let (block, index) = Int(ordinal.rawValue).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    let page = try pages.page(
      .places, tables.places, prefix: generation, block: UInt32(block), fill: 0xFF, changing: false,
      transaction)
    return Place(stored: UnsafeRawBufferPointer(page).word(index))
  }

  func setPlace(of ordinal: Ordinal, to place: Place, generation: UInt32) throws {
    let (block, index) = Int(ordinal.rawValue).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    let page = try pages.page(
      .places, tables.places, prefix: generation, block: UInt32(block), fill: 0xFF, changing: true,
      transaction)
    page.setWord(index, to: place.stored)
  }

  func setOwner(of slot: UInt32, to ordinal: Ordinal?, generation: UInt32) throws {
    let (block, index) = Int(slot).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    let page = try pages.page(
      .owners, tables.owners, prefix: generation, block: UInt32(block), fill: 0xFF, changing: true,
      transaction)
    page.setWord(index, to: ordinal?.rawValue ?? .max)
  }

  func setDead(_ slot: UInt32, _ isDead: Bool, generation: UInt32) throws {
    let (block, bit) = Int(slot).quotientAndRemainder(dividingBy: PageBlock.bitsPerBlock)
    let page = try pages.page(
      .dead, tables.dead, prefix: generation, block: UInt32(block), fill: 0, changing: true, transaction)
    let offset = BlockHeader.byteCount + bit / 8
    let mask = UInt8(1) << UInt8(bit % 8)
    page[offset] = isDead ? page[offset] | mask : page[offset] & ~mask
  }

  /// Encodes a caller's vector as a row: checked, and normalised for cosine.
  /// - Throws: `.dimensionMismatch` or `.invalidVector`, with the reason.
  package static func encode(
    _ vector: UnsafeBufferPointer<Float>, for record: SpaceRecord, layout: RowLayout,
    scratch: UnsafeMutablePointer<Float>,
    into row: UnsafeMutableRawPointer
  ) throws(VectorError) {
    try validate(vector, dimension: record.dimension, metric: record.metric, encoding: record.encoding.rows)
    guard let start = vector.baseAddress else { return }
    if record.metric == .cosine {
      try normalize(start, into: scratch, dimension: record.dimension)
      layout.encode(scratch, into: row)
    } else {
      layout.encode(start, into: row)
    }
  }
}
