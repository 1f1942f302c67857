import Baselines
import Basics
import Evaluation
import Testing
import VectorMath

/// Small tables worked by hand.
@Suite struct BaselineTests {
  private let sequences: SequenceSet = [[0, 1, 2], [0, 2], [3, 1]]

  private func scores(_ scorer: some ItemScorer, after history: [UInt32]) -> [Float] {
    var scores = [Float](repeating: 0, count: scorer.itemCount)
    scores.withUnsafeMutableBufferPointer { scorer.addScores(after: history[...], to: $0) }
    return scores
  }

  private func expect(_ found: [Float], _ wanted: [Double], _ name: String, tolerance: Float = 1e-5) {
    for (one, other) in zip(found, wanted) {
      #expect(abs(one - Float(other)) < tolerance, "\(name): \(found) for \(wanted)")
    }
  }

  @Test func itemNeighbors() {
    var configuration = ItemNeighbors.Configuration()
    configuration.shrink = 0
    configuration.decay = 0.5
    let scorer = ItemNeighbors(sequences, itemCount: 4, configuration)
    // In sequences: 0 two, 1 two, 2 two, 3 one. Together: 0-1 once, 0-2 twice, 1-2 once, 1-3 once.
    let root = 2.0.squareRoot()
    expect(scores(scorer, after: [0]), [0, 0.5, 1, 0], "cosine")
    expect(scores(scorer, after: [3, 0]), [0, 0.5 + 0.5 / root, 1, 0], "two")
    configuration.includesItself = true
    expect(
      scores(ItemNeighbors(sequences, itemCount: 4, configuration), after: [0]), [1, 0.5, 1, 0], "itself")
    configuration.includesItself = false
    configuration.shrink = 2
    configuration.neighborCount = 1
    expect(
      scores(ItemNeighbors(sequences, itemCount: 4, configuration), after: [0]), [0, 0, 0.5, 0], "shrunk")
  }

  @Test func sessionNeighbors() {
    var configuration = SessionNeighbors.Configuration()
    configuration.inverseFrequency = false
    let scorer = SessionNeighbors(sequences, itemCount: 4, configuration)
    // Of [1, 0], 0 weighs 1 and 1 weighs 0.9. Likeness: 1.9, 1 and 0.9, halved as the history has two items; neighbors
    // with 0 speak with 1, the one with 1 alone with 0.9.
    let (first, second, third) = (1.9 / 2, 1.0 / 2, 0.9 / 2 * 0.9)
    expect(scores(scorer, after: [1, 0]), [first + second, first + third, first + second, third], "all")
    configuration.neighborCount = 1
    expect(
      scores(SessionNeighbors(sequences, itemCount: 4, configuration), after: [1, 0]),
      [first, first, first, 0], "one neighbor")
  }

  /// Against the inverse by cofactors: with two items G = [[a, b], [b, c]], and B01 = -P01 / P11 = b / a.
  @Test func linearAutoencoder() throws {
    var configuration = LinearAutoencoder.Configuration()
    configuration.lambda = 1
    let scorer = try #require(
      LinearAutoencoder([[0, 1], [0], [1], [0, 1]], itemCount: 2, threads: 1, configuration))
    // G = [[3 + 1, 2], [2, 3 + 1]].
    expect(scores(scorer, after: [0]), [0, 0.5], "two items")
    #expect(
      LinearAutoencoder([], itemCount: LinearAutoencoder.itemLimit + 1, threads: 1) == nil)
  }

  /// With many items: B has to predict each item from the others as least squares do, so the gradient is 0.
  @Test func linearAutoencoderSolvesItsEquations() throws {
    var generator = SeededGenerator(seed: 3)
    let count = 150
    let baskets = SequenceSet(
      (0..<400).map { _ in (0..<8).map { _ in UInt32(generator.next() % UInt64(count)) } })
    var configuration = LinearAutoencoder.Configuration()
    configuration.lambda = 5
    let scorer = try #require(
      LinearAutoencoder(baskets, itemCount: count, threads: 2, configuration))
    let weights = (0..<count).map { scores(scorer, after: [UInt32($0)]).map(Double.init) }
    var gram = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for basket in baskets {
      let set = Set(basket)
      for item in set { for other in set { gram[Int(item)][Int(other)] += 1 } }
    }
    for target in stride(from: 0, to: count, by: 13) {
      for row in 0..<count where row != target {
        // (G + λ) B = G off the diagonal.
        var sum = 5 * weights[row][target] - gram[row][target]
        for k in 0..<count { sum += gram[row][k] * weights[k][target] }
        #expect(abs(sum) < 2e-3, "\(row), \(target)")
      }
    }
  }

  /// Alternating least squares end where neither side can improve; two groups that share nothing come apart.
  @Test func matrixFactorization() {
    var configuration = MatrixFactorization.Configuration()
    configuration.width = 4
    configuration.lambda = 0.1
    let groups = SequenceSet((0..<30).map { user in (user % 2 == 0 ? [0, 1, 2] : [3, 4, 5]) as [UInt32] })
    let scorer = MatrixFactorization(groups, itemCount: 6, threads: 2, configuration)
    let found = scores(scorer, after: [0, 1])
    #expect(found[2] > 0.8)
    #expect(found[3...].allSatisfy { abs($0) < 0.1 })
    #expect(scorer.vector(of: [0, 1]).count == 4)
    let again = MatrixFactorization(groups, itemCount: 6, threads: 1, configuration)
    #expect(again.items == scorer.items)
  }

  @Test(arguments: Baseline.allCases) func tuningTakesTheBestOnValidation(_ baseline: Baseline) throws {
    let rings = SequenceSet((0..<60).map { start in (0..<6).map { UInt32((start + $0) % 20) } })
    let task = RankingTask(leavingOneOut: rings, itemCount: 20, isKeepingSeen: false)
    let training = SequenceSet(rings.map { $0.dropLast() })
    let tuned = try #require(baseline.tuned(training, validation: task, threads: 2))
    let scorer = try #require(tuned.make(training))
    let found = Ranking(task, by: HistoryScorer(scorer), k: 10, threads: 2).metrics
    #expect(abs(found.ndcg(at: 10) - tuned.validation) < 1e-9, "\(tuned.settings)")
    let validated = Ranking(task, by: HistoryScorer(tuned.validated), k: 10, threads: 2).metrics
    #expect(validated.ndcg(at: 10) == found.ndcg(at: 10))
    if baseline == .rules { #expect(tuned.validation == 1) }
  }

  /// Who looks at the same again is found only by those that let items speak for themselves.
  @Test(arguments: [Baseline.rules, .itemNeighbors], [true, false])
  func itemsSpeakForThemselvesWhereThatHelps(_ baseline: Baseline, comesBack: Bool) throws {
    let sequences = SequenceSet(
      (0..<60).map { start -> [UInt32] in
        let (one, other) = (UInt32(start % 20), UInt32((start + 1) % 20))
        return [one, other, comesBack ? other : UInt32((start + 2) % 20)]
      })
    let task = RankingTask(leavingOneOut: sequences, itemCount: 20, isKeepingSeen: true)
    let tuned = try #require(
      baseline.tuned(SequenceSet(sequences.map { $0.dropLast() }), validation: task, threads: 1))
    #expect(
      tuned.settings.contains(baseline == .rules ? "themselves" : "own") == comesBack, "\(tuned.settings)")
  }
}
