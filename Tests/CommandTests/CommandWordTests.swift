import ArgumentParser
import Foundation
import Testing

@testable import kindred_command

/// A mistyped command, or an option before the command, was answered with "2 unexpected arguments" or "Unknown option",
/// which sent people to the options they had typed right. It could happen because nobody looked at the first word but
/// the parser.
@Suite struct CommandWordTests {
  @Test(
    arguments: [
      (["impotr", "x"], "no command 'impotr'; did you mean import?"),
      (["recomend", "shop.kindred", "--user", "1"], "no command 'recomend'; did you mean recommend?"),
      (["statistics"], "no command 'statistics'; kindred --help lists them"),
      (["space", "lst", "shop.kindred"], "no command 'space lst'; did you mean list?"),
      (["space", "show"], "no command 'space show'; there are create, list, drop"),
      (["--json", "stats", "x"], "options stand behind the command, as in: kindred stats … --json"),
      (["-q"], "options stand behind the command, as in: kindred stats shop.kindred … -q"),
      (["--json", "statz", "x"], "no command 'statz'; did you mean stats?"),
    ])
  func wrongWordsAreNamed(arguments: [String], message: String) throws {
    let place = try Workplace(store: false)
    let outcome = try KindredProcess.start(arguments, in: place.folder).wait()
    #expect(outcome.exitCode == 64)
    #expect(outcome.standardOutput == "")
    if arguments.contains("--json") {
      #expect(try outcome.jsonError().message == message)
      #expect(try outcome.jsonError().code == "usage")
    } else {
      #expect(outcome.standardError == "kindred: \(message)\n")
    }
  }

  /// `-V` and `version` were refused, though most commands have one of them.
  @Test func theVersionIsShownHoweverItIsAskedFor() throws {
    let place = try Workplace(store: false)
    for arguments in [["--version"], ["-V"], ["version"]] {
      #expect(
        try KindredProcess.start(arguments, in: place.folder).wait().standardOutput == "kindred 0.1.0\n",
        "\(arguments)")
    }
    #expect(try place.expect("version", "--json").json()["version"] as? String == "0.1.0")
    #expect(try place.expect("help", "version").standardOutput.contains("kindred version"))
  }

  /// A value that only the running command can judge was refused with the usage of `kindred`, which has no such option.
  @Test func wrongValuesNameTheirOwnCommand() throws {
    let place = try Workplace()
    let outcome = try place.run("evaluate", "shop.kindred", "--split", "random")
    #expect(outcome.exitCode == 64)
    #expect(!outcome.standardError.contains("<subcommand>"), "\(outcome.standardError)")
    #expect(outcome.standardError.contains("kindred evaluate"), "\(outcome.standardError)")
    #expect(CommandWords.words(of: Command.Space.Create.self) == "space create")
  }

  /// What the parser refused took three lines, the usage among them up to 216 characters wide, while every other error
  /// is one line: scripts that log the last line logged "See … for more information".
  @Test(
    arguments: [
      (["stats"], "stats"), (["space", "create", "a.kindred", "x"], "space create"),
      (["append", "a.kindred", "--user", "u"], "append"), (["stats", "a.kindred", "--fooo"], "stats"),
      (["train", "a.kindred", "--dimension", "63"], "train"),
      (["query", "a.kindred", "s", "-k", "ten"], "query"),
      (["recommend", "a.kindred", "--user", "u", "v"], "recommend"),
    ])
  func usageErrorsAreOneLine(arguments: [String], command: String) throws {
    let place = try Workplace(store: false)
    let outcome = try KindredProcess.start(arguments, in: place.folder).wait()
    let lines = outcome.standardError.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(outcome.exitCode == 64 && outcome.standardOutput == "")
    #expect(lines.count == 2 && lines.last == "", "\(outcome.standardError)")
    #expect(lines[0].hasPrefix("kindred: "), "\(lines[0])")
    #expect(lines[0].hasSuffix(" See 'kindred \(command) --help'."), "\(lines[0])")
  }

  /// The usage of commands with few options was one line of up to 216 characters.
  @Test func helpFitsTheTerminal() throws {
    let place = try Workplace(store: false)
    for words in CommandWords.discussions().map(\.words) {
      let help = try KindredProcess.start(words + ["--help"], in: place.folder).wait().standardOutput
      for line in help.split(separator: "\n") { #expect(line.count <= 80, "\(words): \(line)") }
    }
  }

  /// Completions knew commands and options, but not the one word that nobody remembers: the space's name.
  @Test func spacesOfTheStoreAreCompleted() throws {
    let place = try Workplace()
    for name in ["photos", "content"] {
      try place.expect(
        "space", "create", "shop.kindred", name, "--of", "items", "--dimension", "2", "--metric", "l2")
    }
    let path = place.folder.appendingPathComponent("shop.kindred").path
    #expect(SpaceNameCompletion.names(["kindred", "query", path, ""]).sorted() == ["content", "photos"])
    #expect(SpaceNameCompletion.names(["kindred", "query", path + "x", ""]) == [])
    #expect(
      try place.expect("--generate-completion-script", "bash").standardOutput.contains("---completion query"))
  }

  /// Of `--items a --items b` the second was read alone, and the first was lost without a word: the parser takes the
  /// last.
  @Test func anOptionIsGivenOnce() throws {
    let place = try Workplace()
    try place.write("a.jsonl", #"{"id":"a"}"# + "\n")
    try place.write("b.jsonl", #"{"id":"b"}"# + "\n")
    for arguments in [
      ["import", "shop.kindred", "--items", "a.jsonl", "--items=b.jsonl"],
      ["query", "shop.kindred", "content", "--text", "x", "-k", "2", "-k", "3"],
      // `--space` may be repeated in `rebuild` only; `embed` took the last one silently.
      ["embed", "shop.kindred", "--space", "a", "--space", "b"],
      ["factorize", "shop.kindred", "--space=a", "--space=b"],
    ] {
      let outcome = try KindredProcess.start(arguments, in: place.folder).wait()
      #expect(outcome.exitCode == 64 && outcome.standardError.contains("given twice"), "\(arguments)")
    }
    #expect(try place.expect("stats", "shop.kindred", "--json").json()["items"] as? Int == 0)
    // Of these two the last one was taken.
    #expect(try place.run("train", "shop.kindred", "--serve", "--no-serve").exitCode == 64)
    // Options of names, which `import` reads as lists, add up.
    try place.write("c.csv", "id,zip,code,note\n1,02139,7,x\n")
    let types = try place.expect(
      "import", "shop.kindred", "--items", "c.csv", "--only", "zip", "--only", "code", "--type", "zip=number",
      "--type", "code=text", "--json", "--dry-run"
    ).json()
    let columns = (types["items"] as? [String: Any])?["types"] as? [String: String]
    #expect(columns == ["zip": "number", "code": "text"])
    // What stands behind -- is no option.
    #expect(try place.run("delete", "shop.kindred", "items", "--", "--x", "--x").exitCode == 66)
  }

  /// At 80 columns, what most terminals have, an example was broken at a blank: who pasted it ran two commands, the
  /// second one `--value 2` or `'price < 30 and not hidden'`. Long examples carry their own line ends.
  @Test func examplesCanBePastedFromHelp() throws {
    let place = try Workplace(store: false)
    for (words, discussion) in CommandWords.discussions() {
      let help = try KindredProcess.start(words + ["--help"], in: place.folder).wait().standardOutput
      for line in discussion.split(separator: "\n") where line.hasPrefix("  ") {
        #expect(line.count <= 80, "\(words.joined(separator: " ")): \(line)")
        #expect(help.split(separator: "\n").contains(line), "\(words.joined(separator: " ")): \(line)")
      }
    }
  }
}

/// `embed` said "skipped 1" of an item, and nobody knew that its title had stayed an attribute because no column was
/// mapped to text.
@Suite struct EmbedNoteTests {
  @Test func skippedItemsComeWithTheirReason() throws {
    let place = try Workplace()
    try place.write(
      "items.jsonl",
      #"{"id":"a","text":"red bag"}"# + "\n" + #"{"id":"b","title":"blue bag"}"# + "\n"
        + #"{"id":"c","text":"?!"}"# + "\n")
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    let first = try place.expect("embed", "shop.kindred", "--space", "content")
    #expect(first.standardError.contains("1 item without text; name the column with: kindred import"))
    #expect(first.standardError.contains("1 item with nothing to encode"))
    let again = try place.expect("embed", "shop.kindred", "--space", "content", "--only-missing", "--json")
    let report = try again.json()
    let counts = ["embedded", "skipped", "withoutText", "withoutFeatures", "alreadyEmbedded"]
    #expect(counts.map { report[$0] as? Int } == [0, 3, 1, 1, 1])
  }

  /// An empty session was a session here and none in an import, so that importing the same event stored it a second
  /// time.
  @Test func anEmptySessionIsNone() throws {
    let place = try Workplace()
    let event = ["append", "shop.kindred", "--user", "u", "--item", "i", "--time", "1000", "--session", ""]
    #expect(try KindredProcess.start(event, in: place.folder).wait().exitCode == 0)
    try place.write("events.csv", "user,item,time,kind,session\nu,i,1000,view,\n")
    let report = try place.expect("import", "shop.kindred", "--events", "events.csv", "--json").json()
    #expect((report["events"] as? [String: Any])?["unchanged"] as? Int == 1)
  }

  /// "train one first" named no command.
  @Test func rebuildWithoutAModelNamesTheCommand() throws {
    let place = try Workplace()
    let outcome = try place.run("rebuild", "shop.kindred", "--from-sequences")
    #expect(outcome.exitCode == 66)
    #expect(outcome.standardError.hasSuffix("train one with: kindred train shop.kindred\n"))
  }
}

extension CommandWords {
  /// The texts above the options in `--help`, by the words of their commands; the root has none.
  static func discussions() -> [(words: [String], discussion: String)] {
    func all(_ type: any ParsableCommand.Type, _ words: [String]) -> [(words: [String], discussion: String)] {
      [(words, type.configuration.discussion)]
        + type.configuration.subcommands.flatMap { all($0, words + [$0._commandName]) }
    }
    return all(Command.self, [])
  }
}
