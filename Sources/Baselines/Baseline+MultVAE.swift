import Basics
import Evaluation

/// How Mult-VAE is tuned: each fit also finds its number of epochs.
extension Baseline {
  /// The weights of the divergence that are tried.
  private static let betas = [0.2, 1]
  /// Epochs without a better NDCG@10 on validation until a fit ends.
  private static let patience = 20

  /// The best weight of the divergence and number of epochs by NDCG@10 on validation; the seconds of an epoch grow with
  /// users by items.
  func tunedMultVAE(
    _ training: SequenceSet, _ task: RankingTask, _ threads: Int,
    _ progress: @Sendable (TuningStep) -> Bool
  ) -> Tuned? {
    var best: Tuned?
    for (number, beta) in Self.betas.enumerated() {
      if progress(TuningStep(fit: number, fitCount: Self.betas.count)) { break }
      var configuration = MultVAE.Configuration(
        userCount: training.count { !$0.isEmpty }, itemCount: task.itemCount)
      configuration.beta = beta
      let found = stoppedEarly(configuration, training, task, threads) { epoch in
        progress(
          TuningStep(
            fit: number, fitCount: Self.betas.count, pass: epoch, passCount: configuration.epochs))
      }
      guard let found else { break }
      if best.map({ found.validation > $0.validation }) ?? true { best = found }
    }
    return best
  }

  /// The best epoch of one fit; nil where it cannot be made or was ended.
  private func stoppedEarly(
    _ configuration: MultVAE.Configuration, _ sequences: SequenceSet, _ task: RankingTask, _ threads: Int,
    isStopped: (Int) -> Bool
  ) -> Tuned? {
    let training = MultVAETraining(sequences, itemCount: task.itemCount, threads: threads, configuration)
    guard let training else { return nil }
    var best: (epochs: Int, scorer: MultVAE, validation: Double)?
    for epoch in 1...configuration.epochs {
      guard training.runEpoch(isStopped: { isStopped(epoch - 1) }) else { return nil }
      let scorer = training.scorer
      let score = Ranking(task, by: HistoryScorer(scorer), k: 10, threads: threads).metrics.ndcg(at: 10)
      if best.map({ score > $0.validation }) ?? true { best = (epoch, scorer, score) }
      if let best, epoch - best.epochs >= Self.patience { break }
    }
    guard let best else { return nil }
    var fitted = configuration
    fitted.epochs = best.epochs
    return Tuned(
      baseline: self,
      fit: { [fitted] sequences, progress in
        MultVAE(sequences, itemCount: task.itemCount, threads: threads, fitted) {
          progress($0, fitted.epochs)
        }
      },
      validated: best.scorer,
      settings:
        "\(fitted.hidden)-\(fitted.latent)-\(fitted.hidden), beta \(fitted.beta), \(fitted.epochs) epochs",
      validation: best.validation)
  }
}
