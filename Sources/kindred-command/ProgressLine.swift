import Kindred
import Synchronization

/// Shows how far long work has come, on standard error.
///
/// On a terminal it is one line that is drawn over itself; elsewhere (`--progress` into a log) a line now and then.
final class ProgressLine: Sendable {
  private struct State {
    var stage = ""
    var stageStart = ContinuousClock.now
    var lastShown: ContinuousClock.Instant?
    var isAnnounced = false
  }

  /// Least time between two drawings.
  private let interval: Duration
  private let isTerminal: Bool
  private let state = Mutex(State())

  init(isTerminal: Bool = StandardError.isTerminal) {
    self.isTerminal = isTerminal
    interval = isTerminal ? .milliseconds(100) : .seconds(1)
  }

  /// Takes one report of the store's.
  func show(_ progress: Store.Progress) {
    show(
      stage: progress.stage, completed: progress.completed, total: progress.total,
      secondsLeft: progress.secondsLeft)
  }

  /// Writes a line that stays, the first time it is called.
  func announce(_ text: @autoclosure () -> String) {
    let isFirst = state.withLock { state in
      defer { state.isAnnounced = true }
      return !state.isAnnounced
    }
    if isFirst { StandardError.write("\(text())\n") }
  }

  /// Takes one report; draws it when the last drawing is long enough ago, or a stage begins or ends.
  /// - Parameter secondsLeft: of all of the work, where that is known; else what is left of the stage is shown, by its
  ///   rate.
  func show(stage: String, completed: Int, total: Int?, secondsLeft: Double? = nil) {
    state.withLock { state in
      let now = ContinuousClock.now
      let isNewStage = stage != state.stage || state.lastShown == nil
      if isNewStage {
        state.stage = stage
        state.stageStart = now
      }
      let isLast = total == completed
      if !isNewStage, !isLast, let last = state.lastShown, last.duration(to: now) < interval { return }
      state.lastShown = now
      let line = Self.line(
        stage, completed, of: total, seconds: state.stageStart.duration(to: now) / .seconds(1),
        secondsLeft: secondsLeft)
      isTerminal ? StandardError.drawLine(line) : StandardError.write("\(line)\n")
    }
  }

  /// Removes the line, so that what is printed next starts on a clean one.
  func finish() {
    if isTerminal { StandardError.clearLine() }
  }

  /// `building content  45,000 of 100,000  45%  12,300/s  4 s left`, or `at most 4 min left` of all of the work.
  private static func line(
    _ stage: String, _ completed: Int, of total: Int?, seconds: Double, secondsLeft: Double?
  ) -> String {
    var parts = [Table.printable(stage)]
    guard let total = total, total > 0 else {
      parts.append(People.count(completed))
      parts += rate(completed, seconds: seconds)
      return parts.joined(separator: "  ")
    }
    let share = Double(completed) / Double(total)
    parts.append("\(People.count(completed)) of \(People.count(total))")
    parts.append("\(Int(share * 100))%")
    if seconds >= 1, completed > 0 {
      parts += rate(completed, seconds: seconds)
      if share < 1, secondsLeft == nil {
        parts.append("\(People.seconds(seconds / share - seconds)) left")
      }
    }
    if let secondsLeft { parts.append("at most \(People.about(seconds: secondsLeft)) left") }
    return parts.joined(separator: "  ")
  }

  /// The rate, once it is known; none below one a second, where `0/s` would say that nothing moves.
  private static func rate(_ completed: Int, seconds: Double) -> [String] {
    let rate = Int(Double(completed) / max(seconds, 1))
    return seconds >= 1 && rate > 0 ? ["\(People.count(rate))/s"] : []
  }
}
