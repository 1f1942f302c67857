import Foundation
import Testing

@Suite struct VectorCommandTests {
  /// Ten vectors of dimension 2 on a line: row i is (i, 0).
  static let line: [Float] = (0..<10).flatMap { [Float($0), 0] as [Float] }

  /// A store with space `line` (l2) of the ten vectors, ids 0 to 9.
  static func shop() throws -> Workplace {
    let place = try Workplace()
    try place.expect(
      "space", "create", "shop.kindred", "line", "--of", "items", "--dimension", "2", "--metric", "l2")
    try place.write("line.npy", npy("<f4", rows: 10, columns: 2, line))
    let stored = try place.expect("upsert", "shop.kindred", "line", "line.npy")
    #expect(stored.standardOutput.withoutTimes == "stored 10 vectors in line in T\n")
    return place
  }

  @Test func upsertTakesEveryFormatAndReportsRows() throws {
    let place = try Self.shop()
    try place.write("half.npy", npy("<f2", rows: 1, columns: 2, [0x4900, 0] as [UInt16]))
    try place.write("ids.txt", "ten\n")
    #expect(
      try place.expect("upsert", "shop.kindred", "line", "half.npy", "--ids", "ids.txt", "--json").json()[
        "stored"] as? Int
        == 1)
    let fvecs = [2, Float(12).bitPattern, Float(0).bitPattern]
    try place.write("one.fvecs", fvecs.withUnsafeBytes { Data($0) })
    try place.write("twelve.txt", "twelve\n")
    try place.expect("upsert", "shop.kindred", "line", "one.fvecs", "--ids", "twelve.txt")
    try place.write(
      "mixed.jsonl",
      #"{"id":"good","vector":[11,0],"attributes":{"price":3}}"# + "\n" + #"{"id":"bad","vector":[1,2,3]}"#
        + "\n")
    let mixed = try place.run("upsert", "shop.kindred", "line", "mixed.jsonl", "--json")
    #expect(mixed.exitCode == 0)
    #expect(
      mixed.standardError.hasPrefix("kindred: warning: 1 row of 'mixed.jsonl' could not be stored; row "))
    let report = try mixed.json()
    #expect(report["stored"] as? Int == 1)
    #expect((report["rejected"] as? [[String: Any]])?.count == 1)
    #expect(report["seconds"] is Double)
    let near = try place.expect("query", "shop.kindred", "line", "--vector", "[10.9,0]", "-k", "3", "--json")
      .json()
    let ids = (near["matches"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
    #expect(ids == ["good", "ten", "twelve"])
  }

  /// Two spaces with weights make one list; what cannot be asked of several is a wrong use.
  @Test func severalSpacesAnswerTogether() throws {
    let place = try Self.shop()
    try place.expect(
      "space", "create", "shop.kindred", "third", "--of", "items", "--dimension", "2", "--metric", "l2")
    let third = (0..<10).flatMap { [Float($0 * 3 % 10), 0] as [Float] }
    try place.write("third.npy", npy("<f4", rows: 10, columns: 2, third))
    try place.expect("upsert", "shop.kindred", "third", "third.npy")
    func list(_ line: String) throws -> [String] {
      let outcome = try place.shell("$KINDRED \(line) --json -k 3")
      #expect(outcome.exitCode == 0, "\(line): \(outcome)")
      let matches = try #require(try outcome.json()["matches"] as? [[String: Any]])
      #expect(matches.allSatisfy { ($0["score"] as? Double).map { (0...1).contains($0) } == true })
      return matches.compactMap { $0["id"] as? String }
    }
    let query = "query shop.kindred --like 0"
    #expect(try list("\(query) --space line=0.999,third=0.001") == ["1", "2", "3"])
    #expect(try list("\(query) --space line=1e-9,third") == ["7", "4", "1"])
    #expect(try list("\(query) --space line,third --fusion score").first == "1")
    let recommend = "recommend shop.kindred --session 4,5 --space line"
    #expect(try list("\(recommend) --where \"id != '3'\"") == ["6", "7", "2"])
    for line in [
      query, "query shop.kindred line --like 0 --space third", "\(query) --space ,",
      "\(query) --space line=0",
      "query shop.kindred --vector [1,2] --space line", "query shop.kindred line --like 0 --fusion score",
      "\(recommend) --diversity 0.5", "train shop.kindred --without-content --content-spaces line",
    ] {
      let outcome = try place.shell("$KINDRED \(line)")
      #expect(outcome.exitCode == 64, "\(line): \(outcome)")
    }
    try place.expectFailure(
      "spaceNotFound", 66, "query", "shop.kindred", "--like", "0", "--space", "line,nowhere")
  }

  @Test func badVectorsAreRefused() throws {
    let place = try Self.shop()
    try place.write("wide.npy", npy("<f4", rows: 2, columns: 3, [Float](repeating: 1, count: 6)))
    try place.write("torn.npy", npy("<f4", rows: 10, columns: 2, Self.line).dropLast(3))
    try place.write("three.txt", "a\nb\nc\n")
    try place.expectFailure("dimensionMismatch", 65, "upsert", "shop.kindred", "line", "wide.npy")
    try place.expectFailure("badInput", 65, "upsert", "shop.kindred", "line", "torn.npy")
    try place.expectFailure(
      "badInput", 65, "upsert", "shop.kindred", "line", "line.npy", "--ids", "three.txt")
    try place.expectFailure("notFound", 66, "upsert", "shop.kindred", "line", "missing.npy")
    try place.expectFailure("spaceNotFound", 66, "upsert", "shop.kindred", "nowhere", "line.npy")
    try place.expectFailure("dimensionMismatch", 65, "query", "shop.kindred", "line", "--vectors", "wide.npy")
    try place.expectFailure("dimensionMismatch", 65, "query", "shop.kindred", "line", "--vector", "[1]")
    try place.expectFailure("badInput", 65, "query", "shop.kindred", "line", "--vector", "[1,")
    try place.expectFailure("badInput", 65, "query", "shop.kindred", "line", "--vector", "[1,null]")
    try place.expectFailure("badInput", 65, "query", "shop.kindred", "line", "--vector", "7")
  }

  @Test func aQueryPrintsExactlyWhatWasPromised() throws {
    let place = try Self.shop()
    let single = try place.expect(
      "query", "shop.kindred", "line", "--vector", "[2.25,0]", "-k", "2", "--json")
    #expect(
      single.standardOutput
        == #"{"query":0,"matches":[{"id":"2","score":-0.25,"distance":0.25},{"id":"3","score":-0.75,"distance":0.75}]}"#
        + "\n")
    let piped = try place.expect(
      "query", "shop.kindred", "line", "--vector", "-", "-k", "2", "--json", input: "[2.25, 0]\n")
    #expect(piped.standardOutput == single.standardOutput)
    let exact = try place.expect(
      "query", "shop.kindred", "line", "--vector", "[2.25,0]", "-k", "2", "--json", "--exact")
    #expect(exact.standardOutput == single.standardOutput)
    let people = try place.expect("query", "shop.kindred", "line", "--vector", "[2.25,0]", "-k", "2")
    #expect(
      people.standardOutput == """
        rank  id    score  distance
           1  2   -0.2500    0.2500
           2  3   -0.7500    0.7500

        """)
    let like = try place.expect("query", "shop.kindred", "line", "--like", "0", "-k", "100", "--json").json()
    let ids = (like["matches"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
    #expect(ids == (1..<10).map(String.init))
  }

  @Test func aRecallMayBeAskedFor() throws {
    let place = try Workplace(store: false)
    try place.expect("create", "s.kindred")
    try place.expect(
      "space", "create", "s.kindred", "v", "--of", "items", "--dimension", "2", "--metric", "l2",
      "--encoding",
      "int8")
    let count = 1_200
    let values = (0..<count).flatMap { [Float($0 % 40), Float($0 / 40)] }
    try place.write("v.npy", npy("<f4", rows: count, columns: 2, values))
    try place.expect("upsert", "s.kindred", "v", "v.npy")
    try place.expect("rebuild", "s.kindred", "--space", "v")
    let answer = try place.expect(
      "query", "s.kindred", "v", "--vector", "[7.1, 9.2]", "-k", "3", "--recall", "0.9", "--json"
    ).json()
    let ids = (answer["matches"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
    #expect(ids?.first == "367")
    let stats = try place.expect("stats", "s.kindred", "--json").json()
    let space = try #require((stats["spaces"] as? [[String: Any]])?.first)
    let recall = try #require(space["recall"] as? [String: Any])
    #expect(recall["k"] as? Int == 10)
    let points = try #require(recall["points"] as? [[String: Any]])
    #expect(points.count >= 1)
    #expect(Set(points[0].keys) == ["ef", "recall", "bound", "queries", "distanceComputationsPerQuery"])
    for wrong in ["0", "1.5", "x"] {
      try place.expectFailure(
        "usage", 64, "query", "s.kindred", "v", "--vector", "[1, 2]", "--recall", wrong)
    }
    try place.expectFailure(
      "usage", 64, "query", "s.kindred", "v", "--vector", "[1, 2]", "--recall", "0.9", "--ef", "5")
  }

  @Test func manyQueriesGiveLinesStatisticsAndAFile() throws {
    let place = try Self.shop()
    try place.write("q.npy", npy("<f4", rows: 3, columns: 2, [0, 0, 4.25, 0, 9, 0] as [Float]))
    let outcome = try place.expect(
      "query", "shop.kindred", "line", "--vectors", "q.npy", "-k", "2", "--ef", "16", "--threads", "2",
      "--stats",
      "--json", "--output", "ids.npy")
    let lines = try outcome.jsonLines()
    #expect(lines.count == 4)
    #expect(lines.prefix(3).map { $0["query"] as? Int } == [0, 1, 2])
    let stats = try #require(lines[3]["stats"] as? [String: Any])
    #expect(
      Set(stats.keys) == [
        "queries", "seconds", "queriesPerSecond", "distanceComputations", "p50Microseconds",
        "p99Microseconds", "plan",
        "threads",
      ])
    #expect(stats["queries"] as? Int == 3)
    #expect(stats["threads"] as? Int == 2)
    #expect((stats["distanceComputations"] as? Int ?? 0) >= 6)

    let file = try place.data("ids.npy")
    #expect(file.count.isMultiple(of: 8))
    #expect(
      String(decoding: file.prefix(128), as: UTF8.self).contains(
        "'descr': '<i8', 'fortran_order': False, 'shape': (3, 2)"))
    #expect(trailingValues(6, of: Int64.self, in: file) == [0, 1, 4, 5, 9, 8])
    try place.expect(
      "query", "shop.kindred", "line", "--vectors", "q.npy", "-k", "12", "--output", "twelve.npy")
    let padded = trailingValues(36, of: Int64.self, in: try place.data("twelve.npy"))
    #expect(padded.filter { $0 == -1 }.count == 6)
    #expect(padded.prefix(12) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1])

    let people = try place.expect("query", "shop.kindred", "line", "--vectors", "q.npy", "-k", "1")
      .standardOutput
    #expect(
      people == """
        query 0
        rank  id   score  distance
           1  0   0.0000    0.0000

        query 1
        rank  id    score  distance
           1  4   -0.2500    0.2500

        query 2
        rank  id   score  distance
           1  9   0.0000    0.0000

        """)
  }

  @Test func idsThatAreNoIntegersCannotBeWrittenAsSuch() throws {
    let place = try Self.shop()
    try place.write("more.jsonl", "{\"id\":\"007\",\"vector\":[50,0]}\n")
    try place.expect("upsert", "shop.kindred", "line", "more.jsonl")
    try place.expectFailure(
      "badInput", 65, "query", "shop.kindred", "line", "--vector", "[50,0]", "--output", "ids.npy")
    #expect(try !place.files().contains { $0.hasPrefix("ids.npy") })
  }

  @Test func wrongQueriesAreUsageErrors() throws {
    let place = try Self.shop()
    try place.expectFailure("usage", 64, "query", "shop.kindred", "line")
    try place.expectFailure("usage", 64, "query", "shop.kindred", "line", "--vectors", "q.npy", "--like", "0")
    try place.expectFailure("usage", 64, "query", "shop.kindred", "--like", "0")
    // Several examples, one of which needs an encoder.
    try place.expectFailure("unsupported", 64, "query", "shop.kindred", "line", "--text", "a", "--like", "0")
    try place.expectFailure("usage", 64, "query", "shop.kindred", "line", "--like", "0", "-k", "0")
    try place.expectFailure(
      "usage", 64, "query", "shop.kindred", "line", "--like", "0", "--ef", "9", "--exact")
    try place.expectFailure("usage", 64, "query", "shop.kindred", "line", "--like", "0", "--threads", "0")
    try place.expectFailure(
      "badFilter", 64, "query", "shop.kindred", "line", "--like", "0", "--where", "price <")
    try place.expectFailure("unsupported", 64, "query", "shop.kindred", "line", "--text", "red bag")
    try place.expectFailure("spaceNotFound", 66, "query", "shop.kindred", "lines", "--like", "0")
    try place.expectFailure("recordNotFound", 66, "query", "shop.kindred", "line", "--like", "nothing")
  }

  @Test func textsFindTheirItemsAndFiltersHold() throws {
    let place = try RecordCommandTests.shop()
    let embedded = try place.expect(
      "embed", "shop.kindred", "--space", "content", "--dimension", "256", "--json"
    ).json()
    #expect(embedded["embedded"] as? Int == 3)
    #expect(embedded["dimension"] as? Int == 256)
    let again = try place.expect("embed", "shop.kindred", "--space", "content", "--only-missing", "--json")
      .json()
    #expect(again["embedded"] as? Int == 0)
    let people = try place.expect("query", "shop.kindred", "content", "--text", "metal lantern", "-k", "1")
    let rows = people.standardOutput.split(separator: "\n")
    #expect(rows.count == 2)
    #expect(rows[0].hasSuffix("distance  text") && rows[1].hasSuffix("WHITE METAL LANTERN"), "\(people)")
    let all = try place.expect("query", "shop.kindred", "content", "--text", "boxes", "-k", "3")
      .standardOutput
    #expect(all.split(separator: "\n").count == 4, "a newline in a text must not break the table")
    #expect(all.contains("SET OF 7 \"BABUSHKA\" BOXES new"))
    let cheap = try place.expect(
      "query", "shop.kindred", "content", "--text", "white", "--where", "price < 3 and not hidden", "--json"
    ).json()
    #expect((cheap["matches"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == ["85123A"])
    let stats = try place.expect("query", "shop.kindred", "content", "--text", "white", "--json", "--stats")
      .jsonLines()
    #expect((stats.last?["stats"] as? [String: Any])?["queries"] as? Int == 1)
    try place.expectFailure(
      "notFound", 66, "embed", "shop.kindred", "--space", "other", "--encoder", "unheard-of")
  }

  @Test func vectorsAreExportedWithTheirIDs() throws {
    let place = try Self.shop()
    let json = try place.expect(
      "export", "shop.kindred", "--space", "line", "--vectors", "out.npy", "--ids", "out.txt", "--json"
    ).json()
    #expect(json["vectors"] as? Int == 10)
    #expect(json["dimension"] as? Int == 2)
    let ids = try place.text("out.txt").split(separator: "\n").compactMap { Int($0) }
    #expect(ids.sorted() == Array(0..<10))
    let values = trailingValues(20, of: Float.self, in: try place.data("out.npy"))
    #expect(values == ids.flatMap { [Float($0), 0] as [Float] })
  }

  @Test func benchMeasuresRecall() throws {
    let place = try Self.shop()
    try place.write("q.npy", npy("<f4", rows: 2, columns: 2, [0.25, 0, 8.75, 0] as [Float]))
    try place.write("truth.npy", npy("<i4", rows: 2, columns: 2, [0, 1, 9, 7] as [Int32]))
    let lines = try place.expect(
      "bench", "shop.kindred", "line", "--queries", "q.npy", "--truth", "truth.npy", "-k", "2", "--ef",
      "8,16", "--json"
    ).jsonLines()
    #expect(lines.compactMap { $0["ef"] as? Int } == [8, 16])
    // The planted truth says 7 where 8 is right: three of four are found.
    #expect(lines.allSatisfy { $0["recall"] as? Double == 0.75 })
    #expect(
      lines.allSatisfy { $0["queriesPerSecond"] is Double && $0["distanceComputationsPerQuery"] is Double })
    let people = try place.expect("bench", "shop.kindred", "line", "--queries", "q.npy", "-k", "2", "--quiet")
    #expect(people.standardError == "")
    let table = people.standardOutput.split(separator: "\n")
    #expect(table[0] == "   ef  recall@2  queries/s  p50 µs  p99 µs  distances/query")
    #expect(table[1].hasPrefix("exact    1.0000"))
    #expect(people.standardOutput.contains("queries/s (points are ef)"))
    try place.expectFailure("usage", 64, "bench", "shop.kindred", "line", "--queries", "q.npy", "--ef", "8,x")
    try place.expectFailure(
      "badInput", 65, "bench", "shop.kindred", "line", "--queries", "q.npy", "--truth", "truth.npy", "-k", "3"
    )
    try place.expectFailure(
      "badInput", 65, "bench", "shop.kindred", "line", "--queries", "q.npy", "--truth", "q.npy")
  }
}
