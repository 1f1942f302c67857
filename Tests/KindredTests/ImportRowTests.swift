import Kindred
import Testing

/// One bad row is one row: what is wrong with it is found while it is read, where it can still be left out and counted.
@Suite struct ImportRowTests {
  private let directory: TemporaryDirectory
  private let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  /// A name of more than 100 bytes was met when the rows were stored: a shop's import ended there, without a line, with
  /// whatever slices had been stored before.
  @Test func aBadAttributeNameIsOneRow() throws {
    let name = String(repeating: "ä", count: 51)
    let file = try directory.write(
      #"{"id":"a","x":1}"# + "\n" + #"{"id":"b","\#(name)":1}"# + "\n" + #"{"id":"c","":2}"# + "\n"
        + #"{"id":"d"}"# + "\n", to: "items.jsonl")
    let counts = try #require(try store.importRecords(ImportFiles(items: file)).items)
    #expect(counts.stored == 2 && counts.dropped == ["bad attribute name": 2])
    #expect(
      code { try store.importRecords(ImportFiles(users: file), options: ImportOptions(strict: true)) }
        == .badInput)
    #expect(try store.statistics().users == 0)
  }

  /// Rows that are small enough alone made a record of more than 16 MiB together, which ended the import.
  @Test func aRecordThatGrowsTooLargeIsOneRecord() throws {
    func row(_ name: String) -> String {
      #"{"id":"large","\#(name)":"\#(String(repeating: "x", count: 9_000_000))"}"# + "\n"
    }
    let first = try directory.write(row("one"), to: "first.jsonl")
    let second = try directory.write(row("two") + #"{"id":"small"}"# + "\n", to: "second.jsonl")
    try store.importRecords(ImportFiles(items: first))
    let counts = try #require(try store.importRecords(ImportFiles(items: second)).items)
    #expect(counts.stored == 1 && counts.dropped == ["record too large": 1] && counts.rows == 2)
    #expect(try store.read { try $0.record(.items, "large") }?.attributes.count == 1)
    let strict = ImportOptions(strict: true)
    let third = try directory.write(row("two") + #"{"id":"other"}"# + "\n", to: "third.jsonl")
    #expect(code { try store.importRecords(ImportFiles(items: third), options: strict) } == .badInput)
    #expect(try store.read { try $0.record(.items, "other") } == nil)
  }

  /// `--rows-where "customer is not null"` kept the rows without a customer, since an empty field was a text there and
  /// nothing everywhere else.
  @Test(arguments: [
    ("size is not null", ["a", "c"]), ("size is null", ["b"]), ("size != 4", ["c"]),
    ("size not in (4, 9)", ["c"]), ("not size = 4", ["c"]), ("not (size > 5)", ["a"]),
    ("not size", ["a", "b", "c"]),
    ("not (size > 5) or size is null", ["a", "b"]),
  ])
  func anEmptyFieldIsNullForRowsWhere(condition: String, kept: [String]) throws {
    let file = try directory.write("id\tsize\na\t4\nb\t\nc\t7\n", to: "items.tsv")
    let counts = try store.importRecords(
      ImportFiles(items: file), options: ImportOptions(rowsWhere: condition)
    ).items
    #expect(counts?.stored == kept.count)
    for id in kept { #expect(try store.read { try $0.record(.items, id) } != nil, "\(id)") }
  }
}
