import TestSupport
import Basics
import Kindred
import Testing

/// The nightly file of a shop: what it lacks is gone, what is empty in it is empty, and what an import would do can be
/// seen before it does it.
@Suite struct ImportCatalogueTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  private func ids(_ kind: RecordKind = .items) throws -> [String] {
    let contents = try Contents(store)
    return (kind == .items ? contents.items.map(\.id) : contents.users.map(\.id)).sorted()
  }

  @discardableResult
  private func importItems(_ text: String, _ name: String, _ options: ImportOptions = .init()) throws
    -> ImportCounts
  {
    let file = try directory.write(text, to: name)
    return try #require(try store.importRecords(ImportFiles(items: file), options: options).items)
  }

  /// No command could take away a value, and a product that tonight's file lacks was recommended for ever.
  @Test func nullClearsWhereThatIsAskedFor() throws {
    let whole =
      #"{"id":"a","text":"bag","price":5,"old":1}"# + "\n" + #"{"id":"b","text":"belt","price":6}"# + "\n"
    try importItems(whole, "items.jsonl")
    let nulls = #"{"id":"a","text":null,"price":null}"# + "\n" + #"{"id":"b","price":""}"# + "\n"
    #expect(try importItems(nulls, "nulls.jsonl").unchanged == 2)
    let clearing = ImportOptions(clearsMissing: true)
    #expect(try importItems(nulls, "nulls.jsonl", clearing).stored == 2)
    #expect(try importItems(nulls, "nulls.jsonl", clearing).unchanged == 2)
    #expect(
      try Contents(store).items == [Item(id: "a", attributes: ["old": 1]), Item(id: "b", text: "belt")])
    #expect(try store.verify().problems == [])
    // In a file with a header every column is said something of; rows count in their order.
    try importItems(whole, "items.jsonl")
    try importItems("id,text,price\na,,7\na,sack,\nb,,\n", "items.csv", clearing)
    #expect(
      try Contents(store).items == [
        Item(id: "a", text: "sack", attributes: ["old": 1]), Item(id: "b"),
      ])
  }

  @Test func replaceDeletesWhatTheFileLacks() throws {
    try store.createSpace(SpaceConfiguration(name: "v", of: .items, dimension: 2, metric: .l2))
    try importItems("id,price,old\na,1,x\nb,2,x\nc,3,x\nd,4,x\n", "items.csv")
    try store.upsert("v", ids: ["a", "c"], vectors: [1, 0, 0, 1])
    let users = try directory.write("id,city\nu,Ulm\nw,Worms\n", to: "users.csv")
    let events = try directory.write("user,item,time\nu,c,1\nw,a,2\n", to: "events.csv")
    try store.importRecords(ImportFiles(users: users, events: events))
    let replacing = ImportOptions(rowsWhere: "price != 9", types: ["price": .number], replaces: true)
    // b is bad and stays as it is; d is left out by the condition; c is not there; e is new.
    let tonight = "id,price\na,1\nb,two\nd,9\ne,5\n"
    let dry = try importItems(
      tonight, "tonight.csv",
      ImportOptions(rowsWhere: "price != 9", types: ["price": .number], replaces: true, dryRun: true))
    #expect(try ids() == ["a", "b", "c", "d"])
    let counts = try importItems(tonight, "tonight.csv", replacing)
    #expect((counts.stored, counts.unchanged, counts.deleted) == (2, 0, 2))
    #expect((dry.stored, dry.unchanged, dry.deleted) == (2, 0, 2))
    #expect(counts.dropped == ["bad number": 1, "condition": 1] && dry.dropped == counts.dropped)
    #expect(try ids() == ["a", "b", "e"])
    #expect(try ids(.users) == ["u", "w"])
    #expect(try store.read { try $0.item(id: "a") }?.attributes == ["price": 1])
    #expect(try store.read { try $0.item(id: "b") }?.attributes == ["price": 2, "old": "x"])
    #expect(try store.read { try $0.space("v").count } == 1)
    // The event of a deleted item stays, that of a deleted user goes.
    #expect(try Contents(store).events.map(\.item) == ["c", "a"])
    let again = try importItems(tonight, "tonight.csv", replacing)
    #expect((again.stored, again.unchanged, again.deleted) == (0, 2, 0))
    let fewer = try directory.write("id\nu\n", to: "fewer.csv")
    let report = try store.importRecords(ImportFiles(users: fewer), options: ImportOptions(replaces: true))
    #expect(report.users?.deleted == 1 && report.users?.stored == 1)
    #expect(try Contents(store).events.map(\.user) == ["u"])
    #expect(try ids() == ["a", "b", "e"])
    #expect(try store.verify().problems == [])
  }

  /// An export that failed must not empty the store.
  @Test(arguments: ["id,price\n", "id,price\n\"a,1\n", "id,price\n,1\n", "id,price\na,9\n"])
  func aFileWithoutAGoodRowReplacesNothing(text: String) throws {
    try importItems("id,price\na,1\nb,2\n", "items.csv")
    for dryRun in [false, true] {
      let options = ImportOptions(rowsWhere: "price != 9", replaces: true, dryRun: dryRun)
      #expect(code { try importItems(text, "broken.csv", options) } == .badInput)
    }
    #expect(try ids() == ["a", "b"])
  }

  /// A row that cannot be read may be any item's: nothing is deleted, and that is said.
  @Test func anUnreadableRowKeepsEverything() throws {
    try importItems("id,price\na,1\nb,2\nc,3\n", "items.csv")
    let counts = try importItems("id,price\na,7\nb,2,5\n", "broken.csv", ImportOptions(replaces: true))
    #expect((counts.stored, counts.deleted) == (1, 0) && counts.dropped == ["wrongFieldCount": 1])
    #expect(counts.notes.contains { $0.contains("nothing was deleted") })
    #expect(try ids() == ["a", "b", "c"])
    #expect(
      code {
        try importItems("id,price\na,8\nb,2,5\n", "broken.csv", ImportOptions(strict: true, replaces: true))
      }
        == .badInput)
    #expect(try store.read { try $0.item(id: "a") }?.number("price") == 7)
  }

  /// A dry run reports what the import then does, on any file, and leaves the store's bytes as they were; and the
  /// counts of either add up to the rows that were read.
  @Test(arguments: 0..<6) func aDryRunReportsWhatIsThenDone(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed) + 400)
    func pick(_ words: [String]) -> String { words[Int.random(in: 0..<words.count, using: &generator)] }
    for round in 0..<8 {
      // Rows that cannot be read keep a replacing import from deleting: only every other round has some.
      let broken = round % 2 == 0
      let someIDs =
        ["a", "b", "c", "d", "e", "f", "", String(repeating: "y", count: 501)] + (broken ? ["\"x"] : [])
      let someCities = ["null", "\"Ulm\"", "3"] + (broken ? ["}"] : [])
      var items = "id,text,price,tags\n"
      var users = ""
      var events = "user,item,time,value\n"
      for _ in 0..<Int.random(in: 1...25, using: &generator) {
        items +=
          "\(pick(someIDs)),\(pick(["", "red", "blue"])),\(pick(["", "1", "2.5", "n/a"])),\(pick(["", "x;y", "x,y"]))\n"
        users += #"{"id":"\#(pick(["u", "v", "w"]))","city":\#(pick(someCities))}"# + "\n"
        events +=
          "\(pick(["u", "v", "n", ""])),\(pick(someIDs)),\(pick(["1", "2", "soon"])),\(pick(["", "1", "1,5", "x"]))\n"
      }
      items += "k,kept,1,\n"
      users += #"{"id":"k"}"# + "\n"
      let files = ImportFiles(
        items: try directory.write(items, to: "items.csv"),
        users: try directory.write(users, to: "users.jsonl"),
        events: try directory.write(events, to: "events.csv"))
      var options = ImportOptions(
        types: round % 2 == 0 ? ["price": .number] : [:],
        lists: ["tags": ";"], clearsMissing: round % 4 == 1, replaces: round % 4 > 1, dryRun: true)
      let bytes = try readFile(directory.file("shop.kindred"))
      let reading = try Store.open(at: directory.file("shop.kindred"), options: .init(readOnly: true))
      var expected = try reading.importRecords(files, options: options)
      reading.close()
      #expect(try readFile(directory.file("shop.kindred")) == bytes)
      options.dryRun = false
      let report = try store.importRecords(files, options: options)
      for counts in [report.items, report.users, report.events].compactMap({ $0 }) {
        let dropped = counts.dropped.values.reduce(0, +)
        #expect(
          counts.rows == counts.stored + counts.unchanged + counts.merged + dropped, "\(generator) \(round)")
      }
      expected.isDryRun = false
      expected.items?.firstItems = []
      expected.users?.firstUsers = []
      expected.events?.firstEvents = []
      #expect(expected == report, "\(generator) \(round)")
    }
    #expect(try store.verify().problems == [])
  }
}
