/// A set of ordinals below `count`, one bit each.
package struct Bitmap: Hashable, Sendable {
  /// The bits, 64 ordinals a word, lowest bit first. Bits from `count` on are zero.
  package private(set) var words: [UInt64]
  /// How many ordinals the set is over; not how many it holds, which is `populationCount`.
  package let count: Int

  /// Makes a set over the ordinals `0..<count` that holds all of them or none.
  package init(count: Int, filledWith value: Bool = false) {
    precondition(count >= 0 && count <= Int(UInt32.max) + 1, "A bitmap is over 0 to 2^32 ordinals.")
    self.count = count
    words = [UInt64](repeating: value ? .max : 0, count: (count + 63) / 64)
    clearSpareBits()
  }

  /// Makes a set over `0..<count` that holds `ordinals`, each below `count`.
  package init(count: Int, ordinals: some Sequence<UInt32>) {
    self.init(count: count)
    for ordinal in ordinals { insert(ordinal) }
  }

  /// Makes a set over `0..<count` that holds what `other` holds of them. O(count / 64).
  package init(count: Int, of other: Bitmap) {
    self.init(count: count)
    let shared = min(words.count, other.words.count)
    words.replaceSubrange(0..<shared, with: other.words[0..<shared])
    clearSpareBits()
  }

  /// Whether the set holds `ordinal`; false from `count` on. O(1).
  @inlinable
  package func contains(_ ordinal: UInt32) -> Bool {
    let index = Int(ordinal)
    return index < count && words[index &>> 6] &>> UInt64(truncatingIfNeeded: index & 63) & 1 != 0
  }

  /// Hands out what the set holds from `first` on, ascending, until `body` gives false. O(count / 64 + held).
  @inlinable
  package func forEach(from first: UInt32 = 0, _ body: (UInt32) throws -> Bool) rethrows {
    for index in min(Int(first) / 64, words.count)..<words.count {
      var word = words[index]
      if index == Int(first) / 64 { word &= .max << UInt64(first % 64) }
      while word != 0 {
        let ordinal = UInt32(truncatingIfNeeded: index &* 64 &+ word.trailingZeroBitCount)
        guard try body(ordinal) else { return }
        word &= word &- 1
      }
    }
  }

  /// How many ordinals the set holds. O(count / 64).
  package var populationCount: Int {
    words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Whether the set holds nothing. O(count / 64) at worst.
  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Adds `ordinal`, which is below `count`. O(1).
  package mutating func insert(_ ordinal: UInt32) {
    precondition(Int(ordinal) < count, "Ordinal \(ordinal) is outside a bitmap over \(count).")
    words[Int(ordinal) / 64] |= 1 << UInt64(ordinal % 64)
  }

  /// Takes `ordinal`, which is below `count`, out. O(1).
  package mutating func remove(_ ordinal: UInt32) {
    precondition(Int(ordinal) < count, "Ordinal \(ordinal) is outside a bitmap over \(count).")
    words[Int(ordinal) / 64] &= ~(1 << UInt64(ordinal % 64))
  }

  /// Sets the `bitCount` (1 to 64) ordinals from `first` on to the lowest bits of `bits`; what would lie from
  /// `count` on is dropped. O(1).
  mutating func assign(_ bits: UInt64, bitCount: Int, at first: Int) {
    let bitCount = min(bitCount, count - first)
    guard bitCount > 0 else { return }
    let mask = bitCount == 64 ? UInt64.max : (1 << UInt64(bitCount)) - 1
    let word = first >> 6
    let shift = UInt64(first & 63)
    words[word] = words[word] & ~(mask << shift) | (bits & mask) << shift
    if shift > 0, Int(shift) + bitCount > 64 {
      words[word + 1] = words[word + 1] & ~(mask >> (64 - shift)) | (bits & mask) >> (64 - shift)
    }
  }

  private mutating func clearSpareBits() {
    if count & 63 != 0, let last = words.indices.last { words[last] &= (1 << UInt64(count & 63)) - 1 }
  }
}

extension Bitmap {
  /// Keeps what `other`, a set over the same ordinals, also holds. O(count / 64).
  package mutating func formIntersection(_ other: Bitmap) { combine(other) { $0 & $1 } }

  /// Adds what `other`, a set over the same ordinals, holds. O(count / 64).
  package mutating func formUnion(_ other: Bitmap) { combine(other) { $0 | $1 } }

  /// Takes out what `other`, a set over the same ordinals, holds. O(count / 64).
  package mutating func subtract(_ other: Bitmap) { combine(other) { $0 & ~$1 } }

  /// Exchanges held and not held. O(count / 64).
  package mutating func invert() {
    for index in words.indices { words[index] = ~words[index] }
    clearSpareBits()
  }

  /// The ordinals both sets hold.
  package static func & (left: Bitmap, right: Bitmap) -> Bitmap {
    var result = left
    result.formIntersection(right)
    return result
  }

  @inline(__always)
  private mutating func combine(_ other: Bitmap, _ operation: (UInt64, UInt64) -> UInt64) {
    precondition(count == other.count, "Bitmaps over \(count) and \(other.count) ordinals do not combine.")
    for index in words.indices { words[index] = operation(words[index], other.words[index]) }
  }
}
