/// Blocks that fill one page of 4,096 bytes with fixed-width cells behind the header.
package enum PageBlock {
  /// A page less what LMDB keeps at its head.
  package static let byteCount = 4_096 - 16
  /// `u32` cells: owners (slot → ordinal) and places (ordinal → place).
  package static let wordsPerBlock = (byteCount - BlockHeader.byteCount) / 4
  /// Bits: deleted slots.
  package static let bitsPerBlock = (byteCount - BlockHeader.byteCount) * 8
  /// Column cells: a tag of one byte and a payload of eight, the tags first.
  package static let cellsPerBlock = (byteCount - BlockHeader.byteCount) / 9

  /// Word `index` of a block.
  package static func word(_ index: Int, in block: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(
      littleEndian: block.loadUnaligned(fromByteOffset: BlockHeader.byteCount + index * 4, as: UInt32.self))
  }

  /// The word in a cell of a block.
  @inlinable package static func word(at cell: UnsafeRawPointer) -> UInt32 {
    UInt32(littleEndian: cell.load(as: UInt32.self))
  }

  package static func setWord(_ index: Int, in block: UnsafeMutableRawBufferPointer, to word: UInt32) {
    block.storeBytes(of: word.littleEndian, toByteOffset: BlockHeader.byteCount + index * 4, as: UInt32.self)
  }

  /// The bits of a block, the lowest of each byte first.
  package static func bits(in block: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount...])
  }

  package static func setBit(_ index: Int, in block: UnsafeMutableRawBufferPointer, to isSet: Bool) {
    let offset = BlockHeader.byteCount + index / 8
    let mask = UInt8(1) << UInt8(index % 8)
    block[offset] = isSet ? block[offset] | mask : block[offset] & ~mask
  }

  /// The tags of a block of column cells, and their payloads, as many.
  package static func cells(in block: UnsafeRawBufferPointer) -> (
    tags: UnsafeBufferPointer<UInt8>, payloads: UnsafePointer<UInt64>
  )? {
    guard let tags = block.baseAddress.map({ $0 + BlockHeader.byteCount }) else { return nil }
    return (
      UnsafeBufferPointer(start: tags.assumingMemoryBound(to: UInt8.self), count: cellsPerBlock),
      (tags + cellsPerBlock).assumingMemoryBound(to: UInt64.self)
    )
  }

  package static func setCell(
    _ index: Int, in block: UnsafeMutableRawBufferPointer, to cell: (tag: UInt8, payload: UInt64)
  ) {
    block.storeBytes(of: cell.tag, toByteOffset: BlockHeader.byteCount + index, as: UInt8.self)
    block.storeBytes(
      of: cell.payload.littleEndian, toByteOffset: BlockHeader.byteCount + cellsPerBlock + index * 8,
      as: UInt64.self)
  }
}
