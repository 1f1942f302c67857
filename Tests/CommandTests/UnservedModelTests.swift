import Foundation
import Testing

/// What `recommend` and `train` say of which model serves. A model that was held back for evaluation served at once, a
/// store without one answered "train one first" with exit code 66, and so did one whose model was not served.
@Suite struct UnservedModelTests {
  private func matches(_ outcome: Outcome) throws -> [[String: Any]] {
    try #require(try outcome.json()["matches"] as? [[String: Any]])
  }

  @Test func aStoreWithoutAModelAnswersByCounts() throws {
    let place = try Workplace()
    let empty = try place.expect("recommend", "shop.kindred", "--user", "u1", "--json")
    #expect(try matches(empty).isEmpty)
    #expect(empty.standardError.contains("no model serves"))
    // An unknown user was answered with two notes that said the same.
    #expect(empty.standardError.contains("the store has no user 'u1'\n"))
    #expect(!empty.standardError.contains("what is popular"))
    let ring = try Workplace.ring(users: 40)
    let found = try ring.expect("recommend", "shop.kindred", "--user", "u1", "-k", "3", "--json")
    #expect(try matches(found).map { $0["by"] as? String } == ["rules", "rules", "rules"])
    #expect(found.standardError.hasSuffix("train one with: kindred train shop.kindred\n"))
    try ring.write("sessions.txt", "i1,i2\ni3\n")
    try ring.write("users.txt", "u1\nu2\n")
    for (option, file) in [("--sessions", "sessions.txt"), ("--users", "users.txt")] {
      let many = try ring.expect(
        "recommend", "shop.kindred", option, file, "--where", "price > 7", "--exclude", "i9", "--json",
        "--quiet"
      )
      let ids = try many.jsonLines().flatMap {
        ($0["matches"] as? [[String: Any]] ?? []).map { $0["id"] as? String }
      }
      #expect(ids.count > 4 && !ids.contains("i9"), "\(option): \(ids)")
      #expect(many.standardError.isEmpty)
    }
    try ring.expectFailure("badFilter", 64, "recommend", "shop.kindred", "--user", "u0", "--where", "price <")
  }

  @Test func aModelThatIsNotServedIsNamed() throws {
    let place = try Workplace.ring(users: 40)
    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1")
    try place.expect("space", "drop", "shop.kindred", "session")
    let popular = try place.expect("recommend", "shop.kindred", "--user", "u1")
    #expect(
      popular.standardError.contains("serve model 1 with: kindred models shop.kindred serve 1"),
      "\(popular.standardError)")
    // The advice works.
    try place.expect("models", "shop.kindred", "serve", "1")
    let served = try place.expect("recommend", "shop.kindred", "--user", "u1", "-k", "1", "--json")
    #expect(try matches(served).map { $0["by"] as? String } == ["session"])
    #expect(served.standardError.isEmpty)
  }

  @Test func trainSaysWhetherItServesAndWhatIsNext() throws {
    let place = try Workplace.ring(users: 60)
    let short = ["train", "shop.kindred", "--dimension", "16", "--epochs", "1"]
    func train(_ more: String...) throws -> String {
      let outcome = try KindredProcess.start(short + more, in: place.folder).wait()
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      return outcome.standardOutput
    }
    let held = try train("--exclude-last", "1")
    #expect(held.contains("validation NDCG@10 0."))
    #expect(
      held.hasSuffix(
        "model 1 is stored and not served; evaluate it: kindred evaluate shop.kindred; "
          + "serve it: kindred models shop.kindred serve 1\n"), "\(held)")
    #expect(
      try train("--before", "1970-01-01T11:00:00Z").contains("--split time:1970-01-01T11:00:00Z; serve it"))
    #expect(try train().hasSuffix("model 3 serves; try it: kindred recommend shop.kindred --user ID\n"))
    #expect(try train("--no-serve").contains("model 4 is stored and not served; serve it"))
    func serving() throws -> [Bool?] {
      try place.expect("models", "shop.kindred", "--json").jsonLines().map { $0["serving"] as? Bool }
    }
    #expect(try serving() == [false, false, true, false])
    #expect(try train("--exclude-last", "1", "--serve").contains("model 5 serves"))
    #expect(try serving() == [false, false, false, false, true])
    let switched = try place.expect("models", "shop.kindred", "serve", "3", "--json").json()
    #expect((switched["model"] as? [String: Any])?["version"] as? Int == 3)
    #expect(switched["servedBefore"] as? Int == 5)
    // A nightly rebuild leaves the choice alone.
    try place.expect("rebuild", "shop.kindred", "--from-sequences")
    #expect(try serving() == [false, false, true, false, false])
    try place.expectFailure("recordNotFound", 66, "models", "shop.kindred", "serve", "9")
    try place.expectFailure("usage", 64, "models", "shop.kindred", "serve")
    try place.expectFailure("usage", 64, "models", "shop.kindred", "serve", "1", "--delete", "2")

    let table = try place.expect("models", "shop.kindred").standardOutput.split(separator: "\n")
    #expect(table[0].contains("NDCG@10") && table[0].contains("held out"))
    #expect(table[1].contains(" last 1 ") && table[2].contains(" from 1970-01-01T11:00:00Z "))
    #expect(table[3].contains(" yes "))
    let models = try place.expect("models", "shop.kindred", "--json").jsonLines()
    let data = try #require(models[0]["data"] as? [String: Any])
    #expect(
      data["usedEvents"] as? Int == 300 && data["users"] as? Int == 60 && data["excludedLast"] as? Int == 1)
  }

  @Test func theDimensionIsExplained() throws {
    let place = try Workplace.ring()
    let wrong = try place.run("train", "shop.kindred", "--dimension", "63")
    #expect(wrong.exitCode == 64)
    #expect(wrong.standardError.contains("--dimension must be a multiple of 4 (2 × --heads); 63 is not"))
    #expect(try place.run("train", "shop.kindred", "--heads", "3").standardError.contains("multiple of 6"))
  }

  /// New items that the model cannot encode are told of; another, by its text, has its vector at once.
  @Test func itemsWithoutAVectorAreToldOf() throws {
    let place = try Workplace.ring()
    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1")
    let note =
      "1 item has no vector in session yet: the model knows nothing of it; train again: kindred train shop.kindred\n"
    let items = #"{"id":"n1","text":"thing 3"}"# + "\n" + #"{"id":"n2","price":4}"# + "\n"
    let stored = try place.expect("import", "shop.kindred", "--items", "-", "--format", "jsonl", input: items)
    #expect(stored.standardError.hasSuffix(note))
    #expect(try place.expect("recommend", "shop.kindred", "--user", "u1", "--json").standardError == note)
    #expect(try place.expect("recommend", "shop.kindred", "--user", "u1", "-q").standardError.isEmpty)
    func missing() throws -> [Int?] {
      let spaces = try place.expect("stats", "shop.kindred", "--json").json()["spaces"] as? [[String: Any]]
      return try #require(spaces).map { $0["missing"] as? Int }
    }
    #expect(try missing() == [1, 0])
    try place.expect("rebuild", "shop.kindred", "--from-sequences")
    #expect(try missing() == [0, 0])
    #expect(try place.expect("recommend", "shop.kindred", "--user", "u1").standardError.isEmpty)
  }
}
