import Testing

@testable import Interchange

/// A JSON array in a file called .jsonl lost all but its last element: the lines in front of it ended in commas,
/// were dropped one by one, and the exit code was 0, since one row was good. Arrays are read now.
@Suite struct JSONStreamReaderTests {
  private static let rows: [ReadRow] = [
    .row(["id=a", "n=1"], line: 2), .row(["id=b", "n=?"], line: 3), .row(["id=c]"], line: 5),
  ]

  @Test(arguments: [RecordFormat.json, .jsonLines])
  func arraysAreRead(format: RecordFormat) throws {
    let text = "[\n{\"id\":\"a\",\"n\":1},\n{\"id\":\"b\",\"n\":[{},\n1]}, \n{\"id\":\"c]\"}\n]\n"
    for piece in [1, 3, 1_000] {
      #expect(try readRows(Array(text.utf8), format, pieceBytes: piece) == Self.rows)
    }
    #expect(try readRows(" [ ] ", format) == [])
    #expect(
      try readRows("\u{feff}[{\"a\":1},{\"a\":2}]", format) == [
        .row(["a=1"], line: 1), .row(["a=2"], line: 1),
      ])
  }

  @Test func oneObjectAndManyWithoutAnArray() throws {
    #expect(try readRows("{\n \"id\": \"a\"\n}\n", .json) == [.row(["id=a"], line: 1)])
    #expect(try readRows("{\"id\":1}\n{\"id\":2}{\"id\":3}", .json).count == 3)
    #expect(try readRows("", .json) == [])
  }

  @Test func elementsThatAreNoObjectsAreBadRows() throws {
    #expect(
      try readRows("[1, {\"a\":1}, null, \"x\", [{\"a\":2}], {\"a\" 3}, {\"a\":4,\"a\":4}, {\"a\":5}]", .json)
        == [
          .bad(.notAnObject, line: 1), .row(["a=1"], line: 1), .bad(.notAnObject, line: 1),
          .bad(.notAnObject, line: 1), .bad(.notAnObject, line: 1), .bad(.invalidJSON, line: 1),
          .bad(.duplicateKey, line: 1), .row(["a=5"], line: 1),
        ])
    #expect(
      try readRows("[{\"a\":1} {\"a\":2},]", .json) == [
        .row(["a=1"], line: 1), .bad(.invalidJSON, line: 1), .row(["a=2"], line: 1),
        .bad(.invalidJSON, line: 1),
      ])
    #expect(try readRows("[{\"a\":1},\n", .json) == [.row(["a=1"], line: 1), .bad(.truncatedJSON, line: 2)])
    #expect(try readRows("[{\"a\":1},\n{\"b\":{\"c\":", .json).last == .bad(.truncatedJSON, line: 2))
  }

  /// One broken element must neither swallow its neighbours nor make a row out of what is inside it.
  @Test(arguments: ["{\"a\":\"x}", "{\"a\":[1}", "{\"a\":{\"b\":1}", "{a\":\"1\"}", "{\"a\":1]}"])
  func aBrokenElementCostsItsOwnLines(broken: String) throws {
    for (open, between, close) in [("[\n", ",\n", "\n]"), ("", "\n", "\n"), ("[", "\n,", "]")] {
      let text = open + ["{\"a\":0}", broken, "{\"a\":2}", "{\"a\":3}"].joined(separator: between) + close
      let found = try readRows(text, .json)
      let good = found.filter { if case .row = $0 { true } else { false } }
      #expect(
        good.map(\.description).map { $0.suffix(7) } == ["[\"a=0\"]", "[\"a=2\"]", "[\"a=3\"]"], "\(text)")
      #expect(found.count == 4, "\(found) in \(text)")
    }
  }

  /// Each missing bracket is found only at the end of what is read; without a bound a file of them takes hours.
  @Test func manyUnclosedElementsAreGivenUp() throws {
    let broken = Array(String(repeating: "{\"a\":1\n", count: 20_000).utf8)
    #expect(errorCode { _ = try readRows(broken, .json, limitBytes: 1 << 16) } == .invalidJSON)
    let few = Array(String(repeating: "{\"a\":1\n{\"a\":2}\n", count: 20).utf8)
    #expect(try readRows(few, .json, limitBytes: 1 << 16).count == 40)
  }

  @Test func whereNothingTellsTheNextElementTheRestIsRefused() throws {
    #expect(errorCode { _ = try readRows("[{\"a\":[1},{\"a\":2},{\"a\":3}]", .json) } == .invalidJSON)
    #expect(errorCode { _ = try readRows("[\n {\"a\":\"x},\n  {\"a\":2}]", .json) } == .invalidJSON)
    let long = "[{\"a\":\"" + String(repeating: "x", count: 500) + "\"},{\"a\":2}]"
    #expect(errorCode { _ = try readRows(Array(long.utf8), .json, limitBytes: 64) } == .limitExceeded)
  }
}
