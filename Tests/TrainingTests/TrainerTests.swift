import SessionEncoder
import Testing
import Training
import VectorMath

@Suite struct TrainerTests {
  /// Cycles 0 1 2 … 9 0 1 …, entered anywhere: the next item follows from the last.
  private let sequences: [[UInt32]] = (0..<40).map { start in (0..<6).map { UInt32((start + $0) % 10) } }

  private func trainer(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> Trainer<Float> {
    var shape = SessionConfiguration(itemCount: 10)
    shape.dimension = 16
    shape.maximumLength = 4
    var recipe = TrainingConfiguration()
    recipe.batchSize = 8
    recipe.learningRate = 1e-2
    recipe.warmUpSteps = 5
    recipe.dropout = 0.1
    change(&recipe)
    return Trainer(SessionModel(shape), recipe)
  }

  @Test(arguments: [nil, 6])
  func aRuleIsLearned(_ negatives: Int?) {
    let trainer = trainer { $0.negatives = negatives }
    let losses = (0..<25).map { _ in trainer.epoch(sequences) }
    #expect(losses[0] > 1)
    #expect(losses[24] < 0.1, "\(losses)")
  }

  @Test func theSameSeedGivesTheSameWeights() {
    let weights = [1, 1, 2].map { seed in
      let trainer = trainer { $0.seed = UInt64(seed) }
      for _ in 0..<3 { _ = trainer.epoch(sequences) }
      return Array(UnsafeBufferPointer(start: trainer.parameters, count: trainer.model.layout.count))
    }
    #expect(weights[0] == weights[1])
    #expect(weights[0] != weights[2])
  }

  /// Threads change the order of sums and what is dropped, so without dropout the losses agree up to rounding.
  @Test func threadsDoNotChangeWhatIsLearned() {
    let losses = [1, 2].map { threads in
      let trainer = trainer {
        $0.threads = threads
        $0.dropout = 0
      }
      return (0..<4).map { _ in trainer.epoch(sequences) }
    }
    for (one, two) in zip(losses[0], losses[1]) { #expect(abs(one - two) < 1e-3 * one) }
  }
}
