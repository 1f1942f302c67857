import Basics
import LMDB
import Testing

@Suite struct KeyTests {
  /// The order of key bytes must be the order of the keys.
  @Test func byteOrderIsKeyOrder() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<500 {
      let a = UInt32.random(in: 0...UInt32.max, using: &generator)
      let b = UInt32.random(in: 0...UInt32.max, using: &generator)
      expectSameOrder(a, b, a < b, "\(generator)")
      let c = UInt64.random(in: 0...UInt64.max, using: &generator)
      let d = UInt64.random(in: 0...UInt64.max, using: &generator)
      expectSameOrder(c, d, c < d, "\(generator)")
      expectSameOrder(PairKey(a % 3, c), PairKey(b % 3, d), (a % 3, c) < (b % 3, d), "\(generator)")
    }
    expectSameOrder("ab", "abc", true, "a prefix comes first")
  }

  private func expectSameOrder<Key: LMDBKey & Equatable>(
    _ left: Key, _ right: Key, _ isBefore: Bool, _ note: Comment
  ) {
    left.withKeyBytes { leftBytes in
      right.withKeyBytes { rightBytes in
        #expect((compareKeys(leftBytes, rightBytes) < 0) == isBefore, note)
        #expect(Key(keyBytes: leftBytes) == left, note)
      }
    }
  }

  @Test func wrongWidthsAreNotDecoded() {
    let bytes: [UInt8] = [1, 2, 3, 4, 5]
    bytes.withUnsafeBytes { raw in
      #expect(UInt32(keyBytes: raw) == nil)
      #expect(UInt64(keyBytes: raw) == nil)
      #expect(PairKey<UInt32, UInt32>(keyBytes: raw) == nil)
    }
    [UInt8(0xFF), 0xFE].withUnsafeBytes { raw in #expect(String(keyBytes: raw) == nil) }
  }
}
