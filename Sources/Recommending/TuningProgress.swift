import Values
import Baselines
import Basics

/// Reports the choice of settings: which fit of how many, and the pass of a fit that makes several.
struct TuningProgress: Sendable {
  private let stage: String
  private let progress: ProgressHandler?

  init(_ stage: String, _ progress: ProgressHandler?) {
    self.stage = stage
    self.progress = progress
  }

  /// - Returns: whether the task was cancelled.
  @discardableResult
  func show(_ step: Baseline.TuningStep) -> Bool {
    guard let pass = step.pass, let passCount = step.passCount else {
      return show(stage, step.fit, of: step.fitCount)
    }
    return show("\(stage), fit \(step.fit + 1) of \(step.fitCount), iteration", pass, of: passCount)
  }

  /// - Returns: whether the task was cancelled.
  func show(_ stage: String, _ completed: Int, of total: Int) -> Bool {
    progress?(WorkProgress(stage: stage, completed: completed, total: total))
    return Task.isCancelled
  }
}
