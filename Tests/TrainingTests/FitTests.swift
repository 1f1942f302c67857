import Basics
import Evaluation
import SessionEncoder
import TestSupport
import Testing
import Training
import Values

@Suite struct FitTests {
  private let cycles = SequenceSet((0..<40).map { start in (0..<6).map { UInt32((start + $0) % 10) } })

  private func trainer() -> Trainer<Float> {
    var shape = SessionConfiguration(itemCount: 10)
    shape.dimension = 16
    shape.maximumLength = 4
    var recipe = TrainingConfiguration()
    recipe.batchSize = 8
    recipe.learningRate = 1e-2
    recipe.warmUpSteps = 5
    recipe.dropout = 0.1
    return Trainer(SessionModel(shape), recipe)
  }

  private func run(
    _ fit: Fit, _ trainer: Trainer<Float>, _ progress: inout Fit.Progress,
    isStopped: (Int, Double) -> Bool = { _, _ in false }
  ) -> (isDone: Bool, epochs: [TrainingEpoch]) {
    var epochs: [TrainingEpoch] = []
    let isDone = fit.run(
      trainer, cycles.droppingLast(1),
      heldOut: RankingTask(leavingOneOut: cycles, itemCount: 10, isKeepingSeen: true),
      progress: &progress,
      onEpoch: { epoch, _ in epochs.append(epoch) }, isStopped: isStopped)
    return (isDone, epochs)
  }

  @Test func itEndsWhenNothingImproves() {
    var fit = Fit()
    fit.patience = 3
    var progress = Fit.Progress()
    let (isDone, epochs) = run(fit, trainer(), &progress)
    #expect(isDone)
    // Every held-out target is found first at last, which cannot be improved on.
    #expect(progress.bestScore == 1)
    #expect(progress.epoch == progress.bestEpoch + 3)
    #expect(epochs.last { $0.isBest }?.epoch == progress.bestEpoch)
    #expect(epochs.count < 200)
  }

  @Test func stoppingKeepsTheBest() {
    let fit = Fit()
    var progress = Fit.Progress()
    let trainer = trainer()
    let (isDone, epochs) = run(fit, trainer, &progress) { epoch, share in epoch == 4 && share >= 0.5 }
    #expect(!isDone)
    #expect(epochs.count == 3)
    #expect(progress.bestWeights.count == trainer.model.layout.count)
    #expect(progress.bestScore == epochs.compactMap(\.validationNDCG).max())
  }

  @Test func stoppedAtOnceThereAreStillWeights() {
    var progress = Fit.Progress()
    #expect(!run(Fit(), trainer(), &progress, isStopped: { _, _ in true }).isDone)
    #expect(!progress.bestWeights.isEmpty)
  }
}
