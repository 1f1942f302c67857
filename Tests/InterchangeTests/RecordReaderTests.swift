import TestSupport
import Basics
import Testing

@testable import Interchange

@Suite struct RecordReaderTests {
  @Test(arguments: [
    ("a/items.JSONL", RecordFormat.jsonLines), ("items.ndjson.gz", .jsonLines), ("x.csv", .csv),
    ("x.csv.gz", .csv),
    ("x.tsv", .tsv), ("x.tab.GZ", .tsv),
  ])
  func formatsByName(path: String, format: RecordFormat) throws {
    #expect(RecordFormat(path: path) == format)
    #expect(try RecordFormat.resolve(path: path, given: .csv) == .csv)
  }

  @Test(arguments: ["-", "items", "items.xml", "items.gz", "csv", "x.csv/items"])
  func namesThatTellNothing(path: String) {
    #expect(RecordFormat(path: path) == nil)
    #expect(errorCode { _ = try RecordFormat.resolve(path: path, given: nil) } == .unsupportedFormat)
  }

  /// The same two records in every format give the same cells.
  @Test(arguments: [
    (RecordFormat.csv, "id,price,when,note\n12345678901234567890,2.55,2010-12-01T08:26:00,\"a, b\"\nx,,5,\n"),
    (.tsv, "id\tprice\twhen\tnote\r\n12345678901234567890\t2.55\t2010-12-01T08:26:00\ta, b\r\nx\t\t5\t\r\n"),
    (
      .jsonLines,
      """
      {"id":12345678901234567890,"price":2.55,"when":"2010-12-01T08:26:00","note":"a, b"}
      {"when":5,"id":"x","note":null,"price":""}
      """
    ),
  ])
  func allFormatsReadAlike(format: RecordFormat, text: String) throws {
    let reader = try RecordReader(ByteSource(bytes: Array(text.utf8)), format: format)
    let id = try #require(reader.column(named: "id"))
    let price = try #require(reader.column(named: "price"))
    let when = try #require(reader.column(named: "when"))
    let note = try #require(reader.column(named: "note"))
    var found: [String] = []
    try reader.forEach { outcome in
      guard case .record(let record) = outcome else { return }
      #expect(record.fieldCount == 4)
      let names = (0..<4).map { record.name(at: $0) }
      #expect(Set(names) == ["id", "price", "when", "note"])
      let byPlace = names.firstIndex(of: "id").flatMap { record.cell(at: $0).identifier }
      #expect(byPlace == record.cell(id).identifier)
      found.append(
        "\(record.cell(id).identifier ?? "-") \(record.cell(price).number ?? -1) "
          + "\(record.cell(when).timeMilliseconds ?? -1) \(record.cell(note).isEmpty) "
          + "\(record.cell(price).isEmpty)")
    }
    #expect(
      found == ["12345678901234567890 2.55 1291191960000 false false", "x -1.0 5000 true true"])
  }

  @Test func columnsThatAreNotThere() throws {
    let table = try RecordReader(ByteSource(bytes: Array("a,b\n1,2\n".utf8)), format: .csv)
    #expect(table.columnNames == ["a", "b"])
    #expect(table.column(named: "c") == nil)
    let lines = try RecordReader(ByteSource(bytes: Array("{\"a\":1}\n".utf8)), format: .jsonLines)
    #expect(lines.columnNames == nil)
    let missing = try #require(lines.column(named: "c"))
    guard case .record(let record)? = try lines.next(), case .missing = record.cell(missing) else {
      Issue.record("a record without that member was expected")
      return
    }
    #expect(record.cell(missing).isEmpty)
    #expect(record.cell(missing).string == nil)
  }

  @Test func keysInAnyOrderAreFound() throws {
    var generator = SeededGenerator(seed: 9)
    let keys = ["a", "b", "c", "d", "e"]
    var text = ""
    for number in 0..<200 {
      let shuffled = keys.shuffled(using: &generator)
      text += "{" + shuffled.map { "\"\($0)\":\"\($0)\(number)\"" }.joined(separator: ",") + "}\n"
    }
    let reader = try RecordReader(ByteSource(bytes: Array(text.utf8)), format: .jsonLines)
    let columns = keys.compactMap { reader.column(named: $0) }
    var number = 0
    try reader.forEach { outcome in
      guard case .record(let record) = outcome else { return }
      #expect(columns.map { record.cell($0).string } == keys.map { "\($0)\(number)" })
      number += 1
    }
    #expect(number == 200)
  }

  @Test func badRowsBringTheirText() throws {
    for (format, text) in [(RecordFormat.csv, "a,b\n1,2,3\n"), (.jsonLines, "\n1,2,3\n")] {
      let reader = try RecordReader(ByteSource(bytes: Array(text.utf8)), format: format)
      guard case .bad(let row)? = try reader.next() else {
        Issue.record("a bad row was expected")
        continue
      }
      #expect(row.lineNumber == 2)
      #expect(String(decoding: row.raw, as: UTF8.self) == "1,2,3")
      if try reader.next() != nil { Issue.record("the end was expected") }
    }
  }

  @Test func cellsOfEachKind() throws {
    let value = try JSONParser.parse(
      #"{"t":true,"n":1.50,"s":" 2 ","e":"","a":[1],"z":null,"d":"2010-12-01"}"#)
    let object = try #require(value.object)
    func cell(_ key: String) -> Cell { object[key].map { .json($0) } ?? .missing }
    #expect(cell("t").string == "true" && cell("t").identifier == nil && cell("t").number == nil)
    #expect(cell("n").string == "1.50" && cell("n").identifier == "1.50" && cell("n").number == 1.5)
    #expect(cell("n").timeMilliseconds == 1500)
    #expect(cell("s").number == 2 && cell("s").identifier == " 2 " && cell("s").timeMilliseconds == 2000)
    #expect(cell("e").isEmpty && cell("e").identifier == nil && cell("e").string == "")
    #expect(!cell("a").isEmpty && cell("a").string == nil && cell("a").number == nil)
    #expect(cell("z").isEmpty && cell("z").string == nil && cell("x").isEmpty)
    #expect(cell("d").timeMilliseconds == 1_291_161_600_000)
    #expect(cell("d").withText { $0.count } == 10 && cell("a").withText { $0.count } == nil)
  }

  @Test func packedFilesAreReadByName() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(ByteSourceTests.compressedTable, to: "t.tsv.gz")
    let reader = try RecordReader(path: path)
    #expect(reader.format == .tsv && reader.columnNames == ["id", "name"])
    var count = 0
    try reader.forEach { _ in count += 1 }
    #expect(count == 2)
  }
}
