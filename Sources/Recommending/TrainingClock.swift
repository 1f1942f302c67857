import Basics
import Values

/// The time that a training takes: says when to stop, and reports how far it is.
final class TrainingClock {
  private let estimate: TrainingEstimate
  private let progress: ProgressHandler?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// Whether the task was cancelled when it was asked last.
  private(set) var isCancelled = false

  init(_ estimate: TrainingEstimate, _ progress: ProgressHandler?) {
    self.estimate = estimate
    self.progress = progress
    start = clock.now
  }

  var seconds: Double { (clock.now - start) / .seconds(1) }

  /// - Parameters:
  ///   - epochs: how many are done, the one under way in part.
  ///   - limitShare: of the time limit, after which to stop.
  func isStopped(
    _ stage: String, _ done: Int, of total: Int, epochs: Double? = nil, limitShare: Double = 1
  ) -> Bool {
    isCancelled = Task.isCancelled
    let spent = seconds
    progress?(
      WorkProgress(
        stage: stage, completed: done, total: total,
        secondsLeft: epochs.flatMap { estimate.secondsLeft(done: $0, after: spent) }))
    return isCancelled || estimate.limitSeconds.map { spent >= limitShare * $0 } ?? false
  }
}

/// How long a training may still take, by what its epochs took so far.
struct TrainingEstimate {
  /// Maximum number of epochs, those included in which held-out events are learned from.
  let epochs: Double
  /// The time limit.
  let limitSeconds: Double?
  /// Epochs that were done before the clock was started, by a training that was resumed.
  let epochsBefore: Double

  /// What was done in less than this says nothing yet.
  private static let leastSeconds = 1.0
  private static let leastEpochs = 0.02

  /// Seconds that are left at most, early stopping and the counting after the last epoch left out; nil while too little
  /// was done to estimate it.
  /// - Parameter done: epochs done, those before the clock was started included.
  func secondsLeft(done: Double, after seconds: Double) -> Double? {
    let new = done - epochsBefore
    guard seconds >= Self.leastSeconds, new >= Self.leastEpochs else { return nil }
    let left = max(0, epochs - done) * seconds / new
    return limitSeconds.map { min(left, max(0, $0 - seconds)) } ?? left
  }
}
