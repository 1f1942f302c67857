import Evaluation
import Testing

/// Small tables worked by hand.
@Suite struct ItemScorerTests {
  private let sequences: [[UInt32]] = [[0, 1, 2], [0, 2], [3]]

  private func scores(_ scorer: some ItemScorer, after history: [UInt32]) -> [Float] {
    var scores = [Float](repeating: 0, count: scorer.itemCount)
    scores.withUnsafeMutableBufferPointer { scorer.addScores(after: history[...], to: $0) }
    return scores
  }

  @Test func popularityCountsEvents() {
    #expect(scores(Popularity(sequences, itemCount: 5), after: [1]) == [2, 1, 2, 1, 0])
    #expect(scores(Popularity(sequences, itemCount: 5, recent: 1), after: []) == [0, 0, 2, 1, 0])
  }

  @Test func ownHistoryCountsWhatCameAndRanksTheRestByPopularity() {
    let scorer = OwnHistory(sequences, itemCount: 5, decay: 0.5)
    let found = scores(scorer, after: [3, 1, 3])
    #expect(found[3] == 1.25)
    #expect(found[1] == 0.5)
    #expect(found[0] > 0 && found[0] == found[2] && found[0] < 1e-20)
    #expect(found[4] == 0)
  }

  @Test func rulesAreWeighedByDistanceAndPopularity() {
    // 0 -> 1: 1; 0 -> 2: 1/2 + 1; 1 -> 2: 1. Popularities 2, 1, 2, 1.
    var plain = SequentialRules.Configuration()
    plain.antecedentPower = 0
    plain.consequentPower = 0
    let rules = SequentialRules(sequences, itemCount: 4, plain)
    #expect(scores(rules, after: [0]) == [0, 1, 1.5, 0])
    #expect(scores(rules, after: [0, 1]) == [0, 0.6, 1 + 0.6 * 1.5, 0])
    let divided = scores(SequentialRules(sequences, itemCount: 4), after: [0])
    #expect(abs(divided[1] - 1 / Float(2).squareRoot()) < 1e-6)
    #expect(abs(divided[2] - 0.75) < 1e-6)
    plain.window = 1
    plain.isSymmetric = true
    #expect(scores(SequentialRules(sequences, itemCount: 4, plain), after: [2]) == [1, 1, 0, 0])
  }
}
