/// How far a long piece of work is.
public struct WorkProgress: Sendable, Hashable {
  /// What is being done.
  public var stage: String
  /// How much of it is done.
  public var completed: Int
  /// How much there is; nil where nobody knows.
  public var total: Int?
  /// Seconds that all of the work may still take, where more is known of it than how fast this stage is.
  public var secondsLeft: Double?

  /// Makes a report.
  public init(stage: String, completed: Int, total: Int?, secondsLeft: Double? = nil) {
    self.stage = stage
    self.completed = completed
    self.total = total
    self.secondsLeft = secondsLeft
  }
}

/// Receives the progress of long work, a few times a second.
public typealias ProgressHandler = @Sendable (WorkProgress) -> Void
