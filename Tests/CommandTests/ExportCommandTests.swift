import Foundation
import Testing

/// `export --items it.csv` wrote JSON Lines into it.csv, and whoever opened it in a spreadsheet saw one column of
/// braces.
@Suite struct ExportCommandTests {
  /// Items whose values a table can say, in each way that a column can be read.
  private static let plain = """
    {"id":"a,1","text":"says \\"hi\\"\\nand more; | end","price":1.5,"zip":"02139","new":true,"note":" "}
    {"id":"b","text":"tab\\there","price":-3,"zip":"12345","new":false}
    {"id":"é","price":1000000,"zip":"1e5","note":"é;é"}
    {"id":"c","text":"\\uFEFFmark","price":0.1}
    """

  private func items(_ place: Workplace, _ store: String) throws -> [String] {
    try place.expect("export", store, "--items", "-", "-q").standardOutput
      .split(separator: "\n").map(String.init).sorted()
  }

  @Test(arguments: [["--items", "it.csv"], ["--items", "it.txt", "--format", "csv"]])
  func recordsComeBackFromCSV(target: [String]) throws {
    let place = try Workplace()
    try place.write("in.jsonl", Self.plain)
    try place.expect("import", "shop.kindred", "--items", "in.jsonl", "--strict")
    let outcome = try KindredProcess.start(["export", "shop.kindred"] + target, in: place.folder).wait()
    #expect(outcome.exitCode == 0 && outcome.standardError.isEmpty, "\(outcome.standardError)")
    #expect(try place.text(target[1]).hasPrefix("id,text,new,note,price,zip\r\n"))
    try place.expect("create", "other.kindred")
    try place.expect("import", "other.kindred", "--items", target[1], "--format", "csv", "--strict")
    #expect(try items(place, "other.kindred") == items(place, "shop.kindred"))
  }

  /// A table has no types: what comes back as something else is named, and nothing else is.
  @Test func whatATableCannotSayIsNamed() throws {
    let place = try Workplace()
    try place.write(
      "in.jsonl",
      """
      {"id":"a","tags":["x","y"],"code":"12","size":{"w":1},"mixed":1,"flag":"true","good":"x1","empty":""}
      {"id":"b","tags":["z"],"code":"13","mixed":"one","flag":"false","good":"2"}
      """)
    try place.expect("import", "shop.kindred", "--items", "in.jsonl")
    let outcome = try place.expect("export", "shop.kindred", "--items", "it.csv", "--json")
    let notes = try #require(try outcome.json()["notes"] as? [String])
    #expect(notes.count == 1)
    for loss in [
      "code (2 values)", "flag (2 values)", "mixed (1 value)", "size (1 value)", "tags (2 values)",
    ] {
      #expect(notes[0].contains(loss), "\(notes)")
    }
    #expect(!notes[0].contains("good"), "\(notes)")
    #expect(
      try place.expect("export", "shop.kindred", "--items", "-", "--format", "csv").standardError.contains(
        "tags"))
  }

  @Test func eventsComeBackFromCSVAndTSV() throws {
    let place = try Workplace()
    try place.write(
      "in.jsonl",
      """
      {"user":"u,1","item":"a\\"b","time":"2024-01-02T03:04:05.678Z","kind":"cart","session":"007","value":0.1}
      {"user":"u2","item":"c","time":5,"kind":"view"}
      """)
    try place.expect("import", "shop.kindred", "--events", "in.jsonl", "--strict")
    let before = try place.expect("export", "shop.kindred", "--events", "-", "-q").standardOutput
    for name in ["e.csv", "e.tsv"] {
      try place.expect("export", "shop.kindred", "--events", name)
      try place.expect("create", "\(name).kindred")
      try place.expect("import", "\(name).kindred", "--events", name, "--strict")
      #expect(try place.expect("export", "\(name).kindred", "--events", "-", "-q").standardOutput == before)
    }
  }

  @Test func tsvHoldsNoTabs() throws {
    let place = try Workplace()
    try place.write("in.jsonl", "{\"id\":\"a\",\"text\":\"one\\ttwo\\nthree\"}\n")
    try place.expect("import", "shop.kindred", "--items", "in.jsonl")
    let outcome = try place.expect("export", "shop.kindred", "--items", "it.tsv")
    #expect(try place.text("it.tsv") == "id\ttext\na\tone two three\n")
    #expect(outcome.standardError.contains("1 field held tabs or line ends"))
    try place.write("more.jsonl", "{\"id\":\"b\\tc\"}\n")
    try place.expect("import", "shop.kindred", "--items", "more.jsonl")
    try place.expectFailure("badInput", 65, "export", "shop.kindred", "--items", "it.tsv")
    #expect(try place.text("it.tsv") == "id\ttext\na\tone two three\n")
  }

  @Test func wrongFormatsAreUsage() throws {
    let place = try Workplace()
    try place.expectFailure("usage", 64, "export", "shop.kindred", "--items", "x", "--format", "xlsx")
    try place.expectFailure(
      "usage", 64, "export", "shop.kindred", "--space", "s", "--vectors", "v.npy", "--ids", "i", "--format",
      "csv")
    // A store without records is a header.
    try place.expect("export", "shop.kindred", "--users", "u.csv")
    #expect(try place.text("u.csv") == "id,text\r\n")
  }

  /// `get` nested the attributes and `export` did not: a program needed two readers.
  @Test func getHasTheRecordAsExportWritesIt() throws {
    let place = try Workplace()
    try place.write("in.jsonl", Self.plain)
    try place.expect("import", "shop.kindred", "--items", "in.jsonl")
    let exported = try place.expect("export", "shop.kindred", "--items", "-").jsonLines()
    for record in exported {
      let id = try #require(record["id"] as? String)
      var found = try place.expect("get", "shop.kindred", "items", id, "--json").json()
      let attributes = try #require(found.removeValue(forKey: "attributes") as? [String: Any])
      if found["text"] is NSNull { found["text"] = nil }
      #expect(found as NSDictionary == record as NSDictionary)
      #expect(
        attributes as NSDictionary == record.filter { !["id", "text"].contains($0.key) } as NSDictionary)
    }
    // A key is never there twice.
    try place.write("odd.jsonl", #"{"id":"odd","attributes":{"x":1},"x":2}"#)
    try place.expect("import", "shop.kindred", "--items", "odd.jsonl")
    let line = try place.expect("get", "shop.kindred", "items", "odd", "--json").standardOutput
    #expect(line == #"{"id":"odd","text":null,"x":2,"attributes":{"attributes":{"x":1},"x":2}}"# + "\n")
  }
}
