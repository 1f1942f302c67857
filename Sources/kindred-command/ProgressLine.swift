import Synchronization

/// Shows how far long work has come, on standard error.
///
/// On a terminal it is one line that is drawn over itself; elsewhere (`--progress` into a log) a line now and then.
final class ProgressLine: Sendable {
  private struct State {
    var stage = ""
    var stageStart = ContinuousClock.now
    var lastShown: ContinuousClock.Instant?
  }

  /// Least time between two drawings.
  private let interval: Duration
  private let isTerminal: Bool
  private let state = Mutex(State())

  init(isTerminal: Bool = StandardError.isTerminal) {
    self.isTerminal = isTerminal
    interval = isTerminal ? .milliseconds(100) : .seconds(1)
  }

  /// Takes one report; draws it when the last drawing is long enough ago, or a stage begins or ends.
  func show(stage: String, completed: Int, total: Int?) {
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
      let line = Self.line(stage, completed, of: total, seconds: state.stageStart.duration(to: now).inSeconds)
      isTerminal ? StandardError.drawLine(line) : StandardError.write("\(line)\n")
    }
  }

  /// Removes the line, so that what is printed next starts on a clean one.
  func finish() {
    if isTerminal { StandardError.clearLine() }
  }

  /// `building content  45,000 of 100,000  45%  12,300/s  4 s left`
  private static func line(_ stage: String, _ completed: Int, of total: Int?, seconds: Double) -> String {
    var parts = [Table.printable(stage)]
    guard let total = total, total > 0 else {
      parts.append(People.count(completed))
      if seconds >= 1 { parts.append("\(People.count(Int(Double(completed) / seconds)))/s") }
      return parts.joined(separator: "  ")
    }
    let share = Double(completed) / Double(total)
    parts.append("\(People.count(completed)) of \(People.count(total))")
    parts.append("\(Int(share * 100))%")
    if seconds >= 1, completed > 0 {
      parts.append("\(People.count(Int(Double(completed) / seconds)))/s")
      if share < 1 { parts.append("\(People.seconds(seconds / share - seconds)) left") }
    }
    return parts.joined(separator: "  ")
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
