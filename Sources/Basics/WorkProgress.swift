/// How far a long piece of work is.
package struct WorkProgress: Sendable {
  /// What is being done.
  package var stage: String
  package var completed: Int
  /// nil where nobody knows.
  package var total: Int?
  /// Seconds that all of the work may still take, where more is known of it than how fast this stage is.
  package var secondsLeft: Double?

  package init(stage: String, completed: Int, total: Int?, secondsLeft: Double? = nil) {
    self.stage = stage
    self.completed = completed
    self.total = total
    self.secondsLeft = secondsLeft
  }
}

/// Receives the progress of long work, a few times a second.
package typealias ProgressReporter = @Sendable (WorkProgress) -> Void
