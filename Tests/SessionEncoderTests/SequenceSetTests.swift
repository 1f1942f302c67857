import Basics
import SessionEncoder
import Testing

@Suite struct SequenceSetTests {
  @Test func sequencesWithoutTheirLastEvents() {
    var set = SequenceSet()
    set.append(items: [1, 2, 3], kinds: [0, 1, 0], gaps: [0, 4, 5])
    set.append(items: [4], kinds: [1], gaps: [0])
    set.append(items: [5, 6], kinds: [0, 0], gaps: [0, 9])
    let rest = set.droppingLast(1)
    #expect(rest.items == [1, 2, 5])
    #expect(rest.kinds == [0, 1, 0])
    #expect(rest.gaps == [0, 4, 0])
    #expect(rest.offsets == [0, 2, 2, 3])
    #expect(set.droppingLast(1, atLeast: 2).items == [1, 2])
  }

  @Test func featuresOfFewItemsAreLeftOut() {
    let features = ItemFeatures([["a", "b", "a"], ["a"], ["c"]])
    #expect(features.names == ["a"])
    #expect((0..<3).map { Array(features.features(of: $0)) } == [[0], [0], []])
    #expect(Array(features.items(of: 0)) == [0, 1])
    let known = ItemFeatures([["c", "x"], []], among: ["a", "c"])
    #expect(known.features == [1])
    #expect((0..<2).map { Array(known.features(of: $0)) } == [[1], []])
  }

  @Test(
    arguments: [
      (-5, 1), (0, 1), (999, 1), (1_000, 2), (2_999, 2), (3_000, 3), (60_000, 6), (86_400_000, 17),
      (.max, 31),
    ] as [(Int64, UInt8)])
  func timeGapsAreLogarithmic(_ milliseconds: Int64, _ bucket: UInt8) {
    #expect(TimeGap.bucket(milliseconds: milliseconds) == bucket)
  }

  @Test func theFirstEventHasNoGap() {
    #expect(TimeGap.buckets(times: [5, 5, 60_005]) == [0, 1, 6])
    #expect(TimeGap.buckets(times: [.min, .max]).count == 2)
  }
}
