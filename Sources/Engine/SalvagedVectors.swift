import LMDB
import Records
import VectorMath

/// The live vectors of one space of a damaged store.
///
/// Where a vector is, and whose, is written twice: from ordinal to slot (`places`), and from slot to ordinal (`owners`,
/// with `dead` for those that were deleted). What is lost of one is taken from the other.
struct SalvagedVectors {
  private(set) var ordinals: [Ordinal] = []
  /// Encoded rows, one for each ordinal.
  private(set) var rows: [UInt8] = []

  private let record: SpaceRecord
  private let layout: RowLayout
  private var taken: Set<UInt32> = []

  /// - Throws: `EngineError` `.invalidArgument` for a space whose definition cannot be.
  init(_ record: SpaceRecord, of store: SalvagedStore) throws {
    self.record = record
    layout = try record.definition.layout
    let cells = Cells(record, of: store.file)
    // The tail first: where nothing is left that says which of two vectors is the newer one, it is that.
    store.file.forEach("tail", prefix: BlockKey(record.number, 0).prefixBytes) { key, value in
      guard let key = key.withUnsafeBytes({ BlockKey(keyBytes: $0) }), let value = value() else { return }
      takeTail(value, key.second, cells)
    }
    var seen: Set<UInt32> = []
    store.file.forEach("rows", prefix: BlockKey(record.generation, 0).prefixBytes) { key, value in
      guard let key = key.withUnsafeBytes({ BlockKey(keyBytes: $0) }), let value = value(),
        takeBlock(value, key.second, cells)
      else { return }
      seen.insert(key.second)
    }
    guard store.file.hasLost("rows") else { return }
    store.file.forEachLooseValue { value in
      if let number = BlockHeader.number(of: value, kind: .rows, generation: record.generation),
        !seen.contains(number), takeBlock(value, number, cells)
      {
        seen.insert(number)
      }
      return true
    }
  }

  private mutating func takeTail(_ value: [UInt8], _ sequence: UInt32, _ cells: Cells) {
    value.withUnsafeBytes { value in
      guard
        let (ordinal, row) = try? TailRecord.decode(
          value, sequence: sequence, strideBytes: layout.strideBytes)
      else { return }
      if let place = cells.place(of: ordinal), place != .tail(sequence: sequence) { return }
      take(ordinal, row)
    }
  }

  /// - Returns: whether it is that block; single rows may be damaged.
  private mutating func takeBlock(_ value: [UInt8], _ number: UInt32, _ cells: Cells) -> Bool {
    let block = RowBlockLayout(strideBytes: layout.strideBytes)
    return value.withUnsafeBytes { value in
      guard value.count >= block.blockBytes, let start = value.baseAddress,
        BlockHeader.matches(value, kind: .rows, generation: record.generation, number: number)
      else { return false }
      let first = Int(number) * block.rowsPerBlock
      for index in 0..<block.rowsPerBlock where first + index < record.slotCount {
        let slot = UInt32(first + index)
        guard let ordinal = cells.owner(of: slot),
          block.isRowSound(base: start + block.headerBytes, index: index, slot: slot)
        else { continue }
        take(ordinal, start + block.headerBytes + index * layout.strideBytes)
      }
      return true
    }
  }

  private mutating func take(_ ordinal: Ordinal, _ row: UnsafeRawPointer) {
    // A checksum says that a row is as it was written, not that it is a vector.
    guard !taken.contains(ordinal.rawValue),
      (try? record.definition.requireFits(layout.decoded(row)) { "\(ordinal.rawValue)" }) != nil
    else { return }
    taken.insert(ordinal.rawValue)
    ordinals.append(ordinal)
    rows.append(contentsOf: UnsafeRawBufferPointer(start: row, count: layout.strideBytes))
  }

  /// Leaves out the vectors of records that are not there.
  mutating func keep(_ isThere: (Ordinal) -> Bool) {
    let stride = layout.strideBytes
    let kept = ordinals.indices.filter { isThere(ordinals[$0]) }
    guard kept.count < ordinals.count else { return }
    rows = kept.flatMap { rows[$0 * stride..<($0 + 1) * stride] }
    ordinals = kept.map { ordinals[$0] }
  }
}

/// The cells of a generation: what leads from ordinals to slots and back.
private struct Cells {
  private var places: [UInt32: [UInt8]] = [:]
  private var owners: [UInt32: [UInt8]] = [:]
  private var dead: [UInt32: [UInt8]] = [:]
  /// Owners by the places of their ordinals.
  private var placed: [UInt32: Ordinal] = [:]
  private let knowsDead: Bool

  init(_ record: SpaceRecord, of file: SalvagedFile) {
    func blocks(_ table: String, _ kind: BlockKind) -> [UInt32: [UInt8]] {
      var blocks: [UInt32: [UInt8]] = [:]
      func take(_ block: ArraySlice<UInt8>, _ number: UInt32) {
        let block = Array(block)
        let isSound = block.withUnsafeBytes {
          (try? checkPageBlock($0, kind, record.generation, number)) != nil
        }
        if isSound { blocks[number] = block }
      }
      file.forEach(table, prefix: BlockKey(record.generation, 0).prefixBytes) { key, value in
        guard let key = key.withUnsafeBytes({ BlockKey(keyBytes: $0) }), let value = value() else { return }
        take(value[...], key.second)
      }
      guard file.hasLost(table) else { return blocks }
      file.forEachLooseValue { value in
        if let number = BlockHeader.number(of: value, kind: kind, generation: record.generation),
          blocks[number] == nil
        {
          take(value.prefix(PageBlock.byteCount), number)
        }
        return true
      }
      return blocks
    }
    places = blocks("places", .places)
    owners = blocks("owners", .owners)
    dead = blocks("dead", .dead)
    let deadCount = dead.values.reduce(0) { count, block in
      block.withUnsafeBytes { PageBlock.bits(in: $0).reduce(count) { $0 + $1.nonzeroBitCount } }
    }
    knowsDead = deadCount == record.deadCount
    // Ordinals are below 2³¹, whatever a block claims.
    for (number, block) in places where number <= UInt32(Int32.max) / UInt32(PageBlock.wordsPerBlock) {
      for index in 0..<PageBlock.wordsPerBlock {
        guard case .graph(let slot) = Place(stored: word(index, in: block)) else { continue }
        placed[slot] = Ordinal(number * UInt32(PageBlock.wordsPerBlock) + UInt32(index))
      }
    }
  }

  private func word(_ index: Int, in block: [UInt8]) -> UInt32 {
    block.withUnsafeBytes { PageBlock.word(index, in: $0) }
  }

  /// Where the vector of an ordinal is; nil where the block that says so is lost, or was never written.
  func place(of ordinal: Ordinal) -> Place? {
    let (block, index) = Int(ordinal.rawValue).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    return places[UInt32(block)].map { Place(stored: word(index, in: $0)) }
  }

  /// Whose live vector is in a slot; nil for none, and where it cannot be known.
  func owner(of slot: UInt32) -> Ordinal? {
    if let ordinal = placed[slot] { return ordinal }
    let (block, index) = Int(slot).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    guard knowsDead, !isDead(slot), let owners = owners[UInt32(block)] else { return nil }
    let ordinal = word(index, in: owners)
    guard ordinal != .max, place(of: Ordinal(ordinal)) == nil else { return nil }
    return Ordinal(ordinal)
  }

  private func isDead(_ slot: UInt32) -> Bool {
    let (block, index) = Int(slot).quotientAndRemainder(dividingBy: PageBlock.bitsPerBlock)
    guard let block = dead[UInt32(block)] else { return false }
    return block.withUnsafeBytes { PageBlock.bits(in: $0)[index / 8] & (1 << UInt8(index % 8)) != 0 }
  }
}
