import Basics
import HNSW
import Testing
import VectorMath

/// A slot is found by a multiplication in place of a division, which must be exact for every block size.
@Suite struct BlockGeometryTests {
  /// Slots around the edges of blocks: the only ones where a rounded reciprocal can go wrong.
  private static func edges(rowsPerBlock: Int) -> [UInt32] {
    let last = Limits.slotCount - 1
    let lastBlock = last / rowsPerBlock
    var slots = [0, last]
    for block in [1, 2, lastBlock / 2, lastBlock] {
      slots.append(block * rowsPerBlock)
      slots.append(block * rowsPerBlock - 1)
    }
    return slots.filter { (0...last).contains($0) }.map { UInt32($0) }
  }

  private static func isExact(_ geometry: BlockGeometry, _ slot: UInt32) -> Bool {
    geometry.block(of: slot) == Int(slot) / geometry.rowsPerBlock
  }

  @Test func smallAndLargestBlocksAreExact() {
    for rowsPerBlock in Array(1...4_200) + Array(((1 << 20) - 300)...(1 << 20)) {
      let geometry = BlockGeometry(rowsPerBlock: rowsPerBlock, strideBytes: 64)
      let wrong = Self.edges(rowsPerBlock: rowsPerBlock).filter { !Self.isExact(geometry, $0) }
      #expect(wrong.isEmpty, "\(rowsPerBlock) rows a block: slots \(wrong)")
    }
  }

  @Test func everySizeBetweenIsExact() {
    // One expectation for all: a million of them would take longer than the arithmetic.
    var wrong: [(Int, UInt32)] = []
    for rowsPerBlock in stride(from: 4_201, through: 1 << 20, by: 7) {
      let geometry = BlockGeometry(rowsPerBlock: rowsPerBlock, strideBytes: 64)
      for slot in Self.edges(rowsPerBlock: rowsPerBlock) where !Self.isExact(geometry, slot) {
        wrong.append((rowsPerBlock, slot))
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }

  @Test func randomSlotsAreExact() {
    var generator = SeededGenerator(seed: 91)
    for _ in 0..<20_000 {
      let geometry = BlockGeometry(
        rowsPerBlock: .random(in: 1...(1 << 20), using: &generator), strideBytes: 64)
      let slot = UInt32.random(in: 0..<UInt32(Limits.slotCount), using: &generator)
      #expect(
        Self.isExact(geometry, slot), "\(geometry.rowsPerBlock) rows a block, slot \(slot), \(generator)")
    }
  }

  @Test func blockCountsCoverEverySlot() {
    for rowsPerBlock in [1, 2, 3, 37, 126, 1_024] {
      let geometry = BlockGeometry(rowsPerBlock: rowsPerBlock, strideBytes: 64)
      #expect(geometry.blockCount(forSlots: 0) == 0)
      for slotCount in 1...300 {
        #expect(geometry.blockCount(forSlots: slotCount) == geometry.block(of: UInt32(slotCount - 1)) + 1)
      }
    }
  }
}
