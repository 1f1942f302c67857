import Values
import Basics

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

  /// - Parameter epochs: how many are done, the one under way in part.
  func isStopped(_ stage: String, _ done: Int, of total: Int, epochs: Double? = nil) -> Bool {
    isCancelled = Task.isCancelled
    let spent = seconds
    progress?(
      WorkProgress(
        stage: stage, completed: done, total: total,
        secondsLeft: epochs.flatMap { estimate.secondsLeft(done: $0, after: spent) }))
    return isCancelled || estimate.limitSeconds.map { spent >= $0 } ?? false
  }
}
