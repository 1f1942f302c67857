import Baselines
import Basics
import Evaluation
import Platform
import TestSupport
import Testing

/// Mult-VAE: its gradients, and what it learns from small tables.
@Suite struct MultVAETests {
  /// Users of two groups of items that share nothing; each user has some of the group's items.
  private func groups(users: Int, size: Int) -> SequenceSet {
    var generator = SeededGenerator(seed: 5)
    return SequenceSet(
      (0..<users).map { user in
        let first = user % 2 == 0 ? 0 : size
        return (first..<(first + size)).shuffled(using: &generator).prefix(size / 2).map { UInt32($0) }
      })
  }

  private func configuration(_ sequences: SequenceSet, _ itemCount: Int, epochs: Int) -> MultVAE.Configuration
  {
    var configuration = MultVAE.Configuration(userCount: sequences.count, itemCount: itemCount)
    configuration.epochs = epochs
    return configuration
  }

  private func scores(_ scorer: some ItemScorer, after history: [UInt32]) -> [Float] {
    var scores = [Float](repeating: 0, count: scorer.itemCount)
    scores.withUnsafeMutableBufferPointer { scorer.addScores(after: history[...], to: $0) }
    return scores
  }

  private func areFinite(_ scores: [Float]) -> Bool { scores.allSatisfy { $0.isFinite } }

  /// Every weight's gradient against central differences, with users of one item, of several and of none, and an input
  /// that dropout took.
  @Test(arguments: [0, 0.7]) func gradientsAreThoseOfTheLoss(beta: Double) {
    let shape = VariationalShape(items: 7, hidden: 5, latent: 3)
    var bags = ItemBags<Double>()
    for history in [[0, 2, 5], [3], [], [6, 5, 4, 1, 0]] as [[UInt32]] { bags.append(history) }
    bags.inputs[1] = 0
    var generator = SeededGenerator(seed: 11)
    var weights = (0..<shape.weightCount).map { _ in 0.5 * generator.nextGaussian() }
    let noise = (0..<(bags.count * shape.latent)).map { _ in generator.nextGaussian() }
    let network = VariationalNetwork<Double>(shape, threads: 2)
    var gradients = [Double](repeating: 9, count: shape.weightCount)
    _ = network.loss(weights, bags, noise: noise, beta: beta, gradients: &gradients)
    var unused = gradients
    for index in weights.indices {
      let value = weights[index]
      let ends = [1e-5, -1e-5].map { step in
        weights[index] = value + step
        return network.loss(weights, bags, noise: noise, beta: beta, gradients: &unused)
      }
      weights[index] = value
      let expected = (ends[0] - ends[1]) / 2e-5
      #expect(
        abs(expected - gradients[index]) < 1e-7 * max(1, abs(expected)),
        "weight \(index): \(gradients[index]) for \(expected)")
    }
  }

  /// The loss by its formula, from the logits: -Σ log softmax over a user's items, the mean over users.
  @Test func theLossIsTheMultinomialLikelihood() {
    let shape = VariationalShape(items: 4, hidden: 3, latent: 2)
    var bags = ItemBags<Double>()
    let histories: [[UInt32]] = [[1, 3], [0]]
    for history in histories { bags.append(history) }
    var generator = SeededGenerator(seed: 3)
    let weights = (0..<shape.weightCount).map { _ in generator.nextGaussian() }
    let noise = (0..<4).map { _ in generator.nextGaussian() }
    let network = VariationalNetwork<Double>(shape, threads: 1)
    let logits = network.forward(weights, bags, noise: noise)
    var expected = 0.0
    for (row, history) in histories.enumerated() {
      let line = (0..<4).map { logits[4 * row + $0] }
      let sum = line.reduce(0) { $0 + exp($1) }
      for item in history { expected -= (line[Int(item)] - log(sum)) / 2 }
    }
    var gradients = [Double](repeating: 0, count: shape.weightCount)
    let found = network.loss(weights, bags, noise: noise, beta: 0, gradients: &gradients)
    #expect(abs(found - expected) < 1e-12)
  }

  @Test func groupsComeApart() throws {
    let sequences = groups(users: 200, size: 10)
    let scorer = try #require(
      MultVAE(sequences, itemCount: 21, threads: 2, configuration(sequences, 21, epochs: 30)))
    let found = scores(scorer, after: [0, 1, 2])
    let lowest = try #require(found[3..<10].min())
    let others = try #require(found[10..<20].max())
    #expect(lowest > others + 1, "\(found)")
    // An item that nobody took is below all of the group.
    #expect(found[20] < lowest)
    #expect(areFinite(scores(scorer, after: [])))
    #expect(areFinite(scores(scorer, after: [20])))
  }

  @Test func popularityIsBeaten() throws {
    let sequences = groups(users: 200, size: 20)
    let task = RankingTask(leavingOneOut: sequences, itemCount: 40, isKeepingSeen: false)
    let training = SequenceSet(sequences.map { $0.dropLast() })
    let tuned = try #require(Baseline.multVAE.tuned(training, validation: task, threads: 2))
    let popular = try #require(Baseline.popularity.tuned(training, validation: task, threads: 1))
    #expect(tuned.validation > 1.3 * popular.validation, "\(tuned.validation), \(popular.validation)")
    #expect(tuned.settings.hasPrefix("16-6-16, beta ") && tuned.settings.hasSuffix(" epochs"))
  }

  /// Of the same sequences come the same weights, on one thread and on three; several histories at once get the scores
  /// that each gets alone.
  @Test func fitsAreRepeatable() throws {
    let sequences = groups(users: 300, size: 100)
    let settings = configuration(sequences, 200, epochs: 3)
    let one = try #require(MultVAE(sequences, itemCount: 200, threads: 1, settings))
    let other = try #require(MultVAE(sequences, itemCount: 200, threads: 3, settings))
    #expect(one.weights == other.weights)
    let histories: [ArraySlice<UInt32>] = [[0, 7], [], [150]]
    var together = [Float](repeating: 0, count: 3 * 200)
    one.addScores(afterEach: histories, to: &together)
    for (row, history) in histories.enumerated() {
      for (found, wanted) in zip(together[(200 * row)...], scores(one, after: Array(history))) {
        #expect(abs(found - wanted) < 1e-5)
      }
    }
  }

  @Test func widthsFitTheData() {
    func widths(_ users: Int, _ items: Int) -> [Int] {
      let configuration = MultVAE.Configuration(userCount: users, itemCount: items)
      return [configuration.hidden, configuration.latent, configuration.batchSize]
    }
    #expect(widths(6_040, 3_416) == [600, 200, 500])
    #expect(widths(943, 1_349) == [232, 78, 78])
    #expect(widths(1, 1) == [16, 6, 16])
  }

  /// One item, users of one event, sequences without any, and tables that cannot be fitted.
  @Test func smallAndEmptyTables() throws {
    let single = configuration([[0], [0, 0], []], 1, epochs: 2)
    let scorer = try #require(MultVAE([[0], [0, 0], []], itemCount: 1, threads: 1, single))
    #expect(areFinite(scores(scorer, after: [0])))
    let lonely = try #require(MultVAE([[0], [1], [2]], itemCount: 3, threads: 1, single))
    #expect(areFinite(scores(lonely, after: [1])))
    #expect(MultVAE([[], []], itemCount: 3, threads: 1, single) == nil)
    #expect(MultVAE([], itemCount: 0, threads: 1, single) == nil)
    #expect(MultVAE([[0]], itemCount: MultVAE.itemLimit + 1, threads: 1, single) == nil)
    let many = RankingTask([[0, 1]], cases: [], itemCount: MultVAE.itemLimit + 1, isKeepingSeen: false)
    #expect(Baseline.multVAE.tuned([[0, 1]], validation: many, threads: 1) == nil)
    #expect(Baseline.multVAE.itemLimit == MultVAE.itemLimit)
  }

  /// A fit that is ended leaves nothing; one that was done before it is kept.
  @Test func fitsEndWhereProgressSaysSo() throws {
    let sequences = groups(users: 60, size: 10)
    let task = RankingTask(leavingOneOut: sequences, itemCount: 20, isKeepingSeen: false)
    #expect(
      MultVAE(sequences, itemCount: 20, threads: 1, configuration(sequences, 20, epochs: 9)) { $0 == 3 }
        == nil)
    func tuned(until isLast: @escaping @Sendable (Baseline.TuningStep) -> Bool) -> Baseline.Tuned? {
      Baseline.multVAE.tuned(sequences, validation: task, threads: 1, progress: isLast)
    }
    #expect(tuned { $0.pass == 2 } == nil)
    let first = try #require(tuned { $0.fit == 1 && $0.pass == 1 })
    #expect(first.settings.contains("beta 0.2"))
    #expect(first.make(sequences) { done, total in done == total - 1 } == nil)
  }
}
