import Foundation
import Testing

/// `kindred export shop.kindred --items shop.kindred` replaced the store by 48 bytes of JSON with exit code 0, and
/// `import --items x --rejects x` emptied `x`: whoever gave one name twice lost the only copy. It could be since every
/// output was opened by its name and nobody compared files. Inputs here: hard and symbolic links, the lock file, other
/// outputs of the same command, every option that takes an output.
@Suite struct OverwriteTests {
  /// A shop with a space of vectors whose ids are numbers, and links to its files.
  private func shop() throws -> Workplace {
    let place = try Workplace()
    try place.write("rows.jsonl", #"{"id":"1","text":"one"}"# + "\n" + #"{"text":"no id"}"# + "\n")
    try place.write("vectors.jsonl", #"{"id":"1","vector":[1,2]}"# + "\n")
    try place.write("queries.npy", npy("<f4", rows: 1, columns: 2, [Float(1), 2]))
    try place.expect("import", "shop.kindred", "--items", "rows.jsonl")
    try place.expect(
      "space", "create", "shop.kindred", "v", "--of", "items", "--dimension", "2", "--metric", "l2")
    try place.expect("upsert", "shop.kindred", "v", "vectors.jsonl")
    try FileManager.default.createSymbolicLink(
      atPath: place.folder.appendingPathComponent("link").path, withDestinationPath: "shop.kindred")
    try FileManager.default.linkItem(
      at: place.folder.appendingPathComponent("rows.jsonl"),
      to: place.folder.appendingPathComponent("same rows"))
    return place
  }

  @Test func outputsNeverReplaceTheStoreOrAnInput() throws {
    let place = try shop()
    let before = try ["shop.kindred", "rows.jsonl", "queries.npy"].map { try place.data($0) }
    let outputs = ["shop.kindred", "link", "./shop.kindred", "shop.kindred-lock"]
    for output in outputs {
      try place.expectFailure("alreadyExists", 73, "export", "shop.kindred", "--items", output)
      try place.expectFailure("alreadyExists", 73, "export", "shop.kindred", "--events", output)
      try place.expectFailure(
        "alreadyExists", 73, "export", "shop.kindred", "--space", "v", "--vectors", "v.npy", "--ids", output)
      try place.expectFailure(
        "alreadyExists", 73, "export", "shop.kindred", "--space", "v", "--vectors", output, "--ids", "v.txt")
      try place.expectFailure(
        "alreadyExists", 73, "import", "shop.kindred", "--items", "rows.jsonl", "--rejects", output)
      try place.expectFailure(
        "alreadyExists", 73, "query", "shop.kindred", "v", "--vector", "[1,2]", "--output", output)
      try place.expectFailure(
        "alreadyExists", 73, "bench", "shop.kindred", "v", "--queries", "queries.npy", "--svg", output)
      try place.expectFailure("alreadyExists", 73, "train", "shop.kindred", "--checkpoint", output)
      try place.expectFailure(
        "alreadyExists", 73, "models", "shop.kindred", "--export", "1", "--weights", output)
      try place.expectFailure("alreadyExists", 73, "backup", "shop.kindred", output)
      try place.expectFailure("alreadyExists", 73, "verify", "shop.kindred", "--repair", output)
    }
    // The store by its link, the output by its name.
    try place.expectFailure("alreadyExists", 73, "export", "link", "--items", "shop.kindred")
    for output in ["rows.jsonl", "same rows", "../\(place.folder.lastPathComponent)/rows.jsonl"] {
      try place.expectFailure(
        "alreadyExists", 73, "import", "shop.kindred", "--items", "rows.jsonl", "--rejects", output)
    }
    try place.expectFailure(
      "alreadyExists", 73, "query", "shop.kindred", "v", "--vectors", "queries.npy", "--output", "queries.npy"
    )
    try place.expectFailure(
      "alreadyExists", 73, "bench", "shop.kindred", "v", "--queries", "queries.npy", "--svg", "queries.npy")
    for (name, bytes) in zip(["shop.kindred", "rows.jsonl", "queries.npy"], before) {
      #expect(try place.data(name) == bytes, "\(name) was changed")
    }
    try place.expect("verify", "shop.kindred")
  }

  /// `query --exclude-file ids --output ids` replaced the list of ids, also one that was read as standard input.
  @Test func whatQueryReadsIsNotItsOutput() throws {
    let place = try shop()
    try place.write("ids.txt", "7\n")
    try place.write("vector.json", "[1,2]")
    try place.shell("ln ids.txt 'same ids'")
    for command in [
      "--vectors queries.npy --exclude-file ids.txt --output ids.txt",
      "--vectors queries.npy --exclude-file ids.txt --output 'same ids'",
      "--vectors queries.npy --exclude-file - --output ids.txt < ids.txt",
      "--vector - --output vector.json < vector.json",
    ] {
      let outcome = try place.shell("$KINDRED query shop.kindred v \(command)")
      #expect(outcome.exitCode == 73, "\(command): \(outcome)")
    }
    #expect(try place.text("ids.txt") == "7\n" && place.text("vector.json") == "[1,2]")
  }

  /// Two inputs on standard input: the second was empty, so that `--exclude-file -` left nothing out, with exit code 0.
  @Test func standardInputIsReadOnce() throws {
    let place = try shop()
    for command in [
      ["recommend", "shop.kindred", "--sessions", "-", "--exclude-file", "-"],
      ["recommend", "shop.kindred", "--users", "-", "--exclude-file", "-"],
      ["query", "shop.kindred", "v", "--vector", "-", "--exclude-file", "-"],
      ["upsert", "shop.kindred", "v", "-", "--ids", "-"],
      ["bench", "shop.kindred", "v", "--queries", "-", "--truth", "-"],
      ["import", "shop.kindred", "--items", "-", "--events", "-", "--format", "jsonl"],
    ] {
      let outcome = try KindredProcess.start(command, in: place.folder, input: Data("1\n".utf8)).wait()
      #expect(outcome.exitCode == 64, "\(command): \(outcome)")
    }
  }

  /// An export that failed had emptied the file that a symbolic link is to: only files named directly were replaced
  /// whole.
  @Test func linksToOlderResultsStayAndAreReplacedWhole() throws {
    let place = try shop()
    try place.write("older.npy", "older")
    try place.shell("ln -s older.npy current.npy")
    #expect(
      try place.run("export", "shop.kindred", "--space", "v", "--vectors", "current.npy", "--ids", "no/ids")
        .exitCode == 73)
    #expect(try place.text("older.npy") == "older")
    try place.expect("export", "shop.kindred", "--space", "v", "--vectors", "current.npy", "--ids", "ids")
    #expect(try place.data("older.npy").count == 136)
    #expect(try place.shell("readlink current.npy").standardOutput == "older.npy\n")
  }

  @Test func twoOutputsAreTwoFiles() throws {
    let place = try shop()
    try place.expectFailure(
      "usage", 64, "models", "shop.kindred", "--export", "1", "--weights", "-", "--ids", "-")
    for ids in ["./new", "new link"] {
      if ids == "new link" {
        try FileManager.default.createSymbolicLink(
          atPath: place.folder.appendingPathComponent(ids).path, withDestinationPath: "new")
      }
      try place.expectFailure(
        "alreadyExists", 73, "export", "shop.kindred", "--space", "v", "--vectors", "new", "--ids", ids)
    }
    #expect(!FileManager.default.fileExists(atPath: place.folder.appendingPathComponent("new").path))
  }

  @Test func olderResultsAndDevicesMayBeOverwritten() throws {
    let place = try shop()
    try place.write("items.jsonl", "an older export\n")
    try place.expect("export", "shop.kindred", "--items", "items.jsonl")
    #expect(try place.text("items.jsonl") == #"{"id":"1","text":"one"}"# + "\n")
    try place.expect(
      "import", "shop.kindred", "--items", "/dev/null", "--rejects", "/dev/null", "--format", "jsonl")
  }
}
