package import Basics

/// Passes the progress of the engine's work on, and asks it to stop where the task was cancelled.
package func untilCancelled(_ report: ProgressReporter?) -> ProgressHandler {
  { stage, completed, total in
    report?(WorkProgress(stage: stage, completed: completed, total: total))
    return !Task.isCancelled
  }
}
