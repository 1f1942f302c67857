import Records

/// The upper layers as they are stored, block by block, each verified before its first use.
// read-only memory, kept alive by the owner for as long as it lends
package struct UpperBlocks: @unchecked Sendable {
  package let m: Int
  /// The first byte behind the header of each block; nil where no slot of a block has upper layers.
  let bases: UnsafeBufferPointer<UnsafeRawPointer?>
  unowned(unsafe) let check: FirstTouch

  /// - Parameter check: counts blocks; a block that it lets pass is well formed. The caller keeps it alive.
  package init(m: Int, bases: UnsafeBufferPointer<UnsafeRawPointer?>, check: FirstTouch) {
    self.m = m
    self.bases = bases
    self.check = check
  }

  @inline(__always)
  func isSound(_ slot: UInt32) -> Bool {
    let block = Int(slot / UpperBlock.slotsPerBlock)
    return block >= bases.count || bases[block] == nil || check.isSound(UInt32(block))
  }

  /// - Precondition: the block of `slot` is sound.
  @inline(__always)
  func node(_ slot: UInt32) -> (links: UnsafePointer<UInt32>, level: Int)? {
    let block = Int(slot / UpperBlock.slotsPerBlock)
    guard block < bases.count, let base = bases[block] else { return nil }
    return UpperBlock.node(base, slot, m: m)
  }
}
