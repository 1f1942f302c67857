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

  /// A baseline with the settings that did best on validation.
  package struct Tuned: Sendable {
    package let baseline: Baseline
    /// Learns from sequences with the settings found.
    package let make: @Sendable ([[UInt32]]) -> (any ItemScorer)?
    /// The settings, in words.
    package let settings: String
    /// NDCG@10 on validation.
    package let validation: Double
  }

  /// The best of a grid of settings by NDCG@10 on validation; nil where the baseline does not do for so many items.
  /// - Parameters:
  ///   - training: sequences that hold no target of `validation`.
  ///   - limit: validation targets at most, evenly spread.
  package func tuned(
    _ training: [[UInt32]], validation: RankingTask, limit: Int = 2_000, threads: Int
  ) -> Tuned? {
    let task = validation.sampled(limit)
    var best: Tuned?
    for (settings, make) in candidates(itemCount: validation.itemCount, threads: threads) {
      guard let scorer = make(training) else { return nil }
      let score = Ranking(task, by: HistoryScorer(scorer), k: 10, threads: threads).metrics.ndcg(at: 10)
      if best.map({ score > $0.validation }) ?? true {
        best = Tuned(baseline: self, make: make, settings: settings, validation: score)
      }
    }
    return best
  }

  private typealias Candidate = (settings: String, make: @Sendable ([[UInt32]]) -> (any ItemScorer)?)

  private func candidates(itemCount: Int, threads: Int) -> [Candidate] {
    switch self {
    case .popularity: return [("all events", { Popularity($0, itemCount: itemCount) })]
    case .recent:
      return [1, 2, 3, 5].map { (last: Int) in
        ("last \(last) of each sequence", { Popularity($0, itemCount: itemCount, recent: last) })
      }
    case .ownHistory:
      return [0.9, 0.97, 0.99, 0.997, 1].map { decay in
        ("decay \(decay)", { OwnHistory($0, itemCount: itemCount, decay: decay) })
      }
    case .itemNeighbors:
      return grid([0.0, 10, 50], [0.3, 0.5, 0.8]).map { shrink, decay in
        var configuration = ItemNeighbors.Configuration()
        configuration.shrink = shrink
        configuration.decay = decay
        return (
          "shrink \(shrink), decay \(decay)",
          { [configuration] in ItemNeighbors($0, itemCount: itemCount, configuration) }
        )
      }
    case .rules:
      return grid([1, 5, 10], [0.3, 0.6, 0.8]).flatMap { window, decay in
        grid([false, true], [0.0, 0.3, 0.5]).map { isSymmetric, power in
          var configuration = SequentialRules.Configuration()
          configuration.window = window
          configuration.decay = decay
          configuration.isSymmetric = isSymmetric
          configuration.consequentPower = power
          return (
            "window \(window), decay \(decay), power \(power)\(isSymmetric ? ", both ways" : "")",
            { [configuration] in SequentialRules($0, itemCount: itemCount, configuration) }
          )
        }
      }
    case .sessionNeighbors:
      return grid([100, 500, 1_500], [false, true]).map { count, isQuadratic in
        var configuration = SessionNeighbors.Configuration()
        configuration.neighborCount = count
        configuration.isQuadratic = isQuadratic
        return (
          "\(count) neighbors, \(isQuadratic ? "quadratic" : "linear") decay",
          { [configuration] in SessionNeighbors($0, itemCount: itemCount, configuration) }
        )
      }
    case .autoencoder:
      return [30.0, 200].map { lambda in
        var configuration = LinearAutoencoder.Configuration()
        configuration.lambda = lambda
        return (
          "lambda \(lambda), decay \(configuration.decay)",
          { [configuration] in LinearAutoencoder($0, itemCount: itemCount, threads: threads, configuration) }
        )
      }
    case .factorization:
      return grid([3.0, 20], [3.0, 30]).map { alpha, lambda in
        var configuration = MatrixFactorization.Configuration()
        configuration.alpha = alpha
        configuration.lambda = lambda
        return (
          "64 wide, alpha \(alpha), lambda \(lambda)",
          { [configuration] in MatrixFactorization($0, itemCount: itemCount, threads: threads, configuration)
          }
        )
      }
    }
  }

  private func grid<A, B>(_ first: [A], _ second: [B]) -> [(A, B)] {
    first.flatMap { one in second.map { (one, $0) } }
  }
}
