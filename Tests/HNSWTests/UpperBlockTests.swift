import Basics
import HNSW
import Records
import Testing
import VectorMath

@Suite struct UpperBlockTests {
  /// Upper layers of some slots of blocks 0 and 2, with links of any value.
  private func makeLayers(m: Int, using generator: inout SeededGenerator) -> UpperLayers {
    let upper = UpperLayers(m: m)
    let slots = (0..<UpperBlock.slotsPerBlock).shuffled(using: &generator).prefix(130)
    for slot in slots + slots.prefix(20).map({ $0 + 2 * UpperBlock.slotsPerBlock }) {
      let level = Int.random(in: 1...5, using: &generator)
      let room = upper.add(slot, level: level)
      for index in 0..<level * m { room[index] = UInt32.random(in: .min ... .max, using: &generator) }
    }
    return upper
  }

  private func encode(_ upper: UpperLayers, _ number: UInt32) -> [UInt8]? {
    UpperBlock.encode(
      number: number, m: upper.m, level: { upper.level(of: $0) },
      links: { upper.links(of: $0, layer: 1).map { UnsafePointer($0) } })
  }

  /// Lends the blocks as a store would.
  private func withStored<R>(
    _ upper: UpperLayers, blockCount: UInt32, isSound: @escaping @Sendable (UInt32) -> Bool = { _ in true },
    _ body: (UpperLinks) throws -> R
  ) rethrows -> R {
    var memory: [UnsafeMutableRawPointer] = []
    defer { for block in memory { block.deallocate() } }
    let bases = (0..<blockCount).map { number -> UnsafeRawPointer? in
      guard let bytes = encode(upper, number) else {
        return nil
      }
      let block = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 16)
      block.copyMemory(from: bytes, byteCount: bytes.count)
      memory.append(block)
      return UnsafeRawPointer(block + BlockHeader.byteCount)
    }
    let touched = FirstTouch(count: Int(blockCount), verify: isSound)
    return try withExtendedLifetime(touched) {
      try bases.withUnsafeBufferPointer { bases in
        try body(.stored(UpperBlocks(m: upper.m, bases: bases, check: touched)))
      }
    }
  }

  @Test(arguments: [2, 5, 16, 128]) func whatIsStoredIsFoundAgain(m: Int) throws {
    var generator = SeededGenerator(seed: 105)
    let upper = makeLayers(m: m, using: &generator)
    try withStored(upper, blockCount: 4) { stored in
      for slot in 0..<5 * UpperBlock.slotsPerBlock {
        let level = upper.level(of: slot)
        #expect(stored.level(of: slot) == level)
        for layer in 0...level + 1 {
          let expected = upper.links(of: slot, layer: layer).map {
            Array(UnsafeBufferPointer(start: $0, count: m))
          }
          let found = stored.links(of: slot, layer: layer).map {
            Array(UnsafeBufferPointer(start: $0, count: m))
          }
          #expect(found == expected, "slot \(slot), layer \(layer)")
        }
      }
      let copy = try stored.copy()
      #expect(copy.count == upper.count)
      upper.forEach { slot, level in #expect(copy.level(of: slot) == level) }
    }
  }

  @Test func aBlockWithoutNodesIsNone() {
    var generator = SeededGenerator(seed: 106)
    let upper = makeLayers(m: 4, using: &generator)
    #expect(encode(upper, 1) == nil)
    #expect(encode(upper, 2) != nil)
  }

  @Test func damageIsMetWhereItIsRead() throws {
    var generator = SeededGenerator(seed: 107)
    let upper = makeLayers(m: 4, using: &generator)
    withStored(upper, blockCount: 3, isSound: { $0 != 2 }) { stored in
      #expect(stored.isSound(5))
      #expect(stored.isSound(UpperBlock.slotsPerBlock), "a block that is not there")
      #expect(!stored.isSound(2 * UpperBlock.slotsPerBlock + 5))
      #expect(throws: GraphError.damagedUpper(block: 2)) { try stored.copy() }
    }
  }

  /// Numbers that would lead a search out of the block are refused, whatever their checksum says.
  @Test func aBlockThatLeadsOutOfItselfIsNotWellFormed() throws {
    var generator = SeededGenerator(seed: 108)
    let m = 3
    let upper = makeLayers(m: m, using: &generator)
    let block = Array(try #require(encode(upper, 0)).dropFirst(BlockHeader.byteCount))
    func isWellFormed(_ block: [UInt8], m: Int = m) -> Bool {
      block.withUnsafeBytes { UpperBlock.isWellFormed($0, m: m) }
    }
    #expect(isWellFormed(block))
    #expect(!isWellFormed(block, m: 4))
    for count in stride(from: 0, to: block.count, by: 4) {
      #expect(!isWellFormed(Array(block.prefix(count))))
    }
    #expect(!isWellFormed(block + [0, 0, 0, 0]))
    // Bits, counts and starts; what lies behind them are links, which a search checks itself. Other numbers may say
    // that another slot has the node or that its level is another, which its checksum tells, but never lead outside.
    let touched = FirstTouch(count: 1) { _ in true }
    defer { withExtendedLifetime(touched) {} }
    for byte in 0..<256 + 128 + 4 * 131 {
      var damaged = block
      damaged[byte] ^= UInt8.random(in: 1...255, using: &generator)
      guard isWellFormed(damaged) else { continue }
      let end = damaged.count
      damaged.withUnsafeBytes { bytes in
        withUnsafePointer(to: bytes.baseAddress) { base in
          let stored = UpperLinks.stored(
            UpperBlocks(
              m: m, bases: UnsafeBufferPointer(start: base, count: 1),
              check: touched))
          for slot in 0..<UpperBlock.slotsPerBlock {
            let level = stored.level(of: slot)
            guard level > 0, let last = stored.links(of: slot, layer: level), let start = base.pointee else {
              continue
            }
            let reach = UnsafeRawPointer(last + m) - start
            #expect(level <= 64 && reach <= end, "byte \(byte), slot \(slot)")
          }
        }
      }
    }
    // Without the check, each of these would.
    for word in [384, 384 + 4, 384 + 4 * 130] {
      var damaged = block
      damaged[word + 3] = 0xFF
      #expect(!isWellFormed(damaged), "start at \(word)")
    }
  }
}
