import TestSupport
import Kindred
import Testing

/// Files as shops have them: every kind of dirt is counted, what is good is stored, and a second import changes
/// nothing.
@Suite struct ImportTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  static let eventsCSV = """
    \u{FEFF}user,item,time,kind,session,value\r
    u1,i1,2010-12-01T08:26:00,purchase,s1,6\r
    u1,i1,2010-12-01T08:26:00,purchase,s1,6\r
    u1,i1,2010-12-01T08:26:00,purchase,s1,7\r
    "u""2","i,2",1291191960.5,,,\r
    "u
    3",i3,1291191960500,view,,2.55\r
    ,i1,1,view,,\r
    u1,,1,view,,\r
    u1,i1,,view,,\r
    u1,i1,2010-02-30,view,,\r
    u1,i1,soon,view,,\r
    u1,i1,5,view,,six\r
    u1,i1,5,view,,1e999\r
    u1,i1,5\r
    u1,i1,5,view,,1,more\r
    u4,i4,0,view,"a"b,1\r
    \r
    u4,i4,0,cart,,0\r

    """

  private func check(_ file: String, format: String? = nil) throws {
    let rejects = directory.file("rejects.jsonl")
    let options = ImportOptions(rejects: rejects, format: format)
    let counts = try #require(try store.importRecords(ImportFiles(events: file), options: options).events)
    #expect(counts.rows == 16)
    #expect((counts.stored, counts.unchanged) == (5, 1))
    let dropped = [
      "no user": 1, "no item": 1, "no time": 1, "bad time": 2, "bad value": 2, "wrongFieldCount": 2,
      "textAfterQuote": 1,
    ]
    #expect(counts.dropped == dropped)
    #expect(counts.rows == counts.stored + counts.unchanged + counts.dropped.values.reduce(0, +))
    let lines = String(decoding: try readFile(rejects), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 10)
    #expect(
      lines.contains {
        $0.contains("\"reason\":\"no user\"") && $0.contains("\"line\":8") && $0.contains("i1")
      })
    let again = try #require(
      try store.importRecords(ImportFiles(events: file), options: ImportOptions(format: format)).events)
    #expect((again.rows, again.stored, again.unchanged) == (16, 0, 6))
    #expect(again.dropped == dropped)
    try store.read { (snapshot) throws in
      #expect(try snapshot.sequence(user: "u1")?.map(\.value) == [6, 7])
      let moment = try #require(Timestamp("2010-12-01T08:26:00.500Z"))
      #expect(
        try snapshot.sequence(user: "u\"2") == [Event(user: "u\"2", item: "i,2", time: moment, kind: "view")])
      #expect(try snapshot.sequence(user: "u\n3")?.map(\.time) == [moment])
      #expect(
        try snapshot.sequence(user: "u4") == [
          Event(user: "u4", item: "i4", time: Timestamp(milliseconds: 0), kind: "cart", value: 0)
        ])
    }
    #expect(try store.verify().problems == [])
  }

  @Test func dirtyEventsAsCSV() throws { try check(try directory.write(Self.eventsCSV, to: "events.csv")) }

  @Test func dirtyEventsPacked() throws {
    try check(try directory.write(Gzip.member(Array(Self.eventsCSV.utf8)), to: "events.csv.gz"))
  }

  /// With quotes a table between tabs is CSV; in TSV a quote is a character.
  @Test func dirtyEventsBetweenTabsOfAnotherName() throws {
    let text = Self.eventsCSV.replacing(",", with: "\t").replacing("i\t2", with: "i,2")
    try check(try directory.write(text.replacing("\t2\"", with: ",2\""), to: "events.dat"), format: "csv")
  }

  @Test func strictStoresNothingUnlessEveryRowIsGood() throws {
    let good = try directory.write("user,item,time\nu,i,1\nu,j,2\n", to: "good.csv")
    let items = try directory.write("id,title\ni,one\nj,two\n", to: "items.csv")
    let bad = try directory.write("user,item,time\nu,i,1\nu,j,soon\n,i,3\n", to: "bad.csv")
    let rejects = directory.file("rejects.jsonl")
    let error = storeError {
      try store.importRecords(
        ImportFiles(items: items, events: bad), options: ImportOptions(rejects: rejects, strict: true))
    }
    #expect(error?.code == .badInput)
    #expect(error?.message.contains("bad time") == true && error?.message.contains("no user") == true)
    #expect(try Contents(store) == Contents(try Store.testing(directory, "empty.kindred")))
    #expect(try readFile(rejects).split(separator: 10).count == 2)
    // Rows that a condition leaves out are wanted out.
    let options = ImportOptions(rowsWhere: "time != 2", strict: true)
    let report = try store.importRecords(ImportFiles(items: nil, events: good), options: options)
    #expect(report.events?.stored == 1 && report.events?.dropped == ["condition": 1])
  }

  @Test func itemsOfSeveralRowsAreMergedFieldByField() throws {
    let csv = """
      code,title,price,stock,zip,active
      a,"First, name",2.50,7,00123,true
      b,Bee,,,,false
      a,,3.50,,,
      ,nobody,1,1,1,true
      a,Second name,,0,,

      """
    let options = ImportOptions(map: ["id": "code", "text": "title"])
    let file = try directory.write(csv, to: "items.csv")
    let counts = try #require(try store.importRecords(ImportFiles(items: file), options: options).items)
    #expect((counts.rows, counts.stored, counts.unchanged) == (5, 2, 0))
    #expect(counts.dropped == ["no id": 1])
    let expected = Item(
      id: "a", text: "Second name", attributes: ["price": 3.5, "stock": 0, "zip": "00123", "active": true])
    #expect(try store.read { try $0.item(id: "a") } == expected)
    #expect(
      try store.read { try $0.item(id: "b") }
        == Item(id: "b", text: "Bee", attributes: ["active": false]))
    #expect(try store.importRecords(ImportFiles(items: file), options: options).items?.stored == 0)
    // What a file does not say stays.
    let more = try directory.write("{\"id\":\"a\",\"price\":4,\"tags\":[\"x\",\"y\"]}\n", to: "more.jsonl")
    #expect(try store.importRecords(ImportFiles(items: more)).items?.stored == 1)
    let after = try store.read { try $0.item(id: "a") }
    #expect(
      after?.text == "Second name" && after?.number("price") == 4 && after?.attributes["zip"] == "00123")
    #expect(after?.attributes["tags"] == .strings(["x", "y"]))
  }

  @Test func dirtyJSONLines() throws {
    let text = """
      {"user":"u","item":17,"time":1,"value":2}
      {"user":"u","item":"17","time":"1970-01-01T00:00:01Z","value":2.0}
      {"user":"u","item":17
      [1,2,3]
      {"user":null,"item":"i","time":1}
      {"user":"u","item":true,"time":1}
      {"user":"u","item":"i","time":[]}
      {"user":"u","item":"i","time":1,"value":"many"}
      {"user":"u","user":"v","item":"i","time":1}
      {"user":"u","item":"\\ud800","time":1}

      """
    for (name, bytes) in [("a.jsonl", Array(text.utf8)), ("b.jsonl.gz", Gzip.member(Array(text.utf8)))] {
      let file = try directory.write(bytes, to: name)
      let counts = try #require(try store.importRecords(ImportFiles(events: file)).events)
      #expect(counts.rows == 10 && counts.stored + counts.unchanged == 2)
      #expect(
        counts.dropped == [
          "truncatedJSON": 1, "notAnObject": 1, "no user": 1, "no item": 1, "bad time": 1, "bad value": 1,
          "duplicateKey": 1, "loneSurrogate": 1,
        ])
    }
    #expect(try store.read { try $0.sequence(user: "u")?.map(\.item) } == ["17"])
  }

  @Test func filesThatCannotBeUnderstoodSaySo() throws {
    let csv = try directory.write("a,b\n1,2\n", to: "odd.csv")
    #expect(code { try store.importRecords(ImportFiles(events: csv)) } == .badInput)
    #expect(storeError { try store.importRecords(ImportFiles(items: csv)) }?.message.contains("a, b") == true)
    let map = ImportOptions(map: ["id": "c"])
    #expect(code { try store.importRecords(ImportFiles(items: csv), options: map) } == .badInput)
    #expect(code { try store.importRecords(ImportFiles(items: directory.file("absent.csv"))) } == .notFound)
    let filter = ImportOptions(map: ["id": "a"], rowsWhere: "b >")
    #expect(code { try store.importRecords(ImportFiles(items: csv), options: filter) } == .badFilter)
    let unknown = ImportOptions(map: ["id": "a"], rowsWhere: "c > 1")
    #expect(code { try store.importRecords(ImportFiles(items: csv), options: unknown) } == .badFilter)
    let format = ImportOptions(format: "xml")
    #expect(code { try store.importRecords(ImportFiles(items: csv), options: format) } == .invalidArgument)
    var packed = Gzip.member(Array(Self.eventsCSV.utf8))
    packed[packed.count - 6] ^= 1
    let broken = try directory.write(packed, to: "broken.csv.gz")
    #expect(
      code { try store.importRecords(ImportFiles(events: broken), options: ImportOptions(strict: true)) }
        == .badInput)
    #expect(try Contents(store).events.isEmpty)
  }
}
