/// Searching eight bytes at a time in plain integer arithmetic, so that it is as fast on every processor and
/// needs no vector instructions of the build.
enum ByteMatching {
  static let lowBits: UInt64 = 0x0101_0101_0101_0101
  static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Eight copies of `byte`.
  @inline(__always)
  static func pattern(_ byte: UInt8) -> UInt64 { UInt64(byte) &* lowBits }

  /// The high bit of exactly those bytes of `word` that are equal to the pattern's.
  @inline(__always)
  static func equal(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let difference = word ^ pattern
    return ~(((difference & ~highBits) &+ ~highBits) | difference | ~highBits)
  }

  /// A mask whose *lowest* set bit marks the first byte below `limit` (which is at most 0x80).
  /// Bits above the lowest may be wrong, because borrows travel upward.
  @inline(__always)
  static func firstBelow(_ word: UInt64, _ limit: UInt64) -> UInt64 {
    (word &- limit &* lowBits) & ~word & highBits
  }

  /// The index in memory of the first byte marked in `mask`, which is not 0.
  @inline(__always)
  static func firstIndex(_ mask: UInt64) -> Int { mask.trailingZeroBitCount &>> 3 }

  /// The eight bytes at `offset`, the first one in memory lowest.
  @inline(__always)
  static func load(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
