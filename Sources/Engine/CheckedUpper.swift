import HNSW
import LMDB
import Records

/// The upper layers in the map, each block verified before it is first used.
struct CheckedUpper {
  let blocks: UpperBlocks
  private let mapped: MappedBlocks
  private let touched: FirstTouch

  init<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, _ tables: Tables, _ transaction: borrowing T
  ) throws {
    let slotsPerBlock = Int(UpperBlock.slotsPerBlock)
    let count = (record.slotCount + slotsPerBlock - 1) / slotsPerBlock
    let mapped = try MappedBlocks(
      tables.upper, .upper, record, count: count, headerBytes: BlockHeader.byteCount, transaction
    ) { _ in true }
    let (generation, m) = (record.generation, record.definition.m)
    self.mapped = mapped
    touched = FirstTouch(count: count) { block in
      let bytes = mapped.bytes(ofBlock: Int(block))
      return BlockHeader.isSound(bytes, kind: .upper, generation: generation, number: block)
        && UpperBlock.isWellFormed(
          UnsafeRawBufferPointer(rebasing: bytes.dropFirst(BlockHeader.byteCount)), m: m)
    }
    blocks = UpperBlocks(m: m, bases: UnsafeBufferPointer(mapped.bodies), check: touched)
  }
}
