import Testing

@testable import Interchange

/// A spreadsheet saved "for Macintosh" ends its lines in CR alone. Such a CSV was one long header line with no
/// rows and exit code 0: everybody with that export imported nothing and was not told. It could be because rows
/// ended at LF only, while names of columns might hold any byte.
@Suite struct LineEndTests {
  private static let rows: [ReadRow] = [
    .row(["X", "hello"], line: 2), .row(["Y", "there"], line: 3), .row(["Z", ""], line: 4),
  ]

  @Test(arguments: [
    "id,text\rX,hello\rY,there\rZ,", "id,text\rX,hello\rY,there\rZ,\r", "id,text\nX,hello\nY,there\nZ,\n",
    "id,text\r\nX,hello\r\nY,there\r\nZ,\r\n", "id,text\rX,hello\nY,there\r\nZ,\r",
    "\u{feff}id,\"text\"\rX,\"hello\"\rY,there\rZ,\"\"",
  ])
  func tablesInAnyLineEnd(text: String) throws {
    for piece in [1, 2, 3, 7, 1_000] {
      let found = try readRows(Array(text.utf8), .csv, pieceBytes: piece)
      #expect(found == Self.rows, "\(text.debugDescription) in pieces of \(piece)")
    }
    let tabs = text.replacing(",", with: "\t").replacing("\"", with: "")
    #expect(try readRows(tabs, .tsv) == Self.rows)
  }

  @Test func aReturnInsideQuotesIsContent() throws {
    #expect(
      try readRows("a,b\r\"x\ry\",1\r\"x\r\ny\",2\r3,4", .csv) == [
        .row(["x\ry", "1"], line: 2), .row(["x\r\ny", "2"], line: 4), .row(["3", "4"], line: 6),
      ])
    #expect(
      try readRows("a,\"b\rc\"\nx\ry,1\n", .csv) == [.row(["x\ry", "1"], line: 2)],
      "where lines end in LF, a lone return is content")
  }

  @Test func badRowsCostOneLineInReturnFiles() throws {
    #expect(
      try readRows("a,b\r1,\"open\r2,3\r4\r5,6", .csv) == [
        .bad(.unterminatedQuote, line: 2), .row(["2", "3"], line: 3), .bad(.wrongFieldCount, line: 4),
        .row(["5", "6"], line: 5),
      ])
    let long = String(repeating: "x", count: 300)
    #expect(
      try readRows(Array("a,b\r\(long),2\r5,6\r".utf8), .csv, limitBytes: 64) == [
        .bad(.lineTooLong, line: 2), .row(["5", "6"], line: 3),
      ])
  }

  @Test func linesOfJSONAndIDs() throws {
    let expected: [ReadRow] = [.row(["a=1"], line: 1), .bad(.invalidJSON, line: 2), .row(["a=2"], line: 3)]
    for end in ["\r", "\n", "\r\n"] {
      for piece in [1, 5, 1_000] {
        let text = ["{\"a\":1}", "{x}", "{\"a\":2}"].joined(separator: end) + end
        #expect(try readRows(Array(text.utf8), .jsonLines, pieceBytes: piece) == expected)
        let ids = "one\(end)two\(end)three\(end)"
        let source = ByteSource(bytes: Array(ids.utf8), pieceBytes: piece)
        #expect(try IDFile.read(source) == ["one", "two", "three"])
      }
    }
  }
}
