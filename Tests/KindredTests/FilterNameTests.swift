import TestSupport
import Kindred
import Testing

/// Names and nulls in the filters of `query`, of `recommend` and of `--rows-where`.
@Suite struct FilterNameTests {
  private let directory: TemporaryDirectory
  private let store: Store
  private let file: String
  private static let rows = [
    #"{"id":"p1","text":"red mug","price":4,"tags":["sale","new"],"size":{"w":10,"h":2.5},"stock":true}"#,
    #"{"id":"p2","text":"Blue mug","price":40,"size":{"w":20},"parts":[{"colour":"red"},{"colour":"tan","n":0}]}"#,
    #"{"id":"p3","price":null,"tags":[],"stock":false,"size":[{"w":30},{"w":[40]}],"brand":""}"#,
    #"{"id":"40","text":"","size.w":99,"size":{"w":10},"price":"call us","parts":[{"n":null}]}"#,
  ]

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    file = try directory.write(Self.rows.joined(separator: "\n") + "\n", to: "items.jsonl")
    try store.importRecords(ImportFiles(items: file))
    try store.createSpace(SpaceConfiguration(name: "v", of: .items, dimension: 1, metric: .l2))
    try store.upsert("v", ids: ["p1", "p2", "p3", "40"], vectors: [1, 2, 3, 4])
  }

  private func found(_ filter: Filter) throws -> [String] {
    try store.read { try $0.query("v", vector: [0], options: QueryOptions(filter: filter)).map(\.id) }
  }

  /// `not (price < 30)` let through what has no price, `id` and `text` were attributes that nobody has, and objects
  /// could not be looked into: shops got other items than they asked for, and no word. A filter means the same in an
  /// answer and over the rows that become the records.
  @Test(arguments: [
    ("price < 30", ["p1"]), ("not price < 30", ["p2", "40"]), ("price != 4", ["p2", "40"]),
    ("not (price != 4)", ["p1"]), ("price is null", ["p3"]),
    ("not (price < 30) or price is null", ["p2", "p3", "40"]),
    ("not stock", ["p2", "p3", "40"]), ("stock is false", ["p3"]), ("stock != true", ["p3"]),
    ("not stock = true", ["p3"]), ("brand is null", ["p1", "p2", "p3", "40"]), ("brand != 'x'", []),
    ("tags = 'sale'", ["p1"]), ("tags != 'sale'", ["p3"]), ("not tags = 'sale'", ["p3"]),
    ("id = 'p2'", ["p2"]), ("id in ('p3', 'p1', 'none')", ["p1", "p3"]),
    ("not id in ('p3', 'p1')", ["p2", "40"]),
    ("id like 'p_'", ["p1", "p2", "p3"]), ("id = 40", ["40"]), ("id > 'p1'", ["p2", "p3"]),
    ("text like '%MUG'", ["p1", "p2"]), ("not text like 'red%'", ["p2"]), ("text is null", ["p3", "40"]),
    ("text = 'Blue mug'", ["p2"]), ("size.w = 10", ["p1"]), ("size.w between 15 and 45", ["p2", "p3"]),
    ("not size.w < 25", ["p3", "40"]), ("size.h is null", ["p2", "p3", "40"]), ("size.w > 30", ["p3", "40"]),
    ("parts.colour = 'red'", ["p2"]), ("not parts.colour = 'tan'", []),
    ("parts.n is null", ["p1", "p3", "40"]),
    ("parts.n = 0 and id != 'p1'", ["p2"]), ("`size` is not null and not size.h > 1", []),
  ])
  func answersAndRowsAgree(text: String, expected: [String]) throws {
    let filter = Filter(text)
    #expect(try found(filter) == expected)
    let other = try Store.testing(directory, "other.kindred")
    let counts = try other.importRecords(ImportFiles(items: file), options: ImportOptions(rowsWhere: filter))
      .items
    var kept: [String] = []
    try other.read { try $0.forEachRecord(.items) { kept.append($0.id) } }
    #expect(kept == expected && counts?.unknownNames == [])
  }

  /// What a filter on texts found was kept when a text changed, since no attribute had.
  @Test func changedTextsAreSeen() throws {
    #expect(try found("text like '%mug'") == ["p1", "p2"])
    #expect(try found("text is null") == ["p3", "40"])
    try store.upsert([Item(id: "p3", text: "green mug")])
    #expect(try found("text like '%mug'") == ["p1", "p2", "p3"])
    try store.upsert([Item(id: "p1", attributes: ["price": 4])])
    #expect(try found("text like '%mug'") == ["p2", "p3"])
    #expect(try found("text is null") == ["p1", "40"])
    try store.delete(["p2"], kind: .items)
    try store.upsert([Item(id: "p2", text: "plate")])
    try store.upsert("v", ids: ["p2"], vectors: [9])
    #expect(try found("text like '%mug'") == ["p3"])
    #expect(try found("id = 'p2' or id like 'p3'") == ["p3", "p2"])
    #expect(try found("text = 'plate'") == ["p2"])
  }

  /// A misspelt name gave an empty answer, or everything under `not`, and no word.
  @Test func namesThatNobodyHasAreFound() throws {
    func unknown(_ filter: Filter, of kind: RecordKind = .items) throws -> [String] {
      try store.read { try $0.unknownNames(inFilter: filter, of: kind).map(\.description) }
    }
    #expect(
      try unknown("prize < 3 and not stok and id != 'x' and text like 'a' and price < 4")
        == [#"no item has "prize"; did you mean "price"?"#, #"no item has "stok"; did you mean "stock"?"#])
    #expect(try unknown("size.wd = 1") == [#"no item has "size.wd"; did you mean "size.w" or "size.h"?"#])
    #expect(
      try unknown("parts.color = 'red'") == [#"no item has "parts.color"; did you mean "parts.colour"?"#])
    #expect(try unknown("warehouse = 1 or `size.w` = 1 or tags = 'x'") == [#"no item has "warehouse""#])
    #expect(try unknown("Text is null") == [#"no item has "Text"; did you mean "text"?"#])
    #expect(try unknown("price > 1 or id = 'u'", of: .users) == [#"no user has "price""#])
    // The last record that had it: neither known nor a hint any more.
    try store.upsert([Item(id: "p3"), Item(id: "p1", attributes: ["price": 4])])
    #expect(try unknown("stock") == [#"no item has "stock""#])
    #expect(try unknown("stokc") == [#"no item has "stokc""#])
    #expect(code { try unknown("price <") } == .badFilter)
  }

  @Test func namesThatNoRowHadAreFound() throws {
    let filter: Filter = "prize > 1 or size.v = 2 or parts.colour = 'red' or brand = 'x' or size.w = 99"
    let counts = try store.importRecords(ImportFiles(items: file), options: ImportOptions(rowsWhere: filter))
      .items
    #expect(
      counts?.unknownNames.map(\.description)
        == [
          #"no row has "prize"; did you mean "price"?"#,
          #"no row has "size.v"; did you mean "size.h" or "size.w" or "size"?"#,
        ])
    let empty = try directory.write("", to: "empty.jsonl")
    let nothing = try store.importRecords(
      ImportFiles(items: empty), options: ImportOptions(rowsWhere: filter))
    #expect(nothing.items?.unknownNames.isEmpty ?? true)
    let table = try directory.write("id,price\na,1\n", to: "items.csv")
    let error = storeError {
      try store.importRecords(ImportFiles(items: table), options: ImportOptions(rowsWhere: "prize > 1"))
    }
    #expect(error?.code == .badFilter && error?.message.contains("Did you mean price?") == true)
  }

  /// An attribute named `id` or `text`, which programs can still store, does not hide the record's own.
  @Test func ownIDAndTextComeBeforeAttributes() throws {
    try store.upsert([Item(id: "own", attributes: ["id": "p1", "text": "mug", "id.x": 1])])
    try store.upsert("v", ids: ["own"], vectors: [5])
    #expect(try found("id = 'p1'") == ["p1"])
    #expect(try found("id = 'own' and text is null") == ["own"])
    #expect(try found("id.x = 1") == ["own"])
  }

  /// Two ids that look alike fell together in `excluding`, a set of strings: one of them was shown though it was left
  /// out.
  @Test func excludedIDsAreBytes() throws {
    let ids = ["caf\u{E9}", "cafe\u{301}"]
    try store.upsert("v", ids: ids, vectors: [6, 7])
    let options = QueryOptions(filter: "id in \(ids)", excluding: ids)
    #expect(try store.read { try $0.query("v", vector: [0], options: options) }.isEmpty)
    let one = QueryOptions(filter: "id like 'caf%'", excluding: [ids[0]])
    let left = try store.read { try $0.query("v", vector: [0], options: one).map(\.id) }
    #expect(left.map { Array($0.utf8) } == [Array(ids[1].utf8)])
  }
}
