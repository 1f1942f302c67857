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

  /// A record larger than a stored value can be stopped the whole file with 64, and the good rows with it; as the sum of
  /// what was stored and what the row adds, too.
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
  /// A vector that came with an attribute `id` or `text` was stored, and from then on `verify` called the store damaged (74)
  /// and `export` refused it (65), with nothing to be done about either: both names mean the record's own there. Stores
  /// that hold such attributes are exported with another name.
  @Test func attributesNamedAsTheRecordsOwnAreRefused() throws {
    let place = try Workplace()
    try place.expect(
      "space", "create", "shop.kindred", "v", "--of", "users", "--dimension", "1", "--metric", "dot")
    let rows = [
      #"{"id":"a","vector":[1],"attributes":{"id":"other"}}"#,
      #"{"id":"b","vector":[2],"attributes":{"text":null}}"#,
      #"{"id":"c","vector":[3],"attributes":{"Text":"kept","id_":1}}"#,
    ]
    let report = try place.expect(
      "upsert", "shop.kindred", "v", "-", "--json", input: rows.joined(separator: "\n"))
    #expect(report.standardOutput.contains(#""stored":1"#), "\(report)")
    #expect(report.standardOutput.contains(#"{"row":1,"reason":"an attribute named \"id\""#), "\(report)")
    try place.expect("verify", "shop.kindred")
    let exported = try place.expect("export", "shop.kindred", "--users", "-")
    #expect(exported.standardOutput == #"{"id":"c","Text":"kept","id_":1}"# + "\n")
  }

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

  /// Sixteen bytes of zeros behind a header of version 1.0.
  private func array(_ dictionary: String) -> Data {
    let text = dictionary + String(repeating: " ", count: 117 - dictionary.utf8.count) + "\n"
    return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(text.utf8) + Data(count: 16)
  }
}
