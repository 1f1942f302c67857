import Testing

@testable import Kindred
@testable import Recommending

/// "epoch 3", of how many and for how long nobody could say.
@Suite struct TrainingEstimateTests {
  @Test func theTimeLeftIsByTheEpochsDone() throws {
    let estimate = TrainingEstimate(epochs: 25, limitSeconds: nil, epochsBefore: 0)
    #expect(estimate.secondsLeft(done: 0.5, after: 0.9) == nil)
    #expect(estimate.secondsLeft(done: 0.01, after: 9) == nil)
    #expect(estimate.secondsLeft(done: 0.5, after: 6) == 24.5 * 12)
    #expect(estimate.secondsLeft(done: 25, after: 300) == 0)
  }

  @Test func aTimeLimitEndsIt() {
    let estimate = TrainingEstimate(epochs: 300, limitSeconds: 60, epochsBefore: 0)
    #expect(estimate.secondsLeft(done: 1, after: 20) == 40)
    #expect(estimate.secondsLeft(done: 4, after: 61) == 0)
  }

  /// Epochs of a checkpoint took no time in this run.
  @Test func aResumedTrainingCountsItsOwnEpochs() {
    let estimate = TrainingEstimate(epochs: 20, limitSeconds: nil, epochsBefore: 10)
    #expect(estimate.secondsLeft(done: 10, after: 5) == nil)
    #expect(estimate.secondsLeft(done: 12, after: 10) == 40)
  }
}
