/// How rows of one width lie in blocks: `rowsPerBlock` rows of `strideBytes` each, then the next block.
///
/// Any number of rows fits a block, not only powers of two, so that blocks fill whole pages; the division is a
/// multiplication by a 32-bit reciprocal, exact for every slot below 2³¹ (Granlund, Montgomery 1994).
package struct BlockGeometry: Sendable, Equatable {
  package let rowsPerBlock: Int
  package let strideBytes: Int
  @usableFromInline let multiplier: UInt64
  @usableFromInline let shift: UInt64

  /// - Precondition: `rowsPerBlock` is in 1…2²⁰ and `strideBytes` positive.
  package init(rowsPerBlock: Int, strideBytes: Int) {
    precondition((1...(1 << 20)).contains(rowsPerBlock) && strideBytes > 0, "block geometry out of range")
    self.rowsPerBlock = rowsPerBlock
    self.strideBytes = strideBytes
    let divisor = UInt64(rowsPerBlock)
    let logarithm = UInt64(rowsPerBlock == 1 ? 0 : UInt64.bitWidth - (divisor - 1).leadingZeroBitCount)
    shift = 31 + logarithm
    multiplier = ((1 << shift) + divisor - 1) / divisor
  }

  /// The block that holds `slot`.
  @inlinable @inline(__always)
  package func block(of slot: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(slot) &* multiplier) &>> shift)
  }

  /// The number of blocks that `slotCount` rows need.
  package func blockCount(forSlots slotCount: Int) -> Int {
    (slotCount + rowsPerBlock - 1) / rowsPerBlock
  }
}

/// Addresses of the blocks of one table, so that a row is found by arithmetic alone.
///
/// The table borrows its memory: whoever made it keeps the blocks and the list of addresses alive.
// read-only memory, kept alive by the owner for as long as it lends
package struct BlockTable: @unchecked Sendable {
  package let geometry: BlockGeometry
  package let blockCount: Int
  /// The address of row 0 of each block.
  @usableFromInline let bases: UnsafePointer<UnsafeRawPointer>

  package init(geometry: BlockGeometry, bases: UnsafePointer<UnsafeRawPointer>, blockCount: Int) {
    self.geometry = geometry
    self.bases = bases
    self.blockCount = blockCount
  }

  /// The address of row `slot`.
  @inlinable @inline(__always)
  package func row(_ slot: UInt32) -> UnsafeRawPointer {
    let block = geometry.block(of: slot)
    let row = Int(truncatingIfNeeded: slot) &- block &* geometry.rowsPerBlock
    return bases[block] + row &* geometry.strideBytes
  }

  /// The address of row 0 of `block`.
  package func base(ofBlock block: Int) -> UnsafeRawPointer { bases[block] }
}
