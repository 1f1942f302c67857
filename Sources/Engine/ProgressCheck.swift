package import Values
import Basics

/// Passes the progress of the engine's work on, and asks it to stop where the task was cancelled.
package func untilCancelled(_ report: ProgressHandler?) -> ProgressCheck {
  { stage, completed, total in
    report?(WorkProgress(stage: stage, completed: completed, total: total))
    return !Task.isCancelled
  }
}
