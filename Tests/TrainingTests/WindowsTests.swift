import Basics
import SessionEncoder
import Testing
import VectorMath

@testable import Training

@Suite struct WindowsTests {
  @Test(arguments: [1, 2, 5, 50]) func eachEventButTheFirstIsATargetOnce(_ length: Int) {
    var generator = SeededGenerator(seed: 5)
    let set = SequenceSet([[7], Array(0..<2), Array(0..<6), [], Array(0..<37)])
    let windows = Windows(set, maximumLength: length, using: &generator)
    let targets = windows.ranges.flatMap { Array($0.dropFirst()) }.sorted()
    let expected = (0..<set.count).flatMap { Array(set.range($0).dropFirst()) }
    #expect(targets == expected)
    #expect(windows.ranges.allSatisfy { $0.count <= length + 1 })
  }

  /// A profile begins the oldest window, or is left out; without it nothing would be left of the shortest.
  @Test func profilesAreLeftOutAtRandom() {
    var generator = SeededGenerator(seed: 8)
    let set = SequenceSet([[100, 1], [101, 1, 2, 3], [4, 5, 6]])
    let starts = (0..<400).map { _ in
      Windows(set, maximumLength: 10, firstProfile: 100, dropout: 0.25, using: &generator)
        .ranges.map(\.lowerBound)
    }
    #expect(starts.allSatisfy { $0.count == 3 && $0[0] == 0 && $0[2] == 6 })
    let left = starts.count { $0[1] == 3 }
    #expect(starts.allSatisfy { [2, 3].contains($0[1]) } && (70..<130).contains(left), "\(left)")
  }

  @Test func theNewestWindowVariesAndIsAtLeastHalf() {
    var generator = SeededGenerator(seed: 6)
    let set = SequenceSet([Array(0..<100)])
    let newest = (0..<40).map { _ in
      Windows(set, maximumLength: 10, using: &generator).ranges[0].count - 1
    }
    #expect(Set(newest) == Set(5...10))
  }
}
