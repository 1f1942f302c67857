package import Basics
package import Evaluation

/// Receives how many passes of a fit are done, of how many, and says whether to end with them.
package typealias FitProgress = @Sendable (_ completed: Int, _ total: Int) -> Bool

/// Ways to recommend that need no encoder, each tuned on validation before it is compared with one.
package enum Baseline: String, CaseIterable, Sendable {
  case popularity
  case recent
  case ownHistory = "own-history"
  case itemNeighbors = "item-knn"
  case rules
  case sessionNeighbors = "v-sknn"
  case autoencoder = "ease"
  case factorization = "als"
  case multVAE = "mult-vae"

  /// A baseline with the settings that did best on validation.
  package struct Tuned: Sendable {
    package let baseline: Baseline
    let fit: @Sendable (SequenceSet, FitProgress) -> (any ItemScorer)?
    /// What it learned while it was tuned: nothing of validation.
    package let validated: any ItemScorer
    /// The settings, in words.
    package let settings: String
    /// NDCG@10 on validation.
    package let validation: Double

    /// Learns from sequences with the settings found.
    package func make(_ sequences: SequenceSet, progress: FitProgress = { _, _ in false }) -> (
      any ItemScorer
    )? {
      fit(sequences, progress)
    }
  }

  /// How far the choice of settings is.
  package struct TuningStep: Sendable, Hashable {
    /// The fit that is running, from 0.
    package var fit: Int
    package var fitCount: Int
    /// Passes of this fit that are done, where it makes several.
    package var pass: Int?
    package var passCount: Int?
  }

  /// The largest number of items that the baseline can take; nil where there is no limit.
  package var itemLimit: Int? {
    switch self {
    case .autoencoder: LinearAutoencoder.itemLimit
    case .multVAE: MultVAE.itemLimit
    default: nil
    }
  }

  /// The best of a grid of settings by NDCG@10 on validation; nil for more items than `itemLimit`, and where `progress`
  /// ended it before the first fit was done.
  /// - Parameters:
  ///   - training: sequences that hold no target of `validation`.
  ///   - limit: maximum number of validation targets, evenly spread.
  ///   - minimumSupport: of rules: the number of sequences that each must occur in.
  ///   - progress: receives each step, and says whether to end.
  package func tuned(
    _ training: SequenceSet, validation: RankingTask, limit: Int = 2_000, minimumSupport: Int = 1,
    threads: Int,
    progress: @Sendable (TuningStep) -> Bool = { _ in false }
  ) -> Tuned? {
    let task = validation.sampled(limit)
    if self == .multVAE { return tunedMultVAE(training, task, threads, progress) }
    guard self == .rules else {
      return best(of: candidates(task, threads), training, task, threads, progress)?.tuned
    }
    // Each setting takes a pass over all events, so first what is counted is chosen, then how it is weighed.
    let counted = rules(counting: task, minimumSupport)
    let candidates = counted.map { rules($0, task.itemCount) }
    guard let best = best(of: candidates, training, task, threads, progress) else { return nil }
    let weighed = rules(weighing: counted[best.number])
    return self.best(of: weighed.map { rules($0, task.itemCount) }, training, task, threads, progress)?.tuned
  }

  private typealias Candidate = (
    settings: String, fit: @Sendable (SequenceSet, FitProgress) -> (any ItemScorer)?
  )

  private func best(
    of candidates: [Candidate], _ training: SequenceSet, _ task: RankingTask, _ threads: Int,
    _ progress: @Sendable (TuningStep) -> Bool
  ) -> (number: Int, tuned: Tuned)? {
    var best: (number: Int, tuned: Tuned)?
    for (number, candidate) in candidates.enumerated() {
      let step = TuningStep(fit: number, fitCount: candidates.count)
      if progress(step) { break }
      let scorer = withoutActuallyEscaping(progress) { progress in
        candidate.fit(training) { pass, passCount in
          progress(TuningStep(fit: number, fitCount: candidates.count, pass: pass, passCount: passCount))
        }
      }
      guard let scorer else { return nil }
      let score = Ranking(task, by: HistoryScorer(scorer), k: 10, threads: threads).metrics.ndcg(at: 10)
      if best.map({ score > $0.tuned.validation }) ?? true {
        best = (
          number,
          Tuned(
            baseline: self, fit: candidate.fit, validated: scorer, settings: candidate.settings,
            validation: score)
        )
      }
    }
    return best
  }

  private func rules(_ configuration: SequentialRules.Configuration, _ itemCount: Int) -> Candidate {
    (
      "window \(configuration.window), decay \(configuration.decay), power \(configuration.consequentPower)"
        + (configuration.isSymmetric ? ", both ways" : "")
        + (configuration.includesItself ? ", items follow themselves" : "")
        + (configuration.minimumSupport > 1 ? ", support \(configuration.minimumSupport)" : ""),
      { sequences, _ in SequentialRules(sequences, itemCount: itemCount, configuration) }
    )
  }

  private func rules(
    counting task: RankingTask, _ minimumSupport: Int = 1
  ) -> [SequentialRules.Configuration] {
    returning(task).flatMap { includesItself in
      grid([1, 5, 10], [false, true]).map { window, isSymmetric in
        var configuration = SequentialRules.Configuration()
        configuration.consequentPower = 0.3
        configuration.minimumSupport = minimumSupport
        configuration.window = window
        configuration.isSymmetric = isSymmetric
        configuration.includesItself = includesItself
        return configuration
      }
    }
  }

  private func rules(weighing counted: SequentialRules.Configuration) -> [SequentialRules.Configuration] {
    grid([0.3, 0.6, 0.8], [0.0, 0.3, 0.5]).map { decay, power in
      var configuration = counted
      configuration.decay = decay
      configuration.consequentPower = power
      return configuration
    }
  }

  /// Whether items may predict themselves: where those of the history are not ranked it makes no difference.
  private func returning(_ task: RankingTask) -> [Bool] { task.isKeepingSeen ? [false, true] : [false] }

  private func candidates(_ task: RankingTask, _ threads: Int) -> [Candidate] {
    let itemCount = task.itemCount
    switch self {
    case .popularity: return [("all events", { sequences, _ in Popularity(sequences, itemCount: itemCount) })]
    case .recent:
      return [1, 2, 3, 5].map { (last: Int) in
        (
          "last \(last) of each sequence",
          { sequences, _ in Popularity(sequences, itemCount: itemCount, recent: last) }
        )
      }
    case .ownHistory:
      return [0.9, 0.97, 0.99, 0.997, 1].map { decay in
        ("decay \(decay)", { sequences, _ in OwnHistory(sequences, itemCount: itemCount, decay: decay) })
      }
    case .itemNeighbors:
      return returning(task).flatMap { includesItself in
        grid([0.0, 10, 50], [0.3, 0.5, 0.8]).map { shrink, decay in
          var configuration = ItemNeighbors.Configuration()
          configuration.shrink = shrink
          configuration.decay = decay
          configuration.includesItself = includesItself
          return (
            "shrink \(shrink), decay \(decay)\(includesItself ? ", items among their own" : "")",
            { [configuration] sequences, _ in ItemNeighbors(sequences, itemCount: itemCount, configuration) }
          )
        }
      }
    case .rules: return rules(counting: task).map { rules($0, itemCount) }
    case .sessionNeighbors:
      return grid([100, 500, 1_500], [false, true]).map { count, isQuadratic in
        var configuration = SessionNeighbors.Configuration()
        configuration.neighborCount = count
        configuration.isQuadratic = isQuadratic
        return (
          "\(count) neighbors, \(isQuadratic ? "quadratic" : "linear") decay",
          { [configuration] sequences, _ in
            SessionNeighbors(sequences, itemCount: itemCount, configuration)
          }
        )
      }
    case .autoencoder:
      return [30.0, 200].map { lambda in
        var configuration = LinearAutoencoder.Configuration()
        configuration.lambda = lambda
        return (
          "lambda \(lambda), decay \(configuration.decay)",
          { [configuration] sequences, _ in
            LinearAutoencoder(sequences, itemCount: itemCount, threads: threads, configuration)
          }
        )
      }
    case .multVAE: return []  // tuned apart
    case .factorization:
      return grid([3.0, 20], [3.0, 30]).map { alpha, lambda in
        var configuration = MatrixFactorization.Configuration()
        configuration.alpha = alpha
        configuration.lambda = lambda
        return (
          "64 wide, alpha \(alpha), lambda \(lambda)",
          { [configuration] sequences, progress in
            MatrixFactorization(sequences, itemCount: itemCount, threads: threads, configuration) {
              progress($0, configuration.iterations)
            }
          }
        )
      }
    }
  }

  private func grid<A, B>(_ first: [A], _ second: [B]) -> [(A, B)] {
    first.flatMap { one in second.map { (one, $0) } }
  }
}
