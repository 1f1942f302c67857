import ArgumentParser
import Kindred

/// The flags that every command has, and the output that follows from them.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON: one document, or one line per result.")
  var json = false

  @Flag(name: [.short, .long], help: "No progress and no notes on standard error.")
  var quiet = false

  @Flag(help: "Show progress even when standard error is not a terminal.")
  var progress = false

  /// Runs long work with a progress line, where one is wanted.
  func withProgressLine<R>(_ work: (ProgressLine?) throws -> R) rethrows -> R {
    guard !quiet, progress || StandardError.isTerminal else { return try work(nil) }
    let line = ProgressLine()
    defer { line.finish() }
    return try work(line)
  }

  /// Runs long work of the store's, which reports by a closure.
  func withProgress<R>(_ work: ((@Sendable (Progress) -> Void)?) throws -> R) rethrows -> R {
    try withProgressLine { line in
      guard let line else { return try work(nil) }
      return try work { line.show(stage: $0.stage, completed: $0.completed, total: $0.total) }
    }
  }

  /// Prints the result in one of its two forms.
  func print(_ json: @autoclosure () throws -> JSON, people: @autoclosure () -> String) throws {
    if self.json {
      try StandardOutput.shared.print(try json())
    } else {
      try StandardOutput.shared.print(people())
    }
  }

  /// Says something useful that is not a result, unless `--quiet` or a program is listening.
  func note(_ text: String) throws {
    guard !quiet, !json else { return }
    // Results first, so that the two streams read in order where they meet in one terminal.
    try StandardOutput.shared.flush()
    StandardError.write("\(text)\n")
  }
}

/// Measures the seconds that work takes.
func timed<R>(_ work: () throws -> R) rethrows -> (result: R, seconds: Double) {
  let start = ContinuousClock.now
  let result = try work()
  return (result, start.duration(to: .now).inSeconds)
}
