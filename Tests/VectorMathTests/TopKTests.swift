import Basics
import Testing

@testable import VectorMath

@Suite struct TopKTests {
  struct Candidate: Equatable {
    var distance: Float
    var id: UInt32
  }

  func contents(_ best: borrowing TopK) -> [Candidate] {
    (0..<best.count).map { Candidate(distance: best.distances[$0], id: best.ids[$0]) }
  }

  @Test(arguments: [0, 1, 2, 7, 16, 17, 100, 1000]) func keepsWhatSortingWouldKeep(k: Int) {
    var generator = SeededGenerator(seed: 61)
    for round in 0..<4 {
      var best = TopK(k: k)
      // Few different distances, so that most candidates tie with others.
      let candidates = (0..<400).map { _ in
        Candidate(
          distance: Float(Int.random(in: 0..<(round == 0 ? 5 : 200), using: &generator)) - 20,
          id: UInt32.random(in: 0..<10_000, using: &generator))
      }
      for (offered, candidate) in candidates.enumerated() {
        let before = contents(best)
        let taken = best.insert(distance: candidate.distance, id: candidate.id)
        guard offered < 20 || offered % 25 == 0 || offered == 399 else { continue }
        let after = contents(best)
        let worst = best.worst
        let expected = sorted(Array(candidates[...offered])).prefix(k)
        #expect(after == Array(expected), "\(generator)")
        #expect(worst == (after.count < k ? .infinity : expected.last?.distance ?? -.infinity))
        #expect(taken == (after != before) || before.contains(candidate), "\(generator)")
      }
    }
  }

  func sorted(_ candidates: [Candidate]) -> [Candidate] {
    candidates.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
  }

  @Test func orderOfArrivalDoesNotMatter() {
    var generator = SeededGenerator(seed: 62)
    var candidates = (0..<50).map { Candidate(distance: Float($0 / 10), id: UInt32($0)) }
    for _ in 0..<20 {
      candidates.shuffle(using: &generator)
      var best = TopK(k: 12)
      for candidate in candidates { best.insert(distance: candidate.distance, id: candidate.id) }
      let ids = best.resultIDs()
      #expect(ids == (0..<12).map { UInt32($0) }, "\(generator)")
    }
  }

  @Test func refusesNaNAndTakesInfinityWhileThereIsRoom() {
    var best = TopK(k: 2)
    let offers: [(Float, UInt32)] = [
      (.nan, 1), (.infinity, 2), (.infinity, 1), (.infinity, 3), (.nan, 0), (5, 9),
    ]
    var taken: [Bool] = []
    for (distance, id) in offers {
      taken.append(best.insert(distance: distance, id: id))
    }
    #expect(taken == [false, true, true, false, false, true])
    let ids = best.resultIDs()
    #expect(ids == [9, 1])
    let worst = best.worst
    #expect(worst == .infinity)
  }

  @Test func noneWantedNoneTaken() {
    var best = TopK(k: 0)
    let taken = best.insert(distance: -.infinity, id: 0)
    #expect(!taken)
    let count = best.count
    #expect(count == 0)
  }
}
