import ArgumentParser
import Foundation
import Testing

@testable import kindred_command

@Suite struct ProcessTests {
  @Test func missingAndForeignStoresAreNamed() throws {
    let place = try Workplace(store: false)
    let missing = try place.run("stats", "shop.kindred")
    #expect(missing.standardOutput == "")
    #expect(
      missing.standardError
        == "kindred: no store at 'shop.kindred'; make one with: kindred create shop.kindred\n")
    #expect(missing.exitCode == 66)
    try place.write("note.txt", "not a store\n")
    try place.write("empty.kindred", "")
    for arguments in [["stats"], ["verify"], ["rebuild"]] {
      for (file, exitCode, code) in [
        ("note.txt", 65, "foreign"), ("empty.kindred", 74, "corrupted"), (".", 66, "notFound"),
        ("/dev/null", 65, "foreign"),
      ] as [(String, Int32, String)] {
        let outcome = try KindredProcess.start(arguments + [file, "--json"], in: place.folder).wait()
        #expect(outcome.exitCode == exitCode, "\(arguments) \(file): \(outcome.standardError)")
        #expect(try outcome.jsonError().code == code)
        #expect(try outcome.jsonError().message.contains("'\(file)'"))
      }
      #expect(try place.text("note.txt") == "not a store\n")
    }
    #expect(try place.files() == ["empty.kindred", "note.txt"], "a failed open leaves no lock file")
  }

  @Test func aTruncatedStoreIsAnErrorNotATrap() throws {
    let place = try RecordCommandTests.shop()
    let whole = try place.data("shop.kindred")
    for size in [20, 100, 4096, 8192, whole.count / 2, whole.count - 4096] {
      try place.write("cut.kindred", whole.prefix(size))
      let outcome = try place.run("verify", "cut.kindred")
      #expect(outcome.exitCode == 74, "\(size) of \(whole.count) bytes: \(outcome)")
    }
  }

  @Test func usageErrorsExit64() throws {
    let place = try Workplace()
    try place.expectFailure("usage", 64, "frobnicate")
    try place.expectFailure("usage", 64, "stats")
    try place.expectFailure("usage", 64, "stats", "shop.kindred", "--frobnicate")
    try place.expectFailure("usage", 64, "stats", "shop.kindred", "surplus")
    try place.expectFailure(
      "usage", 64, "space", "create", "shop.kindred", "s", "--of", "items", "--dimension", "0", "--metric",
      "l2")
    try place.expectFailure(
      "usage", 64, "space", "create", "shop.kindred", "s", "--of", "items", "--dimension", "4", "--metric",
      "taxi")
    // After `--` the word is an id, not a flag: the error is for people.
    #expect(
      try place.run("get", "shop.kindred", "items", "--", "--json").standardError.hasPrefix("kindred: "))
  }

  @Test func everyCommandHasHelpWithAnExample() throws {
    let place = try Workplace(store: false)
    let commands = Self.commands(under: Command.self)
    #expect(commands.contains("space create") && commands.contains("train") && !commands.contains("space"))
    for command in commands {
      let words = command.split(separator: " ").map(String.init)
      let help = try KindredProcess.start(words + ["--help"], in: place.folder).wait()
      #expect(help.exitCode == 0 && help.standardError == "", "\(command)")
      #expect(help.standardOutput.contains("  kindred \(command) "), "\(command) has no example")
      for flag in ["--json", "--quiet", "--progress"] {
        #expect(help.standardOutput.contains(flag), "\(command)")
      }
    }
    #expect(try place.expect("--version").standardOutput == "kindred 0.1.0\n")
    for shell in ["bash", "zsh", "fish"] {
      #expect(try place.expect("--generate-completion-script", shell).standardOutput.contains("kindred"))
    }
  }

  /// The words of all commands that do something, from the lists that the parser has.
  private static func commands(under type: any ParsableCommand.Type) -> [String] {
    type.configuration.subcommands.flatMap { inner in
      let below = commands(under: inner).map { "\(inner._commandName) \($0)" }
      return below.isEmpty ? [inner._commandName] : below
    }
  }

  @Test func progressIsShownOnlyWhereItIsWanted() throws {
    let place = try RecordCommandTests.shop()
    try place.expect("embed", "shop.kindred", "--space", "content")
    #expect(try place.expect("rebuild", "shop.kindred").standardError == "")
    #expect(try place.expect("rebuild", "shop.kindred", "--progress", "--quiet").standardError == "")
    let shown = try place.expect("rebuild", "shop.kindred", "--progress", "--json")
    #expect(!shown.standardError.isEmpty)
    #expect(!shown.standardError.contains("\u{1B}"), "no terminal codes in a file")
    #expect(try shown.jsonLines().count == 1)
  }

  #if os(Linux)
    @Test func aFullOutputIsAnError() throws {
      let place = try RecordCommandTests.shop()
      let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
      let outcome = try KindredProcess.start(
        ["export", "shop.kindred", "--items", "-"], in: place.folder, output: full
      )
      .wait()
      #expect(outcome.exitCode == 74)
      #expect(outcome.standardError.contains("No space left on device"))
    }
  #endif

  @Test func aClosedOutputEndsQuietly() throws {
    let place = try RecordCommandTests.shop()
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let outcome = try KindredProcess.start(
      ["stats", "shop.kindred", "--json"], in: place.folder, output: pipe.fileHandleForWriting
    ).wait()
    #expect(outcome.exitCode == 141)
    #expect(outcome.standardError == "")
  }

  /// The command waits for a line that never comes, so that the signal finds it at work on any machine.
  @Test func anInterruptKeepsWhatWasAcknowledged() throws {
    let place = try RecordCommandTests.shop()
    let input = Pipe()
    let process = Process()
    let executable: URL = try #require(KindredProcess.executable)
    process.executableURL = executable
    process.arguments = ["import", "shop.kindred", "--items", "-", "--format", "jsonl"]
    process.currentDirectoryURL = place.folder
    process.standardInput = input
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    // More than a pipe holds: when the write returns, the command has been reading.
    let line = Data("{\"id\":\"never\",\"text\":\"\(String(repeating: "x", count: 1 << 16))\"}\n".utf8)
    for _ in 0..<20 { try input.fileHandleForWriting.write(contentsOf: line) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(message == "kindred: interrupted; everything acknowledged is kept\n")
    try input.fileHandleForWriting.close()
    let stats = try place.expect("stats", "shop.kindred", "--json").json()
    #expect(stats["events"] as? Int == 2)
    #expect(try place.expect("verify", "shop.kindred", "--json").json()["ok"] as? Bool == true)
  }
}
