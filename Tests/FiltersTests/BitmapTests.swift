import TestSupport
import Basics
import Testing

@testable import Filters

@Suite struct BitmapTests {
  @Test(arguments: [0, 1, 63, 64, 65, 200]) func agreesWithASet(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    for _ in 0..<20 {
      let left = randomSet(count, &generator)
      let right = randomSet(count, &generator)
      let all = Set(0..<UInt32(count))
      let a = Bitmap(count: count, ordinals: left)
      let b = Bitmap(count: count, ordinals: right)
      #expect(a.ordinals == left.sorted(), "\(generator)")
      #expect(a.populationCount == left.count && a.isEmpty == left.isEmpty)
      #expect(Set((a & b).ordinals) == left.intersection(right))
      #expect(Set((a | b).ordinals) == left.union(right))
      #expect(Set((a - b).ordinals) == left.subtracting(right))
      #expect(Set((~a).ordinals) == all.subtracting(left))
      #expect(~(~a) == a)
      for ordinal in 0..<UInt32(count + 70) { #expect(a.contains(ordinal) == left.contains(ordinal)) }
    }
    #expect(Bitmap(count: count, filledWith: true).populationCount == count)
  }

  @Test func assignsBitsAtAnyPlace() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2000 {
      let count = generator.below(200)
      var expected = randomSet(count, &generator)
      var bitmap = Bitmap(count: count, ordinals: expected)
      let first = generator.below(count + 1)
      let bitCount = 1 + generator.below(64)
      let bits = generator.next()
      bitmap.assign(bits, bitCount: bitCount, at: first)
      for bit in 0..<bitCount where first + bit < count {
        if bits >> UInt64(bit) & 1 != 0 {
          expected.insert(UInt32(first + bit))
        } else {
          expected.remove(UInt32(first + bit))
        }
      }
      #expect(
        bitmap == Bitmap(count: count, ordinals: expected), "\(generator) \(count) \(first) \(bitCount)")
    }
  }

  @Test func insertsAndRemoves() {
    var bitmap = Bitmap(count: 130)
    bitmap.insert(0)
    bitmap.insert(129)
    bitmap.insert(64)
    bitmap.remove(0)
    bitmap.remove(1)
    #expect(bitmap.ordinals == [64, 129])
  }

  private func randomSet(_ count: Int, _ generator: inout SeededGenerator) -> Set<UInt32> {
    let chance = generator.below(4)
    var set: Set<UInt32> = []
    for ordinal in 0..<UInt32(count) where generator.below(4) < chance { set.insert(ordinal) }
    return set
  }

  @Test(arguments: [0, 1, 63, 64, 70, 200]) func aSetCanBeOverMoreOrFewerOrdinals(count: Int) {
    let some = Bitmap(count: 130, ordinals: [0, 5, 63, 64, 69, 129])
    let other = Bitmap(count: count, of: some)
    #expect(other.count == count)
    for ordinal in UInt32(0)..<256 {
      #expect(other.contains(ordinal) == (some.contains(ordinal) && Int(ordinal) < count))
    }
  }
}

extension Bitmap {
  /// The held ordinals, ascending.
  var ordinals: [UInt32] { (0..<UInt32(count)).filter { contains($0) } }

  /// The ordinals either set holds.
  static func | (left: Bitmap, right: Bitmap) -> Bitmap {
    var result = left
    result.formUnion(right)
    return result
  }

  /// The ordinals `left` holds and `right` does not.
  static func - (left: Bitmap, right: Bitmap) -> Bitmap {
    var result = left
    result.subtract(right)
    return result
  }

  /// The ordinals below `count` that the set does not hold.
  static prefix func ~ (set: Bitmap) -> Bitmap {
    var result = set
    result.invert()
    return result
  }
}
