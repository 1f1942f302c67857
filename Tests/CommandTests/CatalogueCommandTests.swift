import Foundation
import Testing

/// `list`, `count`, `facets`, `schema` and `attribute`.
@Suite struct CatalogueCommandTests {
  private func shop() throws -> Workplace {
    let place = try Workplace()
    let items = """
      {"id":"a","text":"red bag","price":12,"category":"bags"}
      {"id":"b","text":"blue bag","price":5.5,"category":"bags","fields":7}
      {"id":"c","text":"lamp","price":30,"category":"home"}
      {"id":"d","category":"home"}

      """
    let events = "user,item,time,kind\nu,a,2020-01-01,view\nu,b,2020-01-02,buy\nv,a,2020-01-03,view\n"
    try place.expect("import", "shop.kindred", "--items", "-", "--format", "jsonl", input: items)
    try place.expect("import", "shop.kindred", "--events", "-", "--format", "csv", input: events)
    return place
  }

  @Test func aListGoesOnAtItsCursor() throws {
    let place = try shop()
    let arguments = [
      "list", "shop.kindred", "items", "--order-by", "price desc, id", "--fields", "price,fields",
    ]
    func page(_ more: String...) throws -> [[String: Any]] {
      let outcome = try KindredProcess.start(arguments + more + ["--json"], in: place.folder).wait()
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      return try outcome.jsonLines()
    }
    let all = try page()
    try #require(all.count == 5)
    #expect(all.dropLast().compactMap { $0["id"] as? String } == ["c", "a", "b", "d"])
    #expect(all.last?["next"] is NSNull && all.last?.count == 1)
    #expect(all[0]["price"] as? Double == 30)
    // What is called as a key of the row's own is in the object alone.
    #expect((all[2]["fields"] as? [String: Any])?["fields"] as? Int == 7)
    #expect((all[3]["fields"] as? [String: Any])?["price"] is NSNull)
    let first = try page("-n", "3")
    let cursor = try #require(first.last?["next"] as? String)
    #expect(try page("-n", "3", "--after", cursor).compactMap { $0["id"] as? String } == ["d"])
    try place.expectFailure("invalidArgument", 64, "list", "shop.kindred", "items", "--after", cursor)
    try place.expectFailure("invalidArgument", 64, "list", "shop.kindred", "items", "--order-by", "prise")
    try place.expectFailure("invalidArgument", 64, "list", "shop.kindred", "items", "--fields", "prise")
    try place.expectFailure("badFilter", 64, "list", "shop.kindred", "events", "--where", "price > 3")
    try place.expectFailure("usage", 64, "list", "shop.kindred", "items", "-n", "0")
  }

  @Test func listsComeInEveryFormat() throws {
    let place = try shop()
    let table = try place.expect("list", "shop.kindred", "items", "-n", "2")
    #expect(table.standardOutput.hasPrefix("id  text      category  "))
    #expect(table.standardError.contains("there are more: the same command with --after "))
    let csv = try place.expect("list", "shop.kindred", "items", "--format", "csv", "--where", "price > 6")
    #expect(
      csv.standardOutput == "id,text,category,fields,price\r\na,red bag,bags,,12\r\nc,lamp,home,,30\r\n"
        || csv.standardOutput == "id,text,category,fields,price\na,red bag,bags,,12\nc,lamp,home,,30\n")
    let events = try place.expect(
      "list", "shop.kindred", "events", "--order-by", "time desc", "--fields", "item,time", "--json", "-n",
      "1")
    let lines = try events.jsonLines()
    #expect(lines.count == 2 && lines[0]["item"] as? String == "a" && lines[1]["next"] is String)
    let none = try place.expect("list", "shop.kindred", "items", "--where", "prise > 3")
    #expect(none.standardOutput.isEmpty && none.standardError.contains("prise"))
  }

  @Test func countsFacetsAndSchemas() throws {
    let place = try shop()
    #expect(try place.expect("count", "shop.kindred", "items").standardOutput == "4\n")
    let count = try place.expect("count", "shop.kindred", "events", "--where", "kind = 'view'", "--json")
    #expect(try count.jsonLines()[0]["count"] as? Int == 2)
    let facets = try place.expect(
      "facets", "shop.kindred", "--field", "category", "--field", "price", "-n", "2", "--json"
    ).jsonLines()
    try #require(facets.count == 2)
    #expect(facets[0]["nulls"] as? Int == 0 && facets[1]["nulls"] as? Int == 1)
    let values = facets[0]["values"] as? [[String: Any]] ?? []
    #expect(values.map { $0["value"] as? String } == ["bags", "home"])
    #expect((facets[1]["ranges"] as? [[String: Any]])?.count == 3)
    let kinds = try place.expect("facets", "shop.kindred", "events", "--field", "kind")
    #expect(kinds.standardOutput.contains("view      2  66.7 %"))
    let schema = try place.expect("schema", "shop.kindred", "items", "--json").jsonLines()
    try #require(schema.map { $0["name"] as? String } == ["id", "text", "category", "fields", "price"])
    #expect(schema[4]["type"] as? String == "number" && schema[4]["largest"] as? Double == 30)
    try place.expectFailure("invalidArgument", 64, "facets", "shop.kindred", "--field", "prise")
  }

  private func ids(_ outcome: Outcome) throws -> [String] {
    let matches = try outcome.jsonLines()[0]["matches"] as? [[String: Any]] ?? []
    return matches.compactMap { $0["id"] as? String }
  }

  @Test func aTextWithoutASpaceIsSearchedFor() throws {
    let place = try shop()
    #expect(
      try ids(place.expect("query", "shop.kindred", "--text", "bleu bag", "--json", "--whole-words")) == [
        "b", "a",
      ])
    #expect(try ids(place.expect("query", "shop.kindred", "--text", "la", "--json")) == ["c"])
    #expect(try ids(place.expect("query", "shop.kindred", "--text", "home", "--json")) == [])
    try place.expect("rebuild", "shop.kindred", "--words", "--attributes", "category")
    #expect(
      try ids(place.expect("query", "shop.kindred", "--text", "home", "--json", "--by", "words")) == [
        "d", "c",
      ])
    let stats = try place.expect("stats", "shop.kindred", "--json").json()
    #expect((stats["wordIndex"] as? [String: Any])?["attributes"] as? [String] == ["category"])
    try place.expectFailure("unsupported", 64, "query", "shop.kindred", "--text", "bag", "--by", "vectors")
    try place.expect("embed", "shop.kindred", "--space", "content")
    #expect(
      try ids(place.expect("query", "shop.kindred", "--text", "bag", "--by", "vectors", "--json")).count == 3)
    let grouped = try place.expect(
      "query", "shop.kindred", "--text", "bag", "--json", "--group-by", "category", "--per-group", "1")
    #expect(try ids(grouped).count == 2)
    try place.expectFailure("usage", 64, "query", "shop.kindred", "content", "--text", "bag", "--by", "words")
    try place.expectFailure(
      "invalidArgument", 64, "rebuild", "shop.kindred", "--words", "--attributes", "colour")
  }

  @Test func severalExamplesMakeOneAnswer() throws {
    let place = try shop()
    try place.write(
      "v.jsonl",
      """
      {"id":"a","vector":[1,0]}
      {"id":"b","vector":[0.9,0.1]}
      {"id":"c","vector":[0,1]}
      {"id":"d","vector":[0.5,0.5]}
      {"id":"e=2","vector":[-1,0.1]}

      """)
    try place.expect(
      "space", "create", "shop.kindred", "v", "--of", "items", "--dimension", "2", "--metric", "cosine")
    try place.expect("upsert", "shop.kindred", "v", "v.jsonl")
    func query(_ arguments: String...) throws -> [String] {
      let outcome = try KindredProcess.start(
        ["query", "shop.kindred"] + arguments + ["--json"], in: place.folder
      ).wait()
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      return try ids(outcome)
    }
    #expect(try query("v", "--like", "a", "--like", "c") == ["d", "b", "e=2"])
    #expect(try query("v", "--like", "a=9", "--like", "c") == ["b", "d", "e=2"])
    // An id with a sign of a weight in it is that id.
    #expect(try query("v", "--like", "e=2", "-k", "1") == ["c"])
    #expect(try query("v", "--like", "d", "--unlike", "b").first == "c")
    #expect(try query("v", "--unlike", "a", "--strategy", "best").first == "e=2")
    #expect(try query("--space", "v", "--like", "a", "--like", "c") == ["d", "b", "e=2"])
    let recommended = try place.expect(
      "recommend", "shop.kindred", "--space", "v", "--like", "a", "--like", "c", "--json", "-k", "2")
    #expect(try ids(recommended) == ["d", "b"])
    let grouped = try place.expect(
      "recommend", "shop.kindred", "--user", "u", "--group-by", "category", "--keep-seen", "--json")
    // One of each category, and what has none.
    #expect(try Set(ids(grouped)).isSubset(of: ["a", "b", "c", "d", "e=2"]) && ids(grouped).count == 3)
    try place.expectFailure(
      "recordNotFound", 66, "query", "shop.kindred", "v", "--like", "a", "--like", "none")
    try place.expectFailure("usage", 64, "recommend", "shop.kindred", "--like", "a", "--session", "b")
  }

  @Test func attributesChange() throws {
    let place = try shop()
    try place.expect("attribute", "rename", "shop.kindred", "category", "group")
    let cast = try place.expect("attribute", "cast", "shop.kindred", "price", "--to", "string", "--json")
    #expect(try cast.jsonLines()[0]["changed"] as? Int == 3)
    try place.expectFailure(
      "invalidArgument", 64, "attribute", "cast", "shop.kindred", "group", "--to", "number")
    try place.expect("attribute", "drop", "shop.kindred", "fields")
    let schema = try place.expect("schema", "shop.kindred", "items", "--json").jsonLines()
    #expect(schema.map { $0["name"] as? String } == ["id", "text", "group", "price"])
    try place.expectFailure("invalidArgument", 64, "attribute", "drop", "shop.kindred", "category")
  }
}
