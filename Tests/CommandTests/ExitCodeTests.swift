import Foundation
import Testing

/// Scripts could not tell a wrong command line from wrong data or a missing directory: `create nodir/a` was "no store;
/// make one with create" (66), a store with too few events a usage error (64), a name that is too long an internal
/// error (70), an error of a lower module "usage" with exit code 1.
@Suite struct ExitCodeTests {
  @Test func whatCannotBeMadeSaysWhy() throws {
    let place = try RecordCommandTests.shop()
    let long = String(repeating: "n", count: 300)
    for target in ["no/n.kindred", "no/such/n.kindred", "items.jsonl/n.kindred", long] {
      try place.expectFailure("cannotCreate", 73, "create", target)
      try place.expectFailure("cannotCreate", 73, "backup", "shop.kindred", target)
      #expect(!(try place.run("create", target).standardError.contains("make one with")))
    }
    #expect(try place.run("create", "no/such/n.kindred").standardError.contains("'no/such'"))
    for target in ["no/o.jsonl", long] {
      #expect(try place.run("export", "shop.kindred", "--items", target).exitCode == 73)
      #expect(
        try place.run("import", "shop.kindred", "--items", "items.jsonl", "--rejects", target).exitCode == 73)
    }
    try place.expectFailure("notFound", 66, "stats", long)
    try place.expectFailure("notFound", 66, "import", "shop.kindred", "--items", long + ".jsonl")
    // No room for a suffix of ours: nothing is made under another name first, but the lock file in its place.
    let limit = String(long.prefix(250))
    try place.expectFailure("cannotCreate", 73, "create", limit)
    try place.expectFailure("cannotCreate", 73, "backup", "shop.kindred", limit)
    try place.shell("cp shop.kindred \(limit)")
    try place.expect("append", limit, "--user", "u", "--item", "i")
    try place.shell("ln -s loop loop; mkfifo pipe")
    try place.expectFailure("notFound", 66, "stats", "loop")
    try place.expectFailure("foreign", 65, "stats", "pipe")
  }

  /// An error of opening names the file. It did not where the file's name is part of the message: a store called `a`
  /// was "not a store: 5 bytes are too few for one", and a log of many files did not say which.
  @Test func anErrorOfOpeningNamesTheFile() throws {
    let place = try Workplace(store: false)
    for name in ["a", "store", "not a"] {
      try place.write(name, "junk\n")
      let outcome = try place.run("stats", name)
      #expect(
        outcome.exitCode == 65 && outcome.standardError.contains("'\(name)'"), "\(outcome.standardError)")
    }
  }

  /// A checkpoint that cannot be written was noticed after the first epoch, which can take an hour; `-` made a file of
  /// that name, and a directory was "not a checkpoint" (65). Dropped rows went into `r.gz` uncompressed, unlike all
  /// other outputs. `create` on a link to nothing failed and left an empty lock file.
  @Test func outputsAreLookedAtFirst() throws {
    let place = try RecordCommandTests.shop()
    try place.shell("mkdir folder; ln -s nothing dangling")
    for checkpoint in ["no/checkpoint", "folder", "/dev/null", "-", ""] {
      try place.expectFailure("cannotCreate", 73, "train", "shop.kindred", "--checkpoint", checkpoint)
      let outcome = try place.run("train", "shop.kindred", "--epochs", "1", "--checkpoint", checkpoint)
      #expect(!outcome.standardError.contains("epoch 1") && !outcome.standardError.contains(".partial-"))
    }
    try place.expectFailure(
      "invalidArgument", 64, "import", "shop.kindred", "--items", "items.jsonl", "--rejects", "r.gz")
    try place.expectFailure("alreadyExists", 73, "create", "dangling")
    let files = try place.files()
    #expect(!files.contains { $0 == "dangling-lock" || $0 == "r.gz" || $0.contains(".partial-") }, "\(files)")
  }

  /// Help on a full disk was cut short with exit code 0; vectors were an `ioError` there, and an error of exit code 74
  /// for a reader who had seen enough.
  @Test func everyOutputReportsAFullDiskAndAClosedPipe() throws {
    #if os(Linux)
      let place = try RecordCommandTests.shop()
      try place.expect("embed", "shop.kindred", "--space", "t", "--dimension", "16")
      let commands = [
        "--help", "import --help", "--version", "--generate-completion-script bash", "stats shop.kindred",
        "export shop.kindred --space t --vectors - --ids ids",
      ]
      for command in commands {
        let full = try place.shell("$KINDRED \(command) --json > /dev/full")
        #expect(full.exitCode == 74, "\(command): \(full)")
        #expect(try full.jsonError().code == "diskFull", "\(command)")
        // The reader ends before the command begins.
        let closed = try place.shell(
          "mkfifo gate; { read go < gate; $KINDRED \(command); echo $? > code; } | true & sleep 0.1; echo > gate; "
            + "wait; rm gate; cat code"
        )
        #expect(closed.standardOutput == "141\n" && closed.standardError.isEmpty, "\(command): \(closed)")
      }
    #endif
  }

  @Test func tooLittleToLearnFromIsAMatterOfData() throws {
    let place = try Workplace()
    for events in 0..<3 {
      try place.expectFailure("notEnoughData", 65, "train", "shop.kindred", "--epochs", "1")
      try place.expectFailure("notEnoughData", 65, "evaluate", "shop.kindred", "--baselines", "popularity")
      if events == 0 {
        try place.expectFailure("notEnoughData", 65, "factorize", "shop.kindred", "--space", "f")
      }
      try place.expect("append", "shop.kindred", "--user", "u\(events)", "--item", "i")
    }
  }

  /// A vector of 70,000 in a space of whole numbers stopped `rebuild --encoding float16` with exit code 1 and the code
  /// "usage", and which vector it was stayed unknown: the error of the vector module was translated nowhere.
  @Test func aVectorThatDoesNotFitIsNamed() throws {
    let place = try Workplace()
    for (space, metric) in [("line", "l2"), ("product", "dot")] {
      try place.expect(
        "space", "create", "shop.kindred", space, "--of", "items", "--dimension", "2", "--metric", metric)
      try place.expect(
        "upsert", "shop.kindred", space, "-",
        input: #"{"id":"near","vector":[1,2]}"# + "\n" + #"{"id":"away","vector":[3,-70000]}"# + "\n")
      let refused = try place.run(
        "rebuild", "shop.kindred", "--space", space, "--encoding", "float16", "--json")
      #expect(refused.exitCode == 65)
      let error = try refused.jsonError()
      #expect(error.code == "invalidVector" && error.message.contains(#""away""#), "\(error)")
    }
    try place.expect("verify", "shop.kindred")
    #expect(
      try place.expect("query", "shop.kindred", "line", "--like", "near").standardOutput.contains("away"))
  }

  /// Deleting the model that answers was "busy, try again", and trying again never helped.
  @Test func aServingModelIsNotBusy() throws {
    let place = try Workplace.ring()
    try place.expect("train", "shop.kindred", "--epochs", "1", "--dimension", "16", "--quiet")
    try place.expectFailure("invalidArgument", 64, "models", "shop.kindred", "--delete", "1")
  }
}
