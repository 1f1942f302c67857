import ArgumentParser
import Kindred

/// The flags that every command has.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON: one document, or one line per result.")
  var json = false

  @Flag(name: [.short, .long], help: "No progress and no notes on standard error.")
  var quiet = false

  @Flag(help: "Show progress even when standard error is not a terminal.")
  var progress = false
}

/// The flags that every command has, and the format of the rows that it prints.
struct RowOutputOptions: ParsableArguments {
  @Option(
    name: .customLong("format"),
    help: ArgumentHelp(
      "How results are printed; CSV has whole values, as JSON has. --json is --format json.",
      valueName: "format"))
  var given: OutputFormat?

  @OptionGroup var flags: OutputOptions

  func validate() throws {
    if let given, flags.json, given != .json {
      throw ValidationError("--json and --format \(given.rawValue) exclude each other; give one.")
    }
  }
}

/// The output that follows from a command's flags.
protocol CommandOutput {
  /// The flags that were given.
  var flags: OutputOptions { get }
  /// How results are printed.
  var format: OutputFormat { get }
}

extension OutputOptions: CommandOutput {
  var flags: OutputOptions { self }
  var format: OutputFormat { json ? .json : .table }
}

extension RowOutputOptions: CommandOutput {
  var format: OutputFormat { given ?? flags.format }
}

extension CommandOutput {
  var json: Bool { format == .json }
  var quiet: Bool { flags.quiet }

  /// Runs long work with a progress line, where one is wanted.
  func withProgressLine<R>(_ work: (ProgressLine?) throws -> R) rethrows -> R {
    guard !flags.quiet, flags.progress || StandardError.isTerminal else { return try work(nil) }
    let line = ProgressLine()
    defer { line.finish() }
    return try work(line)
  }

  /// Runs long work of the store's, which reports by a closure.
  func withProgress<R>(_ work: ((@Sendable (Store.Progress) -> Void)?) throws -> R) rethrows -> R {
    try withProgressLine { line in
      guard let line else { return try work(nil) }
      return try work { line.show($0) }
    }
  }

  /// Prints the result in one of its two forms.
  func print(_ json: @autoclosure () throws -> JSON, people: @autoclosure () -> String) throws {
    if format == .json {
      try StandardOutput.shared.print(try json())
    } else {
      try StandardOutput.shared.print(people())
    }
  }

  /// Prints the rows of a result: as JSON a line each, else as a table.
  /// - Parameters:
  ///   - rows: an object each; as CSV their keys are the columns.
  ///   - table: the same for people.
  ///   - nothing: the note that stands in place of an empty table.
  func print(rows: [JSON], table: @autoclosure () -> Table, whenEmpty nothing: String) throws {
    switch format {
    case .json: for row in rows { try StandardOutput.shared.print(row) }
    case .csv: try StandardOutput.shared.write(CSVRows.text(of: rows))
    case .table, .markdown: if !rows.isEmpty { try print(table()) }
    }
    if rows.isEmpty { try note(nothing) }
  }

  /// Prints a table, for a terminal or as Markdown.
  func print(_ table: Table) throws {
    try StandardOutput.shared.print(format == .markdown ? table.markdown() : table.text())
  }

  /// Says something useful that is not a result, unless `--quiet` or a program is listening.
  func note(_ text: String) throws {
    guard format != .json else { return }
    try notice(text)
  }

  /// Says what whoever reads the results must know of the store's state, unless `--quiet`.
  func notice(_ text: String) throws {
    guard !flags.quiet else { return }
    // Results first, so that the two streams read in order where they meet in one terminal.
    try StandardOutput.shared.flush()
    StandardError.write("\(text)\n")
  }

  /// Says which names of a filter no record has. A program that reads JSON is run by people too, and an empty answer
  /// does not say why.
  func note(_ unknownNames: [UnknownName]) throws {
    guard !quiet, !unknownNames.isEmpty else { return }
    try StandardOutput.shared.flush()
    for name in unknownNames { StandardError.write("\(Table.printable(name.description))\n") }
  }
}

/// Measures the seconds that work takes.
func timed<R>(_ work: () throws -> R) rethrows -> (result: R, seconds: Double) {
  let start = ContinuousClock.now
  let result = try work()
  return (result, start.duration(to: .now) / .seconds(1))
}

/// How results are printed.
enum OutputFormat: String, CaseIterable {
  /// An aligned table for people.
  case table
  /// One document, or a line for each result.
  case json
  /// RFC 4180, with every value as JSON has it.
  case csv
  /// A pipe table, as GitHub and others render it.
  case markdown
}

extension OutputFormat: ExpressibleByArgument {}
