package import Values
package import Basics
package import Evaluation
import SessionEncoder

/// Trains epoch by epoch until held-out events are no longer ranked better.
package struct Fit: Sendable {
  /// Maximum number of epochs.
  package var epochs = 200
  /// Training ends after this many epochs without a better score.
  package var patience = 20
  /// Targets are scored by NDCG at this many ranks.
  private static let cutoff = 10

  package init() {}

  /// Where a training stands between two epochs; with the trainer's own state all that is needed to go on.
  package struct Progress: Sendable {
    package var epoch = 0
    package var bestEpoch = 0
    package var bestScore = -1.0
    /// The weights of the best epoch.
    package var bestWeights: [Float] = []

    package init() {}
  }

  /// Goes on from `progress` until an end is reached.
  /// - Parameters:
  ///   - training: sequences of at least two events.
  ///   - heldOut: of the encoder's items, with kinds and gaps; nil trains all epochs and keeps the last weights.
  ///   - onEpoch: called after each; here checkpoints may be taken.
  ///   - isStopped: asked before each step with the epoch and the share of it that is done; what is best so far is
  ///     kept.
  /// - Returns: whether it came to an end by itself.
  @discardableResult
  package func run(
    _ trainer: Trainer<Float>, _ training: SequenceSet, heldOut: RankingTask?, progress: inout Progress,
    onEpoch: (TrainingEpoch, Progress) throws -> Void, isStopped: (Int, Double) -> Bool
  ) rethrows -> Bool {
    let ranking = HeldOutRanks(trainer.model, threads: trainer.configuration.threads)
    let clock = ContinuousClock()
    while progress.epoch < epochs, progress.epoch - progress.bestEpoch < patience || progress.epoch == 0 {
      let number = progress.epoch + 1
      let start = clock.now
      var wasStopped = false
      let loss = trainer.epoch(training) { share in
        wasStopped = wasStopped || isStopped(number, share)
        return wasStopped
      }
      let seconds = (clock.now - start) / .seconds(1)
      if wasStopped {
        if progress.bestWeights.isEmpty { keep(trainer, &progress) }
        return false
      }
      progress.epoch = number
      var score: Double?
      var isBest = heldOut == nil
      if let heldOut {
        let ndcg = RankingMetrics(
          ranks: ranking.ranks(trainer.trained, heldOut, leavingOut: trainer.withheld)
        ).ndcg(at: Self.cutoff)
        score = ndcg
        isBest = ndcg > progress.bestScore
        progress.bestScore = max(ndcg, progress.bestScore)
      }
      if isBest {
        progress.bestEpoch = number
        keep(trainer, &progress)
      }
      try onEpoch(
        TrainingEpoch(
          epoch: number, loss: loss, validationNDCG: score, isBest: isBest, seconds: seconds,
          sequencesPerSecond: Double(training.count) / seconds), progress)
    }
    return true
  }

  private func keep(_ trainer: Trainer<Float>, _ progress: inout Progress) {
    progress.bestWeights = trainer.trainedWeights
  }
}
