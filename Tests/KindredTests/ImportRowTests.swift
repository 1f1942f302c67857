import TestSupport
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

  /// A text, kind or session that was a list or an object was left out, and the row counted as stored: whoever exports
  /// tags as the text found items without one. `tools/fuzz imports` found it.
  @Test func listsAndObjectsAreNoTexts() throws {
    let items = try directory.write(
      #"{"id":"a","text":["red","bag"]}"# + "\n" + #"{"id":"b","text":{"en":"bag"}}"# + "\n"
        + #"{"id":"c","text":7}"# + "\n" + #"{"id":"d","text":[]}"# + "\n" + #"{"id":"e","text":null}"#
        + "\n",
      to: "items.jsonl")
    let counts = try #require(try store.importRecords(ImportFiles(items: items)).items)
    #expect(counts.stored == 2 && counts.dropped == ["bad text": 3])
    #expect(try store.read { try $0.item(id: "c") }?.text == "7")
    let events = try directory.write(
      [
        #""session":["s"]"#, #""session":true"#, #""kind":{"of":"view"}"#, #""kind":[]"#,
        #""session":5,"kind":null"#,
      ]
      .enumerated().map { "{\"user\":\"u\",\"item\":\"c\",\"time\":\($0.offset),\($0.element)}\n" }.joined(),
      to: "events.jsonl")
    let report = try #require(try store.importRecords(ImportFiles(events: events)).events)
    #expect(report.stored == 1 && report.dropped == ["bad session": 2, "bad kind": 2])
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
    #expect(try store.read { try $0.item(id: "large") }?.attributes.count == 1)
    let strict = ImportOptions(strict: true)
    let third = try directory.write(row("two") + #"{"id":"other"}"# + "\n", to: "third.jsonl")
    #expect(code { try store.importRecords(ImportFiles(items: third), options: strict) } == .badInput)
    #expect(try store.read { try $0.item(id: "other") } == nil)
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
      ImportFiles(items: file), options: ImportOptions(rowsWhere: Filter(condition))
    ).items
    #expect(counts?.stored == kept.count)
    for id in kept { #expect(try store.read { try $0.item(id: id) } != nil, "\(id)") }
  }

  /// A text, kind or session that was a list or an object was taken for none, without a word, with `strict` too.
  @Test func aFieldThatIsNoTextIsABadRow() throws {
    let items = try directory.write(
      #"{"id":"a","text":["red","bag"]}"# + "\n" + #"{"id":"b","text":7}"# + "\n" + #"{"id":"c","text":null}"#
        + "\n", to: "items.jsonl")
    let counts = try #require(try store.importRecords(ImportFiles(items: items)).items)
    #expect(counts.stored == 2 && counts.dropped == ["bad text": 1])
    #expect(try store.read { try $0.item(id: "b") }?.text == "7")
    let events = try directory.write(
      [#""kind":["x"]"#, #""kind":true"#, #""session":{"s":1}"#, #""kind":"cart","session":4,"page":"p""#]
        .map { #"{"user":"u","item":"b","time":1,\#($0)}"# + "\n" }.joined(), to: "events.jsonl")
    let counted = try #require(try store.importRecords(ImportFiles(events: events)).events)
    #expect(counted.stored == 1 && counted.dropped == ["bad kind": 2, "bad session": 1])
    #expect(
      code { try store.importRecords(ImportFiles(events: events), options: ImportOptions(strict: true)) }
        == .badInput)
    let others = try directory.write(
      #"{"user":"u","item":"b","time":1,"page":"p","event_type":"cart"}"# + "\n", to: "others.jsonl")
    let notes = try #require(try store.importRecords(ImportFiles(events: others)).events).notes
    #expect(notes.contains { $0.contains("page") && $0.contains("--map kind=event_type") })
  }
}
