import Foundation
import Testing

@Suite struct UpsertCommandTests {
  private func stored(_ place: Workplace) throws -> Int? {
    let stats = try place.expect("stats", "shop.kindred", "--json").json()
    return (stats["spaces"] as? [[String: Any]])?.first?["count"] as? Int
  }

  /// `upsert … -` was a usage error: only a name told the format, and there was no option, so that nobody could
  /// pipe vectors in, though every file argument takes `-`.
  @Test func standardInputTellsItsFormat() throws {
    let place = try VectorCommandTests.shop()
    let line = #"{"id":"p","vector":[20,0]}"# + "\n"
    try place.expect("upsert", "shop.kindred", "line", "-", input: line)
    try place.expect("upsert", "shop.kindred", "line", "-", input: "\n[\n{\"id\":\"q\",\"vector\":[21,0]}]")
    try place.write("noname", npy("<f4", rows: 1, columns: 2, [22, 0] as [Float]))
    try place.write("ids.txt", "r\r\n")
    try place.expect("upsert", "shop.kindred", "line", "noname", "--ids", "ids.txt")
    #expect(try stored(place) == 13)
    let blob = try place.run("upsert", "shop.kindred", "line", "-", input: "\u{2}\0\0\0\0\0\0\0\0\0\0\0")
    #expect(blob.exitCode == 64 && blob.standardError.contains("--format"), "\(blob.standardError)")
    try place.expectFailure(
      "invalidArgument", 64, "upsert", "shop.kindred", "line", "noname", "--format", "csv")
    try place.expectFailure("badInput", 65, "upsert", "shop.kindred", "line", "noname", "--format", "fvecs")
  }

  /// Two rows of one id were "stored":2 where the space had one vector, so that counts never added up.
  @Test(arguments: [1, 5_000]) func anIDIsCountedOnce(others: Int) throws {
    let place = try VectorCommandTests.shop()
    // Into a space with vectors rows go one transaction after the other; into an empty one all at once.
    try place.expect(
      "space", "create", "shop.kindred", "empty", "--of", "items", "--dimension", "2", "--metric", "l2")
    var text = #"{"id":"twice","vector":[1,1]}"# + "\n"
    for index in 0..<others { text += "{\"id\":\"o\(index)\",\"vector\":[\(index),1]}\n" }
    text += #"{"id":"twice","vector":[2,2]}"# + "\n" + #"{"id":"twice","vector":[2]}"# + "\n"
    for space in ["line", "empty"] {
      let report = try place.expect("upsert", "shop.kindred", space, "-", "--json", input: text).json()
      #expect(report["stored"] as? Int == others + 1, "\(space)")
      #expect(report["merged"] as? Int == 1, "\(space)")
      #expect((report["rejected"] as? [Any])?.count == 1, "\(space)")
    }
  }

  /// A record larger than a stored value can be stopped the whole file with 64, and the good rows with it; as the sum
  /// of what was stored and what the row adds, too.
  @Test func aRecordThatIsTooLargeIsRefusedAlone() throws {
    let place = try VectorCommandTests.shop()
    try place.expect(
      "space", "create", "shop.kindred", "empty", "--of", "items", "--dimension", "2", "--metric", "l2")
    func text(_ count: Int) -> String { "\"" + String(repeating: "x", count: count) + "\"" }
    let numbers = "[" + [String](repeating: "7", count: 700_000).joined(separator: ",") + "]"
    func row(_ id: String, _ attributes: String) -> String {
      "{\"id\":\"\(id)\",\"vector\":[1,1],\"attributes\":{\(attributes)}}"
    }
    let rows = [
      row("small", "\"price\":1"), row("whole", "\"a\":\(text(12_000_000)),\"b\":\(numbers)"),
      row("sum", "\"a\":\(text(9_000_000))"), row("sum", "\"b\":\(text(9_000_000))"),
      #"{"id":"last","vector":[1,1]}"#,
    ]
    for space in ["line", "empty"] {
      try place.expect("delete", "shop.kindred", "items", "0")
      let outcome = try place.run(
        "upsert", "shop.kindred", space, "-", "--json", input: rows.joined(separator: "\n"))
      let report = try outcome.json()
      #expect(report["stored"] as? Int == 3, "\(space): \(outcome.standardError)")
      let rejected = try #require(report["rejected"] as? [[String: Any]])
      #expect(rejected.compactMap { $0["row"] as? Int } == [2, 4])
      #expect(rejected.allSatisfy { ($0["reason"] as? String)?.contains("16777216") == true })
      try place.expectFailure("recordNotFound", 66, "get", "shop.kindred", "items", "whole")
      try place.expect("delete", "shop.kindred", "items", "sum", "small", "last")
      try place.expect("upsert", "shop.kindred", "line", "-", input: #"{"id":"0","vector":[0,0]}"#)
    }
    let alone = try place.run("upsert", "shop.kindred", "line", "-", input: rows[1])
    #expect(alone.exitCode == 65, "\(alone)")
    try place.expect("verify", "shop.kindred")
  }

  /// Attributes that are a list were dropped and the row counted as stored, and so were keys beside the known ones.
  @Test func whatIsNotStoredIsReported() throws {
    let place = try VectorCommandTests.shop()
    let text = """
      {"id":"a","vector":[1,1],"attributes":["red"]}
      {"id":"b","vector":[1,1],"attributes":null,"price":3}
      {"id":"c","vector":[1,1],"attributes":"red","price":3}
      {"id":"d","vector":[1,1],"price":4,"text":"T"}
      """
    let outcome = try place.run("upsert", "shop.kindred", "line", "-", "--json", input: text)
    let report = try outcome.json()
    #expect(outcome.exitCode == 0 && report["stored"] as? Int == 2)
    let rejected = report["rejected"] as? [[String: Any]]
    #expect(rejected?.compactMap { $0["row"] as? Int } == [1, 3])
    #expect(rejected?.first?["reason"] as? String == "\"attributes\" must be an object")
    #expect(report["ignored"] as? [String: Int] == ["price": 2, "text": 1])
    let people = try place.run("upsert", "shop.kindred", "line", "-", input: text)
    #expect(
      people.standardError.contains("\"price\" in 2 rows, \"text\" in 1 row"), "\(people.standardError)")
  }

  /// Without --ids rows become 0, 1, …, which in a store with a catalogue are new items that nobody sells; not a word
  /// was said.
  @Test func madeIDsBesideACatalogueAreNoted() throws {
    let place = try VectorCommandTests.shop()
    let again = try place.run("upsert", "shop.kindred", "line", "line.npy")
    #expect(again.standardError.isEmpty, "the same rows again make nothing: \(again.standardError)")
    try place.write("more.npy", npy("<f4", rows: 12, columns: 2, [Float](repeating: 1, count: 24)))
    let more = try place.run("upsert", "shop.kindred", "line", "more.npy")
    #expect(more.exitCode == 0)
    #expect(more.standardError.contains("without --ids") && more.standardError.contains("2 records"))
  }

  /// A .npy of the wrong kind was a usage error (64), though the command line was right and the data wrong; scripts
  /// that tell the two apart were misled.
  @Test(arguments: [
    ("<f4", "(2, 2)", "True"), ("<f4", "(4,)", "False"), ("|i1", "(8, 2)", "False"),
    ("<i4", "(2, 2)", "False"),
    (">f4", "(2, 2)", "False"), ("<f4", "(1, 2, 2)", "False"),
  ])
  func arraysOfAnotherKindAreBadData(element: String, shape: String, fortran: String) throws {
    let place = try VectorCommandTests.shop()
    try place.write(
      "a.npy", array("{'descr': '\(element)', 'fortran_order': \(fortran), 'shape': \(shape), }"))
    try place.expectFailure("badInput", 65, "upsert", "shop.kindred", "line", "a.npy")
  }

  /// NumPy under Python 2 wrote `(2L, 2L)`, and archives of that time hold it; it was "a broken header".
  @Test func headersOfPython2AreRead() throws {
    let place = try VectorCommandTests.shop()
    try place.write("old.npy", array("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 2L), }"))
    try place.expect("upsert", "shop.kindred", "line", "old.npy")
  }

  /// An id that ends in CR was written as a line of --ids and read back without it: another item.
  @Test(arguments: ["a\\r", "a\\rb", "a\\n"]) func idsWithLineEndsAreNotExportedAsLines(id: String) throws {
    let place = try VectorCommandTests.shop()
    try place.expect("upsert", "shop.kindred", "line", "-", input: "{\"id\":\"\(id)\",\"vector\":[1,1]}")
    let outcome = try place.run(
      "export", "shop.kindred", "--space", "line", "--vectors", "o.npy", "--ids", "o.txt")
    #expect(outcome.exitCode == 65)
    #expect(outcome.standardError.contains("line end"), "\(outcome.standardError)")
  }

  /// An attribute called id or text was stored as such: no filter found it, verify took the column for damaged, and
  /// export refused every item from then on. Chunks of documents come with their text among the attributes.
  @Test(arguments: ["line", "empty"]) func attributesCalledAsTheRecordsOwnAreRenamed(space: String) throws {
    let place = try VectorCommandTests.shop()
    try place.expect(
      "space", "create", "shop.kindred", "empty", "--of", "items", "--dimension", "2", "--metric", "l2")
    let report = try place.expect(
      "upsert", "shop.kindred", space, "-", "--json",
      input: #"{"id":"c","vector":[1,1],"attributes":{"id":7,"text":"a chunk","text_":"t"}}"#)
    let renamed = try #require(try report.json()["renamed"] as? [String: Int])
    #expect(renamed == ["id": 1, "text": 1])
    try place.expect("verify", "shop.kindred")
    let exported = try place.expect("export", "shop.kindred", "--items", "-").standardOutput
    #expect(exported.contains(#"{"id":"c","id_":7,"text_":"t","text__":"a chunk"}"#), "\(exported)")
    try place.expect(
      "query", "shop.kindred", space, "--vector", "[1,1]", "--where", "id_ = 7 and `text__` like '%chunk'")
  }

  /// null was stored as a value of its own, which an export wrote and an import of it did not bring back; the reference
  /// says that it takes a value away.
  @Test func nullTakesAnAttributeAway() throws {
    let place = try VectorCommandTests.shop()
    for attributes in [#"{"price":1,"brand":"Acme"}"#, #"{"price":null}"#] {
      try place.expect(
        "upsert", "shop.kindred", "line", "-",
        input: #"{"id":"n","vector":[1,1],"attributes":"# + attributes + "}")
    }
    let exported = try place.expect("export", "shop.kindred", "--items", "-").standardOutput
    #expect(exported.contains(#"{"id":"n","brand":"Acme"}"#), "\(exported)")
  }

  /// Two spellings of one key were counted as one, so that the report did not name what was left out.
  @Test func ignoredKeysAreCountedByBytes() throws {
    let place = try VectorCommandTests.shop()
    let report = try place.expect(
      "upsert", "shop.kindred", "line", "-", "--json",
      input: "{\"id\":\"k\",\"vector\":[1,1],\"\u{fc}\":1,\"u\u{308}\":2}")
    #expect(report.standardOutput.contains("\"u\u{308}\":1,\"\u{fc}\":1"), "\(report.standardOutput)")
  }

  /// A list of ids loses a byte order mark at its front: the first item came back under another id.
  @Test func aFirstIDWithAByteOrderMarkIsNotExportedAsALine() throws {
    let place = try Workplace()
    try place.expect(
      "space", "create", "shop.kindred", "v", "--of", "items", "--dimension", "2", "--metric", "l2")
    try place.expect("upsert", "shop.kindred", "v", "-", input: "{\"id\":\"\u{feff}m\",\"vector\":[1,1]}")
    try place.expectFailure(
      "badInput", 65, "export", "shop.kindred", "--space", "v", "--vectors", "o.npy", "--ids", "o.txt")
  }

  /// Sixteen bytes of zeros behind a header of version 1.0.
  private func array(_ dictionary: String) -> Data {
    let text = dictionary + String(repeating: " ", count: 117 - dictionary.utf8.count) + "\n"
    return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(text.utf8) + Data(count: 16)
  }
}
