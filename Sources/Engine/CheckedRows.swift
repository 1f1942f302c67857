import HNSW
import LMDB
import Records

/// The blocks of one table in a space's graph, as addresses in the map.
///
/// Valid while a read transaction that sees them lives.
struct MappedBlocks: @unchecked Sendable {  // read only
  private(set) var values: [UnsafeRawBufferPointer] = []
  var count: Int { values.count }

  /// The blocks in order, each of the right size; headers and contents are verified when first used.
  init<T: Transaction & ~Copyable>(
    _ table: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, _ geometry: BlockGeometry,
    _ blockBytes: Int, _ transaction: borrowing T
  ) throws {
    let expected = geometry.blockCount(forSlots: record.slotCount)
    var found: [UnsafeRawBufferPointer] = []
    found.reserveCapacity(expected)
    try transaction.forEach(table, prefix: record.generation) { key, value in
      let number = UInt32(found.count)
      guard BlockKey(keyBytes: key)?.second == number, value.count == blockBytes else {
        throw EngineError.corrupted(
          "space \"\(record.name)\": block \(number) of the \(kind) is missing or has \(value.count) of \(blockBytes) bytes"
        )
      }
      found.append(value)
      return .next
    }
    guard found.count == expected else {
      throw EngineError.corrupted(
        "space \"\(record.name)\" has \(found.count) blocks of \(kind) where \(expected) belong")
    }
    values = found
  }

  /// The addresses of row 0 of each block; the caller frees them.
  func bases(headerBytes: Int) -> UnsafeMutablePointer<UnsafeRawPointer> {
    let bases = UnsafeMutablePointer<UnsafeRawPointer>.allocate(capacity: max(1, count))
    for (index, block) in values.enumerated() {
      if let start = block.baseAddress { (bases + index).initialize(to: start + headerBytes) }
    }
    return bases
  }
}

/// Rows of vectors or codes in the map, each verified before it is first used.
final class CheckedRows: @unchecked Sendable {  // unchanging after `init` but for the first-touch bits, which are atomic
  let table: BlockTable
  let check: FirstTouch
  private let bases: UnsafeMutablePointer<UnsafeRawPointer>

  init<T: Transaction & ~Copyable>(
    _ source: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, strideBytes: Int,
    _ transaction: borrowing T
  ) throws {
    let layout = RowBlockLayout(strideBytes: strideBytes)
    let geometry = BlockGeometry(rowsPerBlock: layout.rowsPerBlock, strideBytes: layout.strideBytes)
    let blocks = try MappedBlocks(source, kind, record, geometry, layout.blockBytes, transaction)
    bases = blocks.bases(headerBytes: layout.headerBytes)
    let table = BlockTable(geometry: geometry, bases: bases, blockCount: blocks.count)
    self.table = table
    let generation = record.generation
    check = FirstTouch(count: record.slotCount) { slot in
      let block = geometry.block(of: slot)
      return BlockHeader.matches(
        blocks.values[block], kind: kind, generation: generation, number: UInt32(block))
        && layout.isRowSound(
          base: table.base(ofBlock: block), index: Int(slot) - block * geometry.rowsPerBlock, slot: slot)
    }
  }

  deinit { bases.deallocate() }
}
