import Foundation
import Testing

@Suite struct StoreCommandTests {
  @Test func createMakesAStoreOnceAndNeverOverwrites() throws {
    let place = try Workplace(store: false)
    let first = try place.run("create", "shop.kindred")
    #expect(first.standardOutput == "created shop.kindred\n")
    #expect(first.standardError == "")
    #expect(first.exitCode == 0)
    #expect(try place.files() == ["shop.kindred", "shop.kindred-lock"])
    let before = try place.data("shop.kindred")
    let second = try place.run("create", "shop.kindred")
    #expect(second.standardOutput == "")
    #expect(
      second.standardError
        == "kindred: 'shop.kindred' exists already and is never overwritten; choose another path\n")
    #expect(second.exitCode == 73)
    #expect(try place.data("shop.kindred") == before)
    #expect(
      try place.run("create", "other.kindred", "--json").standardOutput == "{\"created\":\"other.kindred\"}\n"
    )
  }

  @Test func anEmptyStoreHasStatistics() throws {
    let place = try Workplace()
    let json = try place.expect("stats", "shop.kindred", "--json").json()
    for key in ["items", "users", "events", "readers"] { #expect(json[key] as? Int == 0, "\(key)") }
    #expect((json["spaces"] as? [Any])?.isEmpty == true)
    #expect((json["fileBytes"] as? Int ?? 0) >= (json["usedBytes"] as? Int ?? .max))
    #expect(json["version"] is String && json["lmdbVersion"] is String)
    let people = try place.expect("stats", "shop.kindred").standardOutput
    #expect(people.hasPrefix("store    shop.kindred\nitems    0\nusers    0\nevents   0\n"))
    // "0.1.0 on 0.9.24: (July 24, 2019)" made people ask which of the numbers was whose.
    let version = try #require(json["version"] as? String)
    let lmdb = try #require(json["lmdbVersion"] as? String)
    #expect(lmdb.allSatisfy { $0.isNumber || $0 == "." })
    #expect(people.contains("version  kindred \(version), LMDB \(lmdb)\n"))
  }

  @Test func spacesAreCreatedListedAndDropped() throws {
    let place = try Workplace()
    let empty = try place.expect("space", "list", "shop.kindred")
    #expect(empty.standardOutput == "")
    #expect(
      empty.standardError == "no spaces yet; create one with: kindred embed shop.kindred --space content\n")
    #expect(try place.expect("space", "list", "shop.kindred", "--quiet").standardError == "")

    let created = try place.expect(
      "space", "create", "shop.kindred", "photos", "--of", "items", "--dimension", "4", "--metric", "l2",
      "--m", "8",
      "--ef-construction", "50")
    #expect(created.standardOutput == "created space photos: items vectors of dimension 4, metric l2\n")
    let json = try place.expect(
      "space", "create", "shop.kindred", "people", "--of", "users", "--dimension", "3", "--metric", "cosine",
      "--encoding", "float16", "--json"
    ).json()
    #expect(json["name"] as? String == "people")
    #expect(json["of"] as? String == "users")
    #expect(json["encoding"] as? String == "float16")

    let listed = try place.expect("space", "list", "shop.kindred", "--json").jsonLines()
    #expect(Set(listed.compactMap { $0["name"] as? String }) == ["people", "photos"])
    let photos = try #require(listed.first { $0["name"] as? String == "photos" })
    #expect(photos["dimension"] as? Int == 4)
    #expect(photos["metric"] as? String == "l2")
    #expect(photos["m"] as? Int == 8)
    #expect(photos["efConstruction"] as? Int == 50)
    #expect(photos["count"] as? Int == 0)
    #expect(photos["tail"] as? Int == 0)
    #expect(photos["generation"] is Int)
    let table = try place.expect("space", "list", "shop.kindred").standardOutput.split(separator: "\n")
    #expect(table.count == 3)
    #expect(
      table[0].hasPrefix("space   of     count  dimension  metric   m  encoding  tail  deleted"),
      "\(table[0])")

    try place.expectFailure(
      "spaceExists", 73, "space", "create", "shop.kindred", "photos", "--of", "items", "--dimension", "4",
      "--metric",
      "dot")
    #expect(
      try place.expect("space", "drop", "shop.kindred", "photos").standardOutput == "dropped space photos\n")
    try place.expectFailure("spaceNotFound", 66, "space", "drop", "shop.kindred", "photos")
    #expect(
      try place.expect("stats", "shop.kindred", "--json").json()["spaces"].map { ($0 as? [Any])?.count } == 1)
  }

  @Test func verifyBackupAndCompactCare() throws {
    let place = try Workplace()
    try place.write(
      "items.jsonl", #"{"id":"a","text":"red bag"}"# + "\n" + #"{"id":"b","text":"lamp"}"# + "\n")
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    try place.expect("embed", "shop.kindred", "--space", "content")

    let report = try place.expect("verify", "shop.kindred", "--json").json()
    #expect(report["ok"] as? Bool == true)
    #expect((report["problems"] as? [Any])?.isEmpty == true)
    #expect((report["checked"] as? [String: Int])?["items"] == 2)
    #expect(try place.expect("verify", "shop.kindred").standardOutput.hasSuffix("\nok\n"))

    let backup = try place.expect("backup", "shop.kindred", "copy.kindred")
    #expect(backup.standardOutput.withoutTimes == "backed up shop.kindred to copy.kindred in T\n")
    #expect(try place.expect("stats", "copy.kindred", "--json").json()["items"] as? Int == 2)
    try place.expectFailure("alreadyExists", 73, "backup", "shop.kindred", "copy.kindred")
    try place.expectFailure("usage", 64, "backup", "shop.kindred", "-")

    let compacted = try place.expect("compact", "shop.kindred", "--json").json()
    let before = try #require(compacted["bytesBefore"] as? Int)
    let after = try #require(compacted["bytesAfter"] as? Int)
    #expect(after <= before)
    #expect(try place.data("shop.kindred").count == after)
    #expect(try place.expect("verify", "shop.kindred", "--json").json()["ok"] as? Bool == true)
    let people = try place.expect("compact", "shop.kindred").standardOutput
    #expect(people.hasPrefix("compacted shop.kindred from "), "\(people)")
  }

  @Test func repairSavesWhatCanBeRead() throws {
    let place = try Workplace()
    try place.write("items.jsonl", (0..<500).map { "{\"id\":\"\($0)\",\"text\":\"thing \($0)\"}\n" }.joined())
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    let whole = try place.expect("verify", "shop.kindred", "--repair", "whole.kindred", "--json").json()
    #expect(whole["ok"] as? Bool == true && whole["repaired"] as? String == "whole.kindred")
    #expect((whole["saved"] as? [String: Int])?["items"] == 500)
    #expect((whole["lost"] as? [String: Int]) == [:])
    try place.expect("export", "shop.kindred", "--items", "before.jsonl")
    try place.expect("export", "whole.kindred", "--items", "after.jsonl")
    #expect(try place.data("before.jsonl") == place.data("after.jsonl"))
    try place.expectFailure("usage", 64, "verify", "shop.kindred", "--repair", "-")

    // A page with the text of an item.
    var bytes = try place.data("shop.kindred")
    let found = try #require(bytes.range(of: Data("thing 250".utf8)))
    let page = found.lowerBound / 4_096 * 4_096
    bytes.replaceSubrange(page..<page + 4_096, with: Data(repeating: 0, count: 4_096))
    try place.write("damaged.kindred", bytes)
    let outcome = try KindredProcess.start(
      ["verify", "damaged.kindred", "--repair", "saved.kindred", "--json"], in: place.folder
    ).wait()
    #expect(outcome.exitCode == 74)
    let report = try outcome.json()
    let (saved, lost) = (report["saved"] as? [String: Int], report["lost"] as? [String: Int])
    #expect(report["ok"] as? Bool == false && (lost?["items"] ?? 0) > 0)
    #expect((saved?["items"] ?? 0) + (lost?["items"] ?? 0) == 500)
    #expect(outcome.standardError.contains("'saved.kindred' has the rest"), "\(outcome.standardError)")
    #expect(try place.expect("verify", "saved.kindred", "--json").json()["ok"] as? Bool == true)
    #expect(try place.data("damaged.kindred") == bytes)
  }

  @Test func rebuildReportsEachSpace() throws {
    let place = try Workplace()
    try place.write("items.jsonl", (0..<30).map { "{\"id\":\"\($0)\",\"text\":\"thing \($0)\"}\n" }.joined())
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    try place.expect("embed", "shop.kindred", "--space", "content", "--dimension", "32")
    try place.expect("embed", "shop.kindred", "--space", "other", "--dimension", "16")
    let all = try place.expect("rebuild", "shop.kindred", "--json").jsonLines()
    #expect(all.compactMap { $0["space"] as? String }.sorted() == ["content", "other"])
    #expect(
      all.allSatisfy { $0["count"] as? Int == 30 && $0["generation"] is Int && $0["seconds"] is Double })
    let one = try place.expect("rebuild", "shop.kindred", "--space", "other", "--threads", "1")
    let lines = one.standardOutput.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("space  vectors"), "\(lines[0])")
    #expect(lines[1].hasPrefix("other       30"), "\(lines[1])")
    try place.expectFailure("spaceNotFound", 66, "rebuild", "shop.kindred", "--space", "nowhere")
  }
}
