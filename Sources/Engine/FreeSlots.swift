/// The slots of a graph that hold no node, and which of them new nodes take.
///
/// Every block that a new node comes to is written again. So slots are not filled one here and one there as they become
/// free: nodes go to the end until a part of all slots is free, then into the emptiest blocks.
struct FreeSlots {
  /// One slot of this many stays free while there are new ones at the end.
  private static let slotsPerFreeOne = 16

  private let free: [UInt32]
  private let slotCount: Int
  private let rowsPerBlock: Int

  init(_ free: [UInt32], slotCount: Int, rowsPerBlock: Int) {
    self.free = free
    self.slotCount = slotCount
    self.rowsPerBlock = rowsPerBlock
  }

  /// Slots for `count` nodes, ascending.
  func take(_ count: Int) -> [UInt32] {
    let spare = max(0, free.count - slotCount / Self.slotsPerFreeOne)
    let reused = min(count, spare)
    var perBlock: [Int: Int] = [:]
    for slot in free { perBlock[Int(slot) / rowsPerBlock, default: 0] += 1 }
    let emptiestFirst = free.sorted { one, other in
      let (left, right) = (Int(one) / rowsPerBlock, Int(other) / rowsPerBlock)
      let (leftCount, rightCount) = (perBlock[left, default: 0], perBlock[right, default: 0])
      return leftCount != rightCount ? leftCount > rightCount : one < other
    }
    let new = (0..<(count - reused)).map { UInt32(slotCount + $0) }
    return emptiestFirst.prefix(reused).sorted() + new
  }
}
