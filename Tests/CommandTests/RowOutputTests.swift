import Foundation
import Testing

@testable import kindred_command

/// Rows could be had as a table, cut and rounded, or as JSON alone: whoever wanted them in a spreadsheet or a ticket
/// wrote a program. Each command that prints rows has `--format`, which one place answers.
@Suite struct RowOutputTests {
  private func shop() throws -> Workplace {
    let place = try Workplace.ring(users: 24, items: 8, steps: 4)
    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1", "-q")
    try place.expect("embed", "shop.kindred", "--space", "content", "--dimension", "16", "-q")
    return place
  }

  /// The rows of a CSV text by RFC 4180, read without our reader.
  private func rows(_ text: String) -> [[String]] {
    var (rows, row, field, isQuoted) = ([[String]](), [String](), "", false)
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      if isQuoted {
        if scalar != "\"" {
          field.unicodeScalars.append(scalar)
        } else if rest.first == "\"" {
          field.unicodeScalars.append(rest.removeFirst())
        } else {
          isQuoted = false
        }
      } else if scalar == "\"" {
        isQuoted = true
      } else if scalar == "," || scalar == "\n" {
        row.append(field)
        field = ""
        if scalar == "\n" {
          rows.append(row)
          row = []
        }
      } else if scalar != "\r" {
        field.unicodeScalars.append(scalar)
      }
    }
    return rows
  }

  private static let commands: [[String]] = [
    ["query", "shop.kindred", "content", "--text", "thing", "-k", "3"],
    ["recommend", "shop.kindred", "--session", "i3", "-k", "3"],
    ["models", "shop.kindred"], ["space", "list", "shop.kindred"], ["sequence", "shop.kindred", "u1"],
    ["get", "shop.kindred", "items", "i1", "i2"], ["stats", "shop.kindred"],
    ["rebuild", "shop.kindred", "--space", "content"], ["bench", "shop.kindred", "content", "-k", "2"],
    ["evaluate", "shop.kindred", "--baselines", "popularity", "-q"],
  ]

  @Test func everyCommandOfRowsHasAllFormats() throws {
    let place = try shop()
    for command in Self.commands {
      func run(_ arguments: String...) throws -> Outcome {
        try KindredProcess.start(command + arguments, in: place.folder).wait()
      }
      let json = try run("--format", "json")
      #expect(json.exitCode == 0, "\(command): \(json.standardError)")
      #expect(!(try json.jsonLines()).isEmpty, "\(command)")
      // What measures times differs from run to run.
      if !["rebuild", "bench", "evaluate"].contains(command[0]) {
        let flag = try run("--json")
        #expect(json.standardOutput == flag.standardOutput, "\(command)")
      }
      #expect(try run("--json", "--format", "json").exitCode == 0)
      let csv = rows(try run("--format", "csv").standardOutput)
      #expect(csv.count > 1 && csv.allSatisfy { $0.count == csv[0].count }, "\(command): \(csv)")
      #expect(Set(csv[0]).count == csv[0].count, "\(command): a column twice")
      let markdown = try run("--format", "markdown").standardOutput.split(separator: "\n")
      #expect(
        markdown[0].hasPrefix("| ") && markdown[1].hasPrefix("| :---") || markdown[1].hasPrefix("| ---:"))
      #expect(try run("--format", "table").exitCode == 0)
      let both = try run("--json", "--format", "csv")
      #expect(both.exitCode == 64 && both.standardError.contains("exclude each other"), "\(both)")
      #expect(try run("--format", "xml").exitCode == 64)
    }
  }

  /// A table for people rounds and cuts; a program that reads CSV needs what JSON has.
  @Test func csvHasWholeValues() throws {
    let place = try Workplace()
    let long = "a \"long\" text, with | and ; and\nlines " + String(repeating: "x", count: 200)
    let lines = [
      ["id": "a,b", "text": long, "price": 0.30000000000000004, "tags": ["x", "y|z"]],
      ["id": "b", "text": "red \u{FEFF}", "price": 12_345_678_901_234, "tags": NSNull()],
    ]
    let data = try lines.map { try JSONSerialization.data(withJSONObject: $0) }
    try place.write("items.jsonl", data.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"))
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    try place.expect("embed", "shop.kindred", "--space", "content")
    let found = rows(
      try place.expect(
        "query", "shop.kindred", "content", "--text", "red long text", "--fields",
        "text,price,tags,score,nosuch",
        "--format", "csv"
      ).standardOutput)
    #expect(
      found[0] == [
        "rank", "id", "score", "distance", "text", "price", "tags", "fields.score", "nosuch",
      ])
    let json = try place.expect(
      "query", "shop.kindred", "content", "--text", "red long text", "--json"
    ).json()
    let matches = try #require(json["matches"] as? [[String: Any]])
    #expect(found.dropFirst().map { $0[1] } == matches.map { $0["id"] as? String })
    #expect(found.dropFirst().map { Double($0[2]) } == matches.map { $0["score"] as? Double })
    let first = try #require(found.first { $0[1] == "a,b" })
    #expect(Array(first[4...]) == [long, "0.30000000000000004", "[\"x\",\"y|z\"]", "", ""])
    #expect(found.first { $0[1] == "b" }?[5] == "12345678901234")
    // The column that names the query, where there are several.
    try place.write("q.npy", npy("<f4", rows: 2, columns: 384, [Float](repeating: 0.5, count: 768)))
    let two = rows(
      try place.expect(
        "query", "shop.kindred", "content", "--vectors", "q.npy", "-k", "1", "--format", "csv"
      ).standardOutput)
    #expect(two.map { $0[0] } == ["query", "0", "1"])
    // What is not among the rows is not on standard output.
    let stats = try place.expect(
      "query", "shop.kindred", "content", "--text", "red", "--stats", "--format", "csv")
    #expect(rows(stats.standardOutput).allSatisfy { $0.count == 5 })
    #expect(stats.standardError.contains("1 query in"))
  }

  @Test func manyRecommendationsNameWhomTheyAreTo() throws {
    let place = try shop()
    try place.write("users.txt", "u1\nu2\n")
    let users = rows(
      try place.expect(
        "recommend", "shop.kindred", "--users", "users.txt", "-k", "2", "--format", "csv"
      ).standardOutput)
    #expect(users[0] == ["query", "user", "rank", "id", "score", "by", "text"])
    #expect(users.dropFirst().map { $0[1] } == ["u1", "u1", "u2", "u2"])
    let sessions = rows(
      try place.expect(
        "recommend", "shop.kindred", "--sessions", "-", "-k", "1", "--format", "csv", input: "i1,i2\ni3\n"
      ).standardOutput)
    #expect(sessions.count == 3 && sessions[1][1] == "[\"i1\",\"i2\"]")
  }

  @Test func whatIsPrintedAsCSVIsReadBack() throws {
    let place = try shop()
    let events = try place.expect("sequence", "shop.kindred", "u1", "--format", "csv").standardOutput
    try place.expect("create", "other.kindred")
    try place.expect("import", "other.kindred", "--events", "-", "--format", "csv", input: events)
    let before = try place.expect("sequence", "shop.kindred", "u1", "--json").standardOutput
    #expect(try place.expect("sequence", "other.kindred", "u1", "--json").standardOutput == before)
  }

  @Test func pipesAndBackslashesStayInTheirMarkdownCell() {
    var table = Table([.left("a|b"), .right("n")])
    table.rows = [["x|y\nz", "1"], [#"c\|d"#, "22"]]
    #expect(
      table.markdown() == #"""
        | a\|b | n |
        | :--- | ---: |
        | x\|y z | 1 |
        | c\\\|d | 22 |

        """#)
  }

  /// `--format` of `import`, `upsert` and `export` is that of a file, and their errors are no JSON for it.
  @Test func errorsFollowTheFormat() throws {
    let place = try Workplace()
    let json = try place.run("sequence", "shop.kindred", "nobody", "--format", "json")
    #expect(json.exitCode == 66)
    #expect(try json.jsonError().code == "recordNotFound")
    let input = try place.run("import", "shop.kindred", "--items", "nosuch", "--format", "json")
    #expect(input.exitCode == 66 && input.standardError.hasPrefix("kindred: "))
  }

  // A second page could only be had by asking for both and throwing the first away, and nothing cut off what is not
  // alike.
  @Test func pagesAndLeastScores() throws {
    let place = try shop()
    for command in [
      ["query", "shop.kindred", "content", "--text", "thing 3"],
      ["recommend", "shop.kindred", "--session", "i3", "--keep-seen"],
    ] {
      func matches(_ arguments: String...) throws -> [[String: Any]] {
        let outcome = try KindredProcess.start(command + arguments + ["--json"], in: place.folder).wait()
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        return try outcome.json()["matches"] as? [[String: Any]] ?? []
      }
      let all = try matches("-k", "100")
      #expect(all.count == 8)
      let pages = try ["0", "3", "6", "9"].map { try matches("-k", "3", "--offset", $0) }
      #expect(pages.map(\.count) == [3, 3, 2, 0])
      #expect(pages.joined().map { $0["id"] as? String } == all.map { $0["id"] as? String })
      // A printed score is itself enough.
      let third = try #require(all[2]["score"] as? Double)
      let good = try matches("-k", "100", "--min-score", "\(Float(third))")
      #expect(
        good.map { $0["id"] as? String }
          == all.filter { ($0["score"] as? Double ?? 0) >= third }.map { $0["id"] as? String })
      let none = try KindredProcess.start(command + ["--min-score", "99", "--offset", "1"], in: place.folder)
        .wait()
      #expect(none.exitCode == 0)
      #expect(none.standardError.contains("no matches behind --offset 1 with a score of at least 99"))
      for wrong in [["--offset", "-1"], ["--offset=-1"], ["--min-score", "nan"], ["--min-score", "inf"]] {
        #expect(try KindredProcess.start(command + wrong, in: place.folder).wait().exitCode == 64, "\(wrong)")
      }
      let table = try KindredProcess.start(command + ["--offset", "6", "-k", "1"], in: place.folder).wait()
      #expect(table.standardOutput.split(separator: "\n")[1].hasPrefix("   7  "))
    }
  }
}
