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

/// Records in the map, each verified before it is first used, alone or with its whole block.
// unchanging after `init` but for the first-touch bits, which are atomic
final class CheckedRows: @unchecked Sendable {
  let table: BlockTable
  let check: FirstTouch
  private let bases: UnsafeMutablePointer<UnsafeRawPointer>

  /// Vectors, whose rows carry a checksum each; `check` counts slots.
  static func vectors<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, strideBytes: Int, _ tables: Tables, _ transaction: borrowing T
  ) throws -> CheckedRows {
    let layout = RowBlockLayout(strideBytes: strideBytes)
    let geometry = BlockGeometry(rowsPerBlock: layout.rowsPerBlock, strideBytes: layout.strideBytes)
    let blocks = try MappedBlocks(tables.rows, .rows, record, geometry, layout.blockBytes, transaction)
    return CheckedRows(blocks, geometry, headerBytes: layout.headerBytes, count: record.slotCount) { table in
      let generation = record.generation
      let headers = FirstTouch(count: blocks.count) { block in
        BlockHeader.matches(blocks.values[Int(block)], kind: .rows, generation: generation, number: block)
      }
      return { slot in
        let block = geometry.block(of: slot)
        return headers.isSound(UInt32(block))
          && layout.isRowSound(
            base: table.base(ofBlock: block), index: Int(slot) - block * geometry.rowsPerBlock, slot: slot)
      }
    }
  }

  /// Blocks with one checksum; `check` counts blocks.
  static func sealed<T: Transaction & ~Copyable>(
    _ source: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, _ layout: SealedBlockLayout,
    _ transaction: borrowing T
  ) throws -> CheckedRows {
    let geometry = BlockGeometry(layout)
    let blocks = try MappedBlocks(source, kind, record, geometry, layout.blockBytes, transaction)
    return CheckedRows(blocks, geometry, headerBytes: BlockHeader.byteCount, count: blocks.count) { _ in
      let generation = record.generation
      return { block in
        BlockHeader.isSound(blocks.values[Int(block)], kind: kind, generation: generation, number: block)
      }
    }
  }

  private init(
    _ blocks: MappedBlocks, _ geometry: BlockGeometry, headerBytes: Int, count: Int,
    verifying verify: (BlockTable) -> @Sendable (UInt32) -> Bool
  ) {
    bases = blocks.bases(headerBytes: headerBytes)
    table = BlockTable(geometry: geometry, bases: bases, blockCount: blocks.count)
    check = FirstTouch(count: count, verify: verify(table))
  }

  deinit { bases.deallocate() }
}
