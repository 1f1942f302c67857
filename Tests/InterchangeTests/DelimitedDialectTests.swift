import Testing

@testable import Interchange

@Suite struct DelimitedDialectTests {
  /// In TSV a quote is a character (IANA text/tab-separated-values; IMDb, MySQL and Amazon write it so). It was
  /// read as CSV's quote: `"Heroes` swallowed all rows up to the next quote into one title, and a film called
  /// `"Weird Al" Yankovic` was dropped, because one reader had one rule for both formats.
  @Test func inTSVAQuoteIsACharacter() throws {
    let text = "id\ttext\n1\t\"Heroes\n2\tthe last of the \"\n3\t\"Weird Al\" Yankovic\n4\t\"a\"\"b\"\n"
    #expect(
      try readRows(text, .tsv) == [
        .row(["1", "\"Heroes"], line: 2), .row(["2", "the last of the \""], line: 3),
        .row(["3", "\"Weird Al\" Yankovic"], line: 4), .row(["4", "\"a\"\"b\""], line: 5),
      ])
    #expect(
      try readRows("id\ttext\n1\t\"a\tb\"\n", .csv, delimiter: 0x09) == [.row(["1", "a\tb"], line: 2)],
      "with quotes it is CSV with another delimiter")
  }

  /// A spreadsheet in most of Europe writes `;` into its .csv. Such a file was one column and no id at all.
  @Test(arguments: [";", "\t", "|"])
  func theDelimiterIsFoundInTheHeader(mark: String) throws {
    let text = "id\(mark)\"a,\(mark)b\"\(mark)c\r\n1\(mark)2,5\(mark)\"x\(mark)y\"\r\n"
    #expect(try readRows(text, .csv) == [.row(["1", "2,5", "x\(mark)y"], line: 2)])
    for piece in [1, 4] {
      #expect(try readRows(Array(text.utf8), .csv, pieceBytes: piece) == readRows(text, .csv))
    }
  }

  @Test func theCommaGoesFirstAndAGivenDelimiterBeforeAll() throws {
    #expect(try readRows("a;b;c,d\n1;2;3,4\n", .csv) == [.row(["1;2;3", "4"], line: 2)])
    #expect(try readRows("a,b;c\n1,2;3\n", .csv, delimiter: 0x3b) == [.row(["1,2", "3"], line: 2)])
    #expect(try readRows("a|b;c;d\n1|2;3;4\n", .csv) == [.row(["1|2", "3", "4"], line: 2)])
    #expect(try readRows("a\n1;2\n", .csv) == [.row(["1;2"], line: 2)])
    #expect(errorCode { _ = try readRows("a\n", .csv, delimiter: 0x22) } == .invalidArgument)
    #expect(errorCode { _ = try readRows("{}", .jsonLines, delimiter: 0x2c) } == .invalidArgument)
  }

  @Test func namesOnACommandLine() throws {
    #expect(try RecordFormat.delimiter(named: "tab") == 0x09)
    #expect(try RecordFormat.delimiter(named: "\\t") == 0x09)
    #expect(try RecordFormat.delimiter(named: ";") == 0x3b)
    for name in ["", "ab", "é", "\"", "\n"] {
      #expect(errorCode { _ = try RecordFormat.delimiter(named: name) } == .invalidArgument)
    }
    #expect(try RecordFormat.named("JSON") == .json)
    let error = #expect(throws: InterchangeError.self) { _ = try RecordFormat.named("xml") }
    #expect(error?.message == "unknown format \"xml\"; use json, jsonl, csv or tsv")
    #expect(try TextEncodingName.named("Windows-1252") == .latin1)
    #expect(errorCode { _ = try TextEncodingName.named("ebcdic") } == .invalidArgument)
  }
}
