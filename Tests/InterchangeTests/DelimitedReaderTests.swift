import TestSupport
import Basics
import Testing

@testable import Interchange

@Suite struct DelimitedReaderTests {
  @Test func plainRows() throws {
    #expect(
      try RowRecord.all("a,b\n1,2\n3,4\n") == [
        .row(line: 2, ["1", "2"], raw: "1,2"), .row(line: 3, ["3", "4"], raw: "3,4"),
      ])
  }

  @Test func lineEndsMarksAndEmptyLines() throws {
    #expect(try RowRecord.fields("\u{feff}a,b\r\n1,2\r\n\r\n\n3,4") == [["1", "2"], ["3", "4"]])
    #expect(try RowRecord.fields("a,b\n,\n") == [["", ""]])
    #expect(try RowRecord.fields("a\n\n1\n") == [["1"]])
    #expect(try RowRecord.fields("a,b\n1\r,2\n") == [["1\r", "2"]], "a lone return is an ordinary character")
    #expect(try RowRecord.fields("a,b") == [])
  }

  @Test func quotedFields() throws {
    #expect(try RowRecord.fields("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n") == [["x,y", "say \"hi\""]])
    #expect(try RowRecord.fields("a,b\n\"\",\"\"\"\"\r\n") == [["", "\""]])
    #expect(try RowRecord.fields("a\tb\n\"x\ty\"\tz\n", delimiter: "\t") == [["x\ty", "z"]])
    #expect(try RowRecord.fields("a,b\n1,\"2\"") == [["1", "2"]])
    #expect(try RowRecord.fields("a,b\n\"\"\"one\"\"\",\"\"\"two\"\"\"\n") == [["\"one\"", "\"two\""]])
  }

  @Test func quotesInsidePlainFieldsAreLiteral() throws {
    #expect(try RowRecord.fields("a,b\n7\" plate,x\"y\"z\n") == [["7\" plate", "x\"y\"z"]])
  }

  @Test func newlinesInsideQuotesCountAsLines() throws {
    #expect(
      try RowRecord.all("a,b\n\"1\n2\r\n3\",x\n4,5\n") == [
        .row(line: 2, ["1\n2\r\n3", "x"], raw: "\"1\n2\r\n3\",x"), .row(line: 5, ["4", "5"], raw: "4,5"),
      ])
  }

  @Test func badRowsSayWhyAndReadingGoesOn() throws {
    let text = "a,b\n1,2\n1,2,3\n1\n\"x\"y,2\n3,4\n"
    #expect(
      try RowRecord.all(text) == [
        .row(line: 2, ["1", "2"], raw: "1,2"),
        .bad(line: 3, .wrongFieldCount, raw: Array("1,2,3".utf8)),
        .bad(line: 4, .wrongFieldCount, raw: Array("1".utf8)),
        .bad(line: 5, .textAfterQuote, raw: Array("\"x\"y,2".utf8)),
        .row(line: 6, ["3", "4"], raw: "3,4"),
      ])
  }

  @Test func anOpenQuoteCostsOneLineOnly() throws {
    #expect(
      try RowRecord.all("a,b\n1,\"open\n2,3\n4,5") == [
        .bad(line: 2, .unterminatedQuote, raw: Array("1,\"open".utf8)),
        .row(line: 3, ["2", "3"], raw: "2,3"), .row(line: 4, ["4", "5"], raw: "4,5"),
      ])
    // The same when the end of the file is beyond the cap.
    let rows = (0..<100).map { "\($0),x" }
    let found = try RowRecord.all("a,b\n1,\"open\n" + rows.joined(separator: "\n"), limitBytes: 64)
    #expect(found.first == .bad(line: 2, .unterminatedQuote, raw: Array("1,\"open".utf8)))
    #expect(found.count == 101)
    #expect(found.last == .row(line: 102, ["99", "x"], raw: "99,x"))
  }

  @Test func rowsAboveTheCapAreSkipped() throws {
    let long = String(repeating: "x", count: 500)
    let found = try RowRecord.all("a,b\n1,2\n\(long),2\n3,4\n", limitBytes: 64)
    #expect(found.count == 3)
    #expect(found[1] == .bad(line: 3, .lineTooLong, raw: Array(long.utf8.prefix(64))))
    #expect(found[2] == .row(line: 4, ["3", "4"], raw: "3,4"))
  }

  @Test func rowsThatAreNotUTF8AreBad() throws {
    let bytes = Array("a,b\n1,".utf8) + [0xff] + Array("\n2,\u{e9}\n".utf8)
    #expect(
      try RowRecord.all(bytes) == [
        .bad(line: 2, .invalidUTF8, raw: Array("1,".utf8) + [0xff]),
        .row(line: 3, ["2", "\u{e9}"], raw: "2,\u{e9}"),
      ])
  }

  @Test func theMessageNamesTheValues() throws {
    let reader = try DelimitedReader(ByteSource(bytes: Array("a,b\n1,2,3\n".utf8)), delimiter: 0x2c)
    guard case .bad(let row)? = try reader.next() else {
      Issue.record("a bad row was expected")
      return
    }
    #expect(row.description == "line 2: 3 fields where the header names 2 columns")
  }

  @Test func headersNameTheColumns() throws {
    func names(_ text: String) throws -> [String] {
      try DelimitedReader(ByteSource(bytes: Array(text.utf8)), delimiter: 0x2c).columnNames
    }
    #expect(try names("id,\"a \"\"b\"\"\",,x\n") == ["id", "a \"b\"", "column3", "x"])
    #expect(try names("id") == ["id"])
    #expect(errorCode { _ = try names("") } == .badHeader)
    #expect(errorCode { _ = try names("\nid\n") } == .badHeader)
    #expect(errorCode { _ = try names("a,b,a\n") } == .badHeader)
    #expect(errorCode { _ = try names("a,\"b\n") } == .badHeader)
    #expect(errorCode { _ = try names("a\0b\n") } == .badHeader, "UTF-16 without a mark")
  }

  @Test(arguments: [UInt64](1...8))
  func randomTablesReadLikeThePlainAlgorithm(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("\"\"\",,\n\n\rab é0123456789".utf8)
    for round in 0..<400 {
      let body = generator.bytes(120, from: alphabet)
      let expected = PlainDelimited.rows(body, columnCount: 3)
      let header = Array("a,b,c\n".utf8)
      let found = try RowRecord.all(header + body)
      #expect(found == expected, "\(generator) round \(round)")
      let pieceBytes = Int.random(in: 1...20, using: &generator)
      let pieces = try RowRecord.all(header + body, pieceBytes: pieceBytes)
      #expect(pieces == expected, "\(generator) round \(round), \(pieceBytes) bytes a piece")
    }
  }

  @Test func rowsSurviveRefillsAtEveryPlace() throws {
    let rows = (0..<300).map { "\($0),\"q\"\"\($0)\",\"\(String(repeating: "z", count: $0 % 17))\"" }
    let expected = (0..<300).map { ["\($0)", "q\"\($0)", String(repeating: "z", count: $0 % 17)] }
    for limit in 40..<72 {
      let found = try RowRecord.all("a,b,c\n" + rows.joined(separator: "\r\n"), limitBytes: limit)
      let fields = found.compactMap { if case .row(_, let fields, _) = $0 { fields } else { nil } }
      #expect(fields == expected, "limit \(limit)")
    }
  }
}
