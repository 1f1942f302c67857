import Foundation
import Testing

/// Scripts could not tell a wrong command line from wrong data or a missing directory: `create nodir/a` was "no store; make
/// one with create" (66), a store with too few events a usage error (64), a name that is too long an internal error (70), an
/// error of a lower module "usage" with exit code 1.
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
    // No room for a suffix of ours: the lock file gets its name at once.
    let limit = String(long.prefix(250))
    try place.expectFailure("cannotCreate", 73, "create", limit)
    try place.expect("backup", "shop.kindred", limit)
    try place.expect("append", limit, "--user", "u", "--item", "i")
    try place.shell("ln -s loop loop; mkfifo pipe")
    try place.expectFailure("notFound", 66, "stats", "loop")
    try place.expectFailure("foreign", 65, "stats", "pipe")
  }

  /// An error of opening names the file. It did not where the file's name is part of the message: a store called `a` was
  /// "not a store: 5 bytes are too few for one", and a log of many files did not say which.
  @Test func anErrorOfOpeningNamesTheFile() throws {
    let place = try Workplace(store: false)
    for name in ["a", "store", "not a"] {
      try place.write(name, "junk\n")
      let outcome = try place.run("stats", name)
      #expect(
        outcome.exitCode == 65 && outcome.standardError.contains("'\(name)'"), "\(outcome.standardError)")
    }
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
