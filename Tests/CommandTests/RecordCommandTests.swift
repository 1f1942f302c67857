import Foundation
import Testing

@Suite struct RecordCommandTests {
  static let items = """
    {"id":"85123A","text":"WHITE HANGING HEART","price":2.55,"hidden":false,"tags":["gift","heart"]}
    {"id":"71053","text":"WHITE METAL LANTERN","price":3.39,"hidden":true,"stock":12}
    {"id":22752,"text":"SET OF 7 \\"BABUSHKA\\" BOXES\\nnew","price":7.65}

    """
  static let clicks = """
    Customer ID,Item,When,Sum
    12346,85123A,2010-12-01T08:26:00Z,6
    12346,71053,2010-12-01 08:27:00.250,
    ,71053,2010-12-01T08:28:00Z,1
    12347,22752,never,1
    """

  /// A store with the items and clicks above.
  static func shop() throws -> Workplace {
    let place = try Workplace()
    try place.write("items.jsonl", items)
    try place.write("clicks.csv", clicks)
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    try place.expect(
      "import", "shop.kindred", "--events", "clicks.csv", "--kind", "click", "--map",
      "user=Customer ID,item=Item", "--map", "time=When,value=Sum")
    return place
  }

  /// Of two ids that differ in their bytes alone, and look the same, one was deleted and the other was said to be: a
  /// set of strings took them for equal.
  @Test(arguments: [["caf\u{e9}", "cafe\u{301}"], ["\u{212b}", "\u{c5}"]])
  func idsThatLookAlikeAreDeletedBoth(ids: [String]) throws {
    let place = try Workplace()
    try place.write("items.jsonl", ids.map { #"{"id":"\#($0)"}"# + "\n" }.joined())
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    #expect(try place.expect("stats", "shop.kindred", "--json").json()["items"] as? Int == 2)
    let answer = try place.expect("delete", "shop.kindred", "items", ids[0], ids[1], "--json").json()
    #expect(answer["deleted"] as? Int == 2)
    #expect(try place.expect("stats", "shop.kindred", "--json").json()["items"] as? Int == 0)
  }

  @Test func importReportsWhatBecameOfEachRow() throws {
    let place = try Workplace()
    try place.write("items.jsonl", Self.items)
    try place.write("clicks.csv", Self.clicks)
    let first = try place.expect(
      "import", "shop.kindred", "--items", "items.jsonl", "--events", "clicks.csv", "--map",
      "user=Customer ID,item=Item,time=When", "--map", "value=Sum", "--rejects", "bad.jsonl")
    let lines = first.standardOutput.split(separator: "\n")
    #expect(
      lines.prefix(4) == [
        "        rows  stored  unchanged  merged  dropped",
        "items      3       3          0       0        0",
        "events     4       2          0       0        2",
        "dropped because",
      ])
    #expect(lines.count == 6)
    #expect(
      first.standardError.withoutTimes
        == "items have price (number), hidden (bool), tags (list), stock (number)\n7 rows in T\n")
    #expect(try place.text("bad.jsonl").split(separator: "\n").count == 2)

    let again = try place.expect("import", "shop.kindred", "--items", "items.jsonl", "--json").json()
    let counts = try #require(again["items"] as? [String: Any])
    #expect(counts["rows"] as? Int == 3)
    #expect(counts["stored"] as? Int == 0)
    #expect(counts["unchanged"] as? Int == 3)
    #expect((counts["dropped"] as? [String: Int]) == [:])
    #expect(again["events"] == nil && again["users"] == nil)
  }

  @Test func importReadsStandardInputAndKeepsOnlyWhatPasses() throws {
    let place = try Workplace()
    let report = try place.expect(
      "import", "shop.kindred", "--items", "-", "--format", "jsonl", "--rows-where", "price < 3", "--json",
      input: Self.items
    ).json()
    #expect((report["items"] as? [String: Any])?["stored"] as? Int == 1)
    #expect(try place.expect("stats", "shop.kindred", "--json").json()["items"] as? Int == 1)
  }

  @Test func badImportsFailAndSayWhy() throws {
    let place = try Workplace()
    try place.write("clicks.csv", Self.clicks)
    try place.write("noid.jsonl", "{\"name\":\"x\"}\n{\"name\":\"y\"}\n")
    let map = "user=Customer ID,item=Item,time=When"
    try place.expectFailure(
      "badInput", 65, "import", "shop.kindred", "--events", "clicks.csv", "--map", map, "--strict")
    #expect(try place.expect("stats", "shop.kindred", "--json").json()["events"] as? Int == 0)
    try place.expectFailure(
      "badInput", 65, "import", "shop.kindred", "--events", "clicks.csv", "--map", "user=Nobody")
    try place.expectFailure("notFound", 66, "import", "shop.kindred", "--items", "missing.jsonl")
    try place.expectFailure("usage", 64, "import", "shop.kindred")
    try place.expectFailure("usage", 64, "import", "shop.kindred", "--events", "clicks.csv", "--map", "user")
    try place.expectFailure(
      "usage", 64, "import", "shop.kindred", "--events", "clicks.csv", "--map", "user=A", "--map", "user=B")
    try place.expectFailure("usage", 64, "import", "shop.kindred", "--items", "-", "--events", "-")
    try place.expectFailure(
      "badFilter", 64, "import", "shop.kindred", "--events", "clicks.csv", "--map", map, "--rows-where",
      "Sum >")
    let useless = try place.run("import", "shop.kindred", "--items", "noid.jsonl", "--json")
    #expect(useless.exitCode == 65)
    #expect(try useless.jsonError().message.contains("none of the 2 rows of items"))
    #expect((try useless.json()["items"] as? [String: Any])?["rows"] as? Int == 2)
  }

  @Test func getShowsRecords() throws {
    let place = try Self.shop()
    let people = try place.expect("get", "shop.kindred", "items", "85123A")
    #expect(
      people.standardOutput == """
        id      85123A
        text    WHITE HANGING HEART
        hidden  false
        price   2.55
        tags    gift, heart

        """)
    let json = try place.expect("get", "shop.kindred", "items", "85123A", "22752", "--json")
    #expect(
      json.standardOutput == #"""
        {"id":"85123A","text":"WHITE HANGING HEART","hidden":false,"price":2.55,"tags":["gift","heart"],\#
        "attributes":{"hidden":false,"price":2.55,"tags":["gift","heart"]}}
        {"id":"22752","text":"SET OF 7 \"BABUSHKA\" BOXES\nnew","price":7.65,"attributes":{"price":7.65}}

        """#)
    try place.expectFailure("recordNotFound", 66, "get", "shop.kindred", "items", "nothing")
    try place.expectFailure("usage", 64, "get", "shop.kindred", "things", "85123A")
    let half = try place.run("get", "shop.kindred", "items", "71053", "nothing", "--json")
    #expect(half.exitCode == 66)
    #expect(try half.json()["id"] as? String == "71053")
  }

  @Test func eventsAreAppendedOnceAndShownInOrder() throws {
    let place = try Self.shop()
    let arguments = [
      "--user", "12346", "--item", "22752", "--kind", "purchase", "--time", "1291192019.5", "--value", "-2.5",
    ]
    let stored = try KindredProcess.start(["append", "shop.kindred"] + arguments, in: place.folder).wait()
    #expect(stored.standardOutput == "stored: 12346 purchase 22752 at 2010-12-01T08:26:59.500Z\n")
    let again = try KindredProcess.start(["append", "shop.kindred", "--json"] + arguments, in: place.folder)
      .wait()
    #expect(try again.json()["stored"] as? Bool == false)

    let people = try place.expect("sequence", "shop.kindred", "12346")
    #expect(
      people.standardOutput == """
        time                      kind      item    value  session  text
        2010-12-01T08:26:00Z      click     85123A      6  -        WHITE HANGING HEART
        2010-12-01T08:26:59.500Z  purchase  22752    -2.5  -        SET OF 7 "BABUSHKA" BOXES new
        2010-12-01T08:27:00.250Z  click     71053       -  -        WHITE METAL LANTERN

        """)
    let last = try place.expect("sequence", "shop.kindred", "12346", "--last", "1", "--json")
    #expect(
      last.standardOutput
        == #"{"user":"12346","item":"71053","time":"2010-12-01T08:27:00.250Z","kind":"click","#
        + #""session":null,"value":null}"# + "\n")
    let now = try place.expect(
      "append", "shop.kindred", "--user", "new", "--item", "x", "--session", "s1", "--json"
    ).json()
    #expect(now["stored"] as? Bool == true)
    #expect((now["event"] as? [String: Any])?["kind"] as? String == "view")
    try place.expectFailure("recordNotFound", 66, "sequence", "shop.kindred", "nobody")
    try place.expectFailure("usage", 64, "sequence", "shop.kindred", "12346", "--last", "0")
    try place.expectFailure(
      "usage", 64, "append", "shop.kindred", "--user", "u", "--item", "i", "--time", "never")
    try place.expectFailure("usage", 64, "append", "shop.kindred", "--user", "u")
  }

  @Test func deleteSaysWhatWasThere() throws {
    let place = try Self.shop()
    let some = try place.expect("delete", "shop.kindred", "items", "71053", "nothing", "71053")
    #expect(some.standardOutput == "deleted 1 item\n")
    #expect(some.standardError == "kindred: warning: not there: 'nothing'\n")
    try place.expectFailure("recordNotFound", 66, "get", "shop.kindred", "items", "71053")
    try place.expectFailure("recordNotFound", 66, "delete", "shop.kindred", "items", "71053")
    let json = try place.expect("delete", "shop.kindred", "items", "85123A", "gone", "--json").json()
    #expect(json["deleted"] as? Int == 1)
    #expect(json["missing"] as? [String] == ["gone"])
    #expect(json["events"] as? Int == 0, "events keep naming an item")
  }

  /// A user's events went with the record and nobody was told.
  @Test func deletingUsersCountsTheirEvents() throws {
    let place = try Workplace()
    for (user, item) in [("u1", "a"), ("u1", "b"), ("u1", "c"), ("u2", "a"), ("u3", "b")] {
      try place.expect("append", "shop.kindred", "--user", user, "--item", item)
    }
    #expect(
      try place.expect("delete", "shop.kindred", "users", "u1").standardOutput
        == "deleted 1 user with 3 events\n")
    let json = try place.expect("delete", "shop.kindred", "users", "u2", "u3", "--json").json()
    #expect(json["events"] as? Int == 2)
    #expect(try place.expect("stats", "shop.kindred", "--json").json()["events"] as? Int == 0)
  }

  /// The contract had `forget` and the command had not: who was asked to erase a customer met "no command forget". What
  /// it leaves behind is said, so that nobody takes it for more than it does.
  @Test func aForgottenUserIsInNoTableAndTheRestIsSaid() throws {
    let place = try Workplace()
    for (user, item) in [("anna@example.org", "a"), ("anna@example.org", "b"), ("ben", "a")] {
      try place.expect("append", "shop.kindred", "--user", user, "--item", item)
    }
    let told = try place.expect("forget", "shop.kindred", "--user", "anna@example.org", "nobody")
    #expect(told.standardOutput == "forgot 1 user with 2 events\n")
    #expect(told.standardError.contains("not there: 'nobody'"))
    #expect(told.standardError.contains("kindred compact shop.kindred"))
    #expect(try place.run("get", "shop.kindred", "users", "anna@example.org").exitCode == 66)
    #expect(try place.expect("export", "shop.kindred", "--events", "-").standardOutput.contains("ben"))
    #expect(try place.run("forget", "shop.kindred", "--user", "nobody", "--user", "no one").exitCode == 66)
    try place.expect("compact", "shop.kindred")
    let bytes = try Data(contentsOf: place.folder.appendingPathComponent("shop.kindred"))
    #expect(bytes.range(of: Data("anna@example.org".utf8)) == nil)
    let json = try place.expect("forget", "shop.kindred", "--user", "ben", "--json").json()
    #expect(json["forgotten"] as? Int == 1 && json["events"] as? Int == 1)
    #expect((json["models"] as? [Int])?.isEmpty == true)
  }

  @Test(arguments: ["items", "events"]) func whatIsExportedCanBeImported(kind: String) throws {
    let place = try Self.shop()
    let exported = try place.expect("export", "shop.kindred", "--\(kind)", "out.jsonl")
    #expect(
      exported.standardOutput.withoutTimes == "wrote \(kind == "items" ? 3 : 2) \(kind) to out.jsonl in T\n")
    let piped = try place.expect("export", "shop.kindred", "--\(kind)", "-", "--quiet")
    #expect(piped.standardOutput == (try place.text("out.jsonl")))
    #expect(piped.standardError == "")

    try place.expect("create", "copy.kindred")
    try place.expect("import", "copy.kindred", "--\(kind)", "out.jsonl")
    let copied = try place.expect("export", "copy.kindred", "--\(kind)", "-")
    #expect(copied.standardOutput == piped.standardOutput)
    let again = try place.expect("import", "shop.kindred", "--\(kind)", "out.jsonl", "--json").json()
    #expect((again[kind] as? [String: Any])?["stored"] as? Int == 0)
  }

  @Test func exportLeavesNoHalfFiles() throws {
    let place = try Self.shop()
    try place.write("out.jsonl", "precious\n")
    let before = try place.files()
    try place.expectFailure(
      "spaceNotFound", 66, "export", "shop.kindred", "--space", "no", "--vectors", "v.npy", "--ids", "i")
    try place.expectFailure("invalidArgument", 64, "export", "shop.kindred", "--items", "out.jsonl.gz")
    try place.expectFailure(
      "cannotCreate", 73, "export", "shop.kindred", "--items", "nowhere/out.jsonl")
    try place.expectFailure("usage", 64, "export", "shop.kindred")
    try place.expectFailure("usage", 64, "export", "shop.kindred", "--items", "a", "--users", "b")
    try place.expectFailure("usage", 64, "export", "shop.kindred", "--space", "content")
    #expect(try place.files() == before)
    #expect(try place.text("out.jsonl") == "precious\n")
    try place.expect("export", "shop.kindred", "--users", "out.jsonl")
    #expect(try place.files() == before)
    #expect(try place.text("out.jsonl") != "precious\n")
  }
}
