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

@Suite struct MaskingTests {
  private func masking(_ share: Double, _ lastShare: Double) throws -> Masking {
    var shape = SessionConfiguration(itemCount: 3)
    shape.architecture = .masked
    var recipe = TrainingConfiguration()
    (recipe.maskedShare, recipe.lastMaskedShare) = (share, lastShare)
    return try #require(Masking(SessionModel(shape), recipe))
  }

  @Test func oneIsMaskedAndOneIsSeen() throws {
    var generator = SeededGenerator(seed: 7)
    for share in [0, 0.3, 1] {
      for count in [2, 3, 20] {
        for _ in 0..<20 {
          let places = try masking(share, 0.2).draw(count, using: &generator)
          #expect(!places.isEmpty && places.count < count && places == places.sorted())
          #expect(places.allSatisfy((0..<count).contains))
        }
      }
    }
  }

  @Test func sharesAreThoseThatWereAsked() throws {
    var generator = SeededGenerator(seed: 8)
    let masking = try masking(0.25, 0.5)
    let drawn = (0..<2_000).map { _ in masking.draw(40, using: &generator) }
    let others = drawn.filter { $0 != [39] }
    #expect(abs(Double(others.count) / 2_000 - 0.5) < 0.05)
    let masked = Double(others.reduce(0) { $0 + $1.count }) / Double(40 * others.count)
    #expect(abs(masked - 0.25) < 0.02)
    #expect(Masking(SessionModel(SessionConfiguration(itemCount: 3)), TrainingConfiguration()) == nil)
  }
}
