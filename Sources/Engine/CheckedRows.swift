import HNSW
import LMDB
import Records

/// Records in the map, each verified before it is first used, alone or with the piece of a block that it lies in.
// unchanging after `init` but for the first-touch bits, which are atomic
final class CheckedRows: @unchecked Sendable {
  let table: BlockTable
  let check: RecordCheck
  private let touched: FirstTouch
  private let blocks: MappedBlocks
  private let bases: UnsafeMutablePointer<UnsafeRawPointer>

  /// Vectors, whose rows carry a checksum each.
  static func vectors<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, strideBytes: Int, _ tables: Tables, _ transaction: borrowing T
  ) throws -> CheckedRows {
    let layout = RowBlockLayout(strideBytes: strideBytes)
    let geometry = BlockGeometry(rowsPerBlock: layout.rowsPerBlock, strideBytes: layout.strideBytes)
    return try CheckedRows(
      tables.rows, .rows, record, geometry, headerBytes: layout.headerBytes, transaction
    ) { table, blocks in
      let generation = record.generation
      let headers = FirstTouch(count: table.blockCount) { block in
        BlockHeader.matches(
          blocks.bytes(ofBlock: Int(block)), kind: .rows, generation: generation,
          number: block)
      }
      let touched = FirstTouch(count: record.slotCount) { slot in
        let block = geometry.block(of: slot)
        return headers.isSound(UInt32(block))
          && layout.isRowSound(
            base: table.base(ofBlock: block), index: Int(slot) - block * geometry.rowsPerBlock, slot: slot)
      }
      return (touched, .record)
    }
  }

  /// Links or codes, of which an eighth of a block has a checksum.
  static func sealed<T: Transaction & ~Copyable>(
    _ source: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, _ layout: SealedBlockLayout,
    _ transaction: borrowing T
  ) throws -> CheckedRows {
    try sealed(
      source, kind, record, BlockGeometry(layout), recordsPerPiece: layout.recordsPerPiece,
      pieces: BlockHeader.pieceLimit, transaction)
  }

  /// Words in blocks of a page, with one checksum each.
  static func words<T: Transaction & ~Copyable>(
    _ source: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, _ transaction: borrowing T
  ) throws -> CheckedRows {
    try sealed(
      source, kind, record, BlockGeometry(rowsPerBlock: PageBlock.wordsPerBlock, strideBytes: 4),
      recordsPerPiece: 1_024, pieces: 1, transaction)
  }

  private static func sealed<T: Transaction & ~Copyable>(
    _ source: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, _ geometry: BlockGeometry,
    recordsPerPiece: Int, pieces: Int, _ transaction: borrowing T
  ) throws -> CheckedRows {
    try CheckedRows(source, kind, record, geometry, headerBytes: BlockHeader.byteCount, transaction) {
      table, blocks in
      let generation = record.generation
      let pieceBytes = recordsPerPiece * geometry.strideBytes
      let touched = FirstTouch(count: table.blockCount * pieces) { index in
        let (block, piece) = index.quotientAndRemainder(dividingBy: UInt32(pieces))
        let bytes = blocks.bytes(ofBlock: Int(block))
        return BlockHeader.matches(bytes, kind: kind, generation: generation, number: block)
          && BlockHeader.isPieceSound(
            bytes, Int(piece), pieceBytes: pieceBytes, generation: generation, number: block)
      }
      return (touched, .piece(records: recordsPerPiece, perBlock: pieces))
    }
  }

  private init<T: Transaction & ~Copyable>(
    _ source: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, _ geometry: BlockGeometry,
    headerBytes: Int, _ transaction: borrowing T,
    verifying check: (BlockTable, MappedBlocks) -> (FirstTouch, RecordCheck.Unit)
  ) throws {
    let count = geometry.blockCount(forSlots: record.slotCount)
    let blockBytes = headerBytes + geometry.rowsPerBlock * geometry.strideBytes
    blocks = try MappedBlocks(source, kind, record, count: count, headerBytes: headerBytes, transaction) {
      $0 == blockBytes
    }
    bases = .allocate(capacity: max(1, count))
    for block in 0..<count {
      guard let base = blocks.bodies[block] else {
        bases.deallocate()
        throw EngineError.corrupted("space \"\(record.name)\": block \(block) of the \(kind) is missing")
      }
      (bases + block).initialize(to: base)
    }
    table = BlockTable(geometry: geometry, bases: bases, blockCount: count)
    let (touched, unit) = check(table, blocks)
    self.touched = touched
    self.check = RecordCheck(touched, geometry, unit: unit)
  }

  deinit { bases.deallocate() }
}
