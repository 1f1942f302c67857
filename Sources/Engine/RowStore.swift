import HNSW
import Records

/// Rows of vectors being written in memory, with their checksums.
struct RowStore {
  let blocks: BlockStore
  private let layout: RowBlockLayout

  /// - Parameter shared: blocks of a snapshot to begin from.
  init(strideBytes: Int, startingFrom shared: BlockTable? = nil) {
    layout = RowBlockLayout(strideBytes: strideBytes)
    blocks = BlockStore(
      geometry: BlockGeometry(rowsPerBlock: layout.rowsPerBlock, strideBytes: layout.strideBytes),
      headerBytes: layout.headerBytes, fill: 0, startingFrom: shared)
  }

  /// The addresses as they are now; invalid after the next growth.
  var table: BlockTable { blocks.table }

  /// Lets `write` fill the row of `slot`, `strideBytes` long, and notes its checksum. Its block becomes private.
  func set(_ slot: UInt32, _ write: (UnsafeMutableRawPointer) -> Void) {
    let block = blocks.geometry.block(of: slot)
    blocks.makePrivate(block)
    let target = blocks.mutableRow(slot)
    write(target)
    let index = Int(slot) - block * blocks.geometry.rowsPerBlock
    layout.sealRow(base: target - index * layout.strideBytes, index: index, slot: slot)
  }

  /// Copies an encoded row.
  func set(_ slot: UInt32, to row: UnsafeRawPointer) {
    set(slot) { $0.copyMemory(from: row, byteCount: layout.strideBytes) }
  }
}
