import ArgumentParser
import Filters
import Kindred

/// The words that name a command, looked at before ArgumentParser, which reports a misspelt one as a surplus argument
/// and an option before the command as unknown.
enum CommandWords {
  /// Options that stand without a command.
  private static let standalone = [
    "-h", "--help", "--help-hidden", "--version", "--generate-completion-script", "--experimental-dump-help",
  ]

  /// The arguments with `-V` written out.
  static func spelledOut(_ arguments: [String]) -> [String] {
    arguments == ["-V"] ? ["--version"] : arguments
  }

  /// Commands whose `--format` is that of a file.
  private static let formatOfFile = ["import", "upsert", "export"]

  /// Whether results, and so errors too, are to be JSON.
  static func asksForJSON(_ arguments: [String]) -> Bool {
    let options = arguments.prefix { $0 != "--" }
    if options.contains("--json") { return true }
    guard let command = options.first, !formatOfFile.contains(command) else { return false }
    return options.contains("--format=json")
      || zip(options, options.dropFirst()).contains { $0 == ("--format", "json") }
  }

  /// What is wrong with the words before the first argument; nil where nothing is, or where ArgumentParser says it
  /// well.
  static func failure(_ arguments: [String]) -> CommandFailure? {
    guard let first = arguments.first else { return nil }
    let names = names(under: Command.self) + ["help"]
    if first.hasPrefix("-") {
      // Three dashes are how completion scripts ask.
      guard !first.hasPrefix("---"), !standalone.contains(where: { first == $0 || first.hasPrefix($0 + "=") })
      else { return nil }
      let command = arguments.first { !$0.hasPrefix("-") }
      if let command, !names.contains(command) { return unknown(command, after: [], among: names) }
      let example = command ?? "stats shop.kindred"
      return CommandFailure(
        .usage, "options stand behind the command, as in: kindred \(example) … \(first)", exitCode: .usage)
    }
    guard names.contains(first) else { return unknown(first, after: [], among: names) }
    guard arguments.count > 1, !arguments[1].hasPrefix("-"),
      let group = Command.configuration.subcommands.first(where: { $0._commandName == first }),
      !group.configuration.subcommands.isEmpty
    else { return nil }
    let inner = Self.names(under: group)
    return inner.contains(arguments[1]) ? nil : unknown(arguments[1], after: [first], among: inner)
  }

  /// Options that may be given several times, by command; of every other one the parser would take the last and drop
  /// the rest silently.
  private static let repeatable = [
    "import": ["--map", "--only", "--except", "--type", "--list"],
    "query": ["--exclude", "--like", "--unlike", "--text"],
    "recommend": ["--exclude", "--like", "--unlike"], "rebuild": ["--space"], "forget": ["--user"],
    "facets": ["--field"],
  ]

  /// An option that is given twice where one is taken; nil where none is.
  static func repeatedOption(_ arguments: [String]) -> CommandFailure? {
    let allowed = arguments.first.flatMap { repeatable[$0] } ?? []
    var seen: Set<Substring> = []
    for argument in arguments.prefix(while: { $0 != "--" })
    where argument.hasPrefix("--") || argument.hasPrefix("-k") {
      // -k 5 and -k=5 alike.
      let name = argument.hasPrefix("--") ? argument.prefix { $0 != "=" } : "-k"
      guard !allowed.contains(String(name)), !seen.insert(name).inserted else { continue }
      return CommandFailure(
        .usage, "\(name) is given twice, and one is taken; leave one out, or run the command for each",
        exitCode: .usage)
    }
    return nil
  }

  /// The words that a command is called with, as `space create`; nil for the root.
  static func words(of wanted: any ParsableCommand.Type) -> String? {
    func search(_ type: any ParsableCommand.Type) -> [String]? {
      for inner in type.configuration.subcommands {
        if inner == wanted { return [inner._commandName] }
        if let rest = search(inner) { return [inner._commandName] + rest }
      }
      return nil
    }
    return search(Command.self)?.joined(separator: " ")
  }

  /// The words at the front of the arguments that name a command, as `space` and `create`.
  static func words(named arguments: [String]) -> [String] {
    var command: any ParsableCommand.Type = Command.self
    var words: [String] = []
    for word in arguments {
      guard let inner = command.configuration.subcommands.first(where: { $0._commandName == word }) else {
        break
      }
      command = inner
      words.append(word)
    }
    return words
  }

  private static func names(under type: any ParsableCommand.Type) -> [String] {
    type.configuration.subcommands.map { $0._commandName }
  }

  private static func unknown(_ word: String, after words: [String], among names: [String]) -> CommandFailure
  {
    let advice =
      if let nearest = NearestNames.nearest(to: word, among: names).first {
        "did you mean \(nearest)?"
      } else {
        words.isEmpty ? "kindred --help lists them" : "there are \(names.joined(separator: ", "))"
      }
    let name = (words + [Table.printable(word)]).joined(separator: " ")
    return CommandFailure(.usage, "no command '\(name)'; \(advice)", exitCode: .usage)
  }
}

extension CommandFailure {
  /// A wrong value that a command found while it ran: what ArgumentParser would print the root's usage for.
  init(_ error: ValidationError, of command: any ParsableCommand.Type) {
    let words = CommandWords.words(of: command).map { " \($0)" } ?? ""
    self.init(.usage, "\(error.message) See 'kindred\(words) --help'.", exitCode: .usage)
  }

  /// What the parser found wrong in the arguments, in one line, with the help of the command that they name.
  init(parsing arguments: [String], _ message: String, asJSON: Bool) {
    var line = message.split(separator: "\n").joined(separator: " ")
    if !asJSON {
      if !line.hasSuffix("."), !line.hasSuffix("?") { line += "." }
      line += " See 'kindred\(CommandWords.words(named: arguments).map { " \($0)" }.joined()) --help'."
    }
    self.init(.usage, line, exitCode: .usage)
  }
}
