import Testing

@testable import Interchange

@Suite struct JSONLinesReaderTests {
  private func lines(_ text: String, limitBytes: Int = 1 << 20) throws -> [String] {
    let reader = try RecordReader(
      ByteSource(bytes: Array(text.utf8)), format: .jsonLines, limitBytes: limitBytes)
    var result: [String] = []
    while let outcome = try reader.next() {
      switch outcome {
      case .record(let record):
        let names = (0..<record.fieldCount).map { record.name(at: $0) }
        result.append("\(record.lineNumber) \(names) \(record.raw.count)")
      case .bad(let row):
        result.append("\(row.lineNumber):\(row.column ?? 0) \(row.reason.rawValue) \(row.raw.count)")
      }
    }
    return result
  }

  @Test func goodAndBadLines() throws {
    let text = "\u{feff}{\"a\":1}\r\n\n  \n[1]\n{\"b\":}\n{\"c\":1,\"c\":2}\n{\"d\":NaN}\n{\"e\":2}"
    #expect(
      try lines(text) == [
        "1 [\"a\"] 7", "4:0 notAnObject 3", "5:6 invalidJSON 6", "6:8 duplicateKey 13", "7:6 badNumber 9",
        "8 [\"e\"] 7",
      ])
  }

  @Test func aLastLineCutShortIsBad() throws {
    #expect(try lines("{\"a\":1}\n{\"a\":\"tex") == ["1 [\"a\"] 7", "2:10 truncatedJSON 9"])
  }

  @Test func overlongLinesAreBad() throws {
    let long = "{\"a\":\"\(String(repeating: "x", count: 100))\"}"
    #expect(try lines("\(long)\n{\"a\":1}", limitBytes: 32) == ["1:0 lineTooLong 32", "2 [\"a\"] 7"])
  }

  @Test func linesThatAreNotUTF8AreBad() throws {
    let bytes = Array("{\"a\":\"".utf8) + [0xc3, 0x28] + Array("\"}\n{}".utf8)
    let reader = try RecordReader(ByteSource(bytes: bytes), format: .jsonLines)
    guard case .bad(let row)? = try reader.next(), case .record? = try reader.next() else {
      Issue.record("a bad and a good line were expected")
      return
    }
    #expect(row.lineNumber == 1)
  }
}
