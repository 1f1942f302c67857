import Basics
import Baselines
import Evaluation
import Testing

/// Small tables worked by hand.
@Suite struct ItemScorerTests {
  private let sequences: SequenceSet = [[0, 1, 2], [0, 2], [3]]

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

  /// How many sequences a rule occurs in is counted once each, whatever the sequence repeats, and thin ones are left
  /// out but for items that follow themselves.
  @Test func rulesCountSequences() throws {
    let sequences: SequenceSet = [[0, 1, 0, 1], [0, 2, 1], [2, 0, 3], [3]]
    var configuration = SequentialRules.Configuration()
    let rules = SequentialRules(sequences, itemCount: 4, configuration)
    func support(_ earlier: Int, _ later: UInt32) -> UInt32? {
      rules.table.place(row: earlier, column: later).flatMap { rules.counts?.rules[$0] }
    }
    #expect(rules.counts?.items == [3, 2, 2, 2])
    #expect(support(0, 1) == 2 && support(0, 0) == 1 && support(0, 2) == 2 && support(0, 3) == 1)
    #expect(support(2, 0) == 2 && support(1, 2) == nil)
    configuration.minimumSupport = 2
    configuration.includesItself = true
    let thick = SequentialRules(sequences, itemCount: 4, configuration)
    #expect(thick.table.columns == [0, 1, 2, 0, 1, 0, 2, 3])
    #expect(thick.counts?.rules == [3, 2, 2, 2, 2, 2, 2, 2])
    let trimmed = rules.trimmed(to: 1)
    #expect(trimmed.counts?.items == [3, 2, 2, 2])
    #expect(trimmed.counts?.rules.count == trimmed.table.columns.count)
    #expect(trimmed.table.place(row: 0, column: 1).flatMap { trimmed.counts?.rules[$0] } == 2)
  }

  /// All pairs of all sequences, one by one.
  @Test(arguments: [false, true], [false, true])
  func rulesAreTheSumsOfAllPairs(isSymmetric: Bool, includesItself: Bool) {
    var state: UInt32 = 7
    func random(_ limit: UInt32) -> UInt32 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return (state >> 16) % limit
    }
    let sequences = (0..<40).map { _ in (0..<random(12)).map { _ in random(9) } }
    var configuration = SequentialRules.Configuration()
    configuration.window = 3
    configuration.decay = 0
    configuration.isSymmetric = isSymmetric
    configuration.includesItself = includesItself
    let rules = SequentialRules(SequenceSet(sequences), itemCount: 9, configuration)
    let counts = (0..<9).map { item in sequences.joined().count { $0 == UInt32(item) } }
    for earlier in 0..<9 {
      var expected = [Double](repeating: 0, count: 9)
      for sequence in sequences {
        for (first, one) in sequence.enumerated() where one == UInt32(earlier) {
          if includesItself { expected[earlier] += 1 }
          for (second, other) in sequence.enumerated() {
            let distance = isSymmetric ? abs(second - first) : second - first
            if (1...3).contains(distance) { expected[Int(other)] += 1 / Double(distance) }
          }
        }
      }
      let found = scores(rules, after: [UInt32(earlier)])
      for later in 0..<9 {
        let norm = Double(counts[earlier] * counts[later]).squareRoot()
        #expect(abs(Double(found[later]) - expected[later] / norm) < 1e-5, "\(earlier) -> \(later)")
      }
    }
  }

  @Test func tablesKeepTheLargestOfEachRow() {
    var table = SparseTable()
    table.append([(0, 1), (2, 3), (5, 2), (7, 2)])
    table.append([])
    table.append([(4, 1)])
    let trimmed = table.trimmed(to: 2)
    #expect(trimmed.starts == [0, 2, 2, 3])
    #expect(trimmed.columns == [2, 5, 4])
    #expect(trimmed.weights == [3, 2, 1])
    #expect(table.trimmed(to: 4) == table)
  }
}
