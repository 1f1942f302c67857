import Foundation
import Testing

/// From events to recommendations on the command line.
@Suite struct LearningCommandTests {
  /// `--at 5,5` gave an object the key "HR@5" twice, which our own reader of JSON refuses.
  @Test func aLengthThatIsGivenTwiceIsOneColumn() throws {
    let place = try Workplace.ring()
    let text = try place.expect(
      "evaluate", "shop.kindred", "--baselines", "popularity", "--at", "5,3,5", "--json"
    ).standardOutput
    #expect(text.components(separatedBy: "\"HR@5\"").count == 2 && text.contains("\"HR@3\""))
  }

  /// What was learned until then is kept, and serves, even where the vectors of all users take longer to write than
  /// other commands may go on.
  @Test func anInterruptedTrainingServesItsBest() throws {
    let place = try Workplace.ring(users: 10_000)
    let pipe = Pipe()
    let command = try KindredProcess.start(
      ["train", "shop.kindred", "--dimension", "128", "--epochs", "1000000", "--json"], in: place.folder,
      output: pipe.fileHandleForWriting)
    // The first epoch is over when there is anything to read; validation alone would go on for twelve more.
    _ = pipe.fileHandleForReading.availableData
    kill(command.process.processIdentifier, SIGINT)
    try pipe.fileHandleForWriting.close()
    let rest = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let outcome = try command.wait()
    #expect(outcome.exitCode == 0, "\(outcome.standardError)")
    // A training that ended by itself and one that was cut off looked alike.
    #expect(rest.hasSuffix("\"interrupted\":true}\n"))
    let models = try place.expect("models", "shop.kindred", "--json").jsonLines()
    #expect(models.map { $0["serving"] as? Bool } == [true])
  }

  /// Nobody could say how long a training would take: "epoch 3", of how many?
  @Test(arguments: [true, false]) func aTrainingEstimatesItsTime(isShown: Bool) throws {
    let place = try Workplace.ring(users: 10_000)
    let train = ["train", "shop.kindred", "--minutes", "0.1", "--without-rules", "--no-serve"]
    let outcome = try KindredProcess.start(train + (isShown ? ["--progress"] : []), in: place.folder).wait()
    #expect(outcome.exitCode == 0)
    let lines = outcome.standardError.split(separator: "\n")
    // Never more than the time limit.
    let estimates = lines.filter { $0.contains(#/^about [1-6] s for at most 300 epochs; /#) }
    let left = lines.filter {
      $0.contains(#/^training, epoch \d+ of at most 300  .*  at most [1-6] s left$/#)
    }
    #expect(estimates.count == (isShown ? 1 : 0) && left.isEmpty == !isShown, "\(outcome.standardError)")
    #expect(isShown || lines.allSatisfy { $0.hasPrefix("epoch ") }, "\(outcome.standardError)")
  }

  @Test func trainRecommendEvaluateRebuild() throws {
    let place = try Workplace.ring()
    let lines = try place.expect(
      "train", "shop.kindred", "--dimension", "16", "--epochs", "30", "--exclude-last", "1", "--serve",
      "--json"
    ).jsonLines()
    let epochs = lines.dropLast()
    #expect(epochs.map { $0["epoch"] as? Int } == Array(1...epochs.count))
    for epoch in epochs {
      for key in ["loss", "validationNDCG@10", "seconds", "sequencesPerSecond"] {
        #expect(epoch[key] is Double || epoch[key] is Int, "\(key)")
      }
    }
    let model = try #require(lines.last?["model"] as? [String: Any])
    #expect(model["version"] as? Int == 1)

    let found = try place.expect(
      "recommend", "shop.kindred", "--session", "i3,i4", "-k", "3", "--explain", "--json"
    ).json()
    #expect(found["session"] as? [String] == ["i3", "i4"])
    let matches = try #require(found["matches"] as? [[String: Any]])
    #expect(matches.count == 3)
    #expect(matches[0]["id"] as? String == "i5")
    let because = try #require(matches[0]["because"] as? [[String: Any]])
    #expect(because.first?["item"] as? String == "i4")
    #expect(because.allSatisfy { $0["contribution"] is Double })

    try place.write("sessions.txt", "i1,i2\n\n{\"session\":[\"i7\"]}\nnobody\n")
    let many = try place.expect("recommend", "shop.kindred", "--sessions", "sessions.txt", "--json")
      .jsonLines()
    #expect(many.map { $0["query"] as? Int } == [0, 1, 2, 3])
    #expect(many.map { ($0["matches"] as? [Any])?.count } == [10, 10, 10, 10])
    let user = try place.expect(
      "recommend", "shop.kindred", "--user", "u0", "--where", "price < 3", "--keep-seen", "--json"
    ).json()
    #expect(user["user"] as? String == "u0")
    #expect((user["matches"] as? [Any])?.count == 3)
    #expect(try place.expect("recommend", "shop.kindred", "--user", "u0").standardOutput.hasPrefix("rank"))

    let report = try place.expect(
      "evaluate", "shop.kindred", "--baselines", "popularity,rules", "--at", "5,10", "--json"
    ).json()
    #expect(report["targets"] as? Int == 40)
    #expect((report["protocol"] as? [String: Any])?["split"] as? String == "leave-one-out")
    let models = try #require(report["models"] as? [[String: Any]])
    #expect(models.first?["name"] as? String == "session")
    for key in ["HR@10", "NDCG@10", "MRR@10", "coverage@10", "secondsPerUser"] {
      #expect(models.allSatisfy { $0[key] is Double || $0[key] is Int }, "\(key)")
    }
    #expect(
      try place.expect("evaluate", "shop.kindred", "--test", "sessions.txt").standardOutput
        .contains("sessions"))

    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1", "--seed", "2")
    let versions = try place.expect("models", "shop.kindred", "--json").jsonLines()
    #expect(versions.map { $0["serving"] as? Bool } == [false, true])
    #expect(
      try place.expect("rebuild", "shop.kindred", "--from-sequences", "--model", "1", "--json").jsonLines()
        .map { $0["space"] as? String } == ["session", "session-users"])
    #expect(
      try place.expect("recommend", "shop.kindred", "--session", "i3,i4", "-k", "3", "--explain", "--json")
        .json()["matches"] as? NSArray == found["matches"] as? NSArray)
    try place.expect(
      "models", "shop.kindred", "--export", "1", "--weights", "w.safetensors", "--ids", "w.txt")
    let names = try place.text("w.txt")
    #expect(Set(names.split(separator: "\n")) == Set((0..<12).map { "i\($0)" }))
    let brought = try place.expect(
      "models", "shop.kindred", "--import", "1", "--weights", "w.safetensors", "--json")
    #expect((try brought.json()["model"] as? [String: Any])?["version"] as? Int == 3)
    try place.expect("models", "shop.kindred", "--delete", "2")

    let factors = try place.expect(
      "factorize", "shop.kindred", "--space", "taste", "--dimension", "4", "--alpha", "3", "--lambda", "1",
      "--json"
    ).json()
    #expect(factors["userSpace"] as? String == "taste-users")
    #expect(factors["users"] as? Int == 40 && factors["items"] as? Int == 12)
    let taken = try place.expect("query", "shop.kindred", "taste", "--user", "u0", "-k", "2", "--json").json()
    #expect((taken["matches"] as? [Any])?.count == 2)
    try place.expectFailure("recordNotFound", 66, "query", "shop.kindred", "taste", "--user", "nobody")
    try place.expectFailure("unsupported", 64, "factorize", "shop.kindred", "--space", "session")
    try place.expect("verify", "shop.kindred")
  }

  // Without a model and --baselines the report was an empty table and exit 0.
  @Test func anEvaluationHasSomethingToReport() throws {
    let place = try Workplace.ring()
    let outcome = try place.expect("evaluate", "shop.kindred", "--json")
    let report = try outcome.json()
    #expect(
      (report["models"] as? [[String: Any]])?.map { $0["name"] as? String } == [
        "counted", "popularity", "rules",
      ])
    let people = try place.expect("evaluate", "shop.kindred")
    for words in ["popularity", "NDCG@10 95 %", "µs/user"] { #expect(people.standardOutput.contains(words)) }
    #expect(people.standardError.contains("no baselines were named"))
    let named = try place.expect("evaluate", "shop.kindred", "--baselines", "recent")
    #expect(!named.standardError.contains("no baselines"))
  }

  @Test func whatCannotBeDoneIsSaid() throws {
    let place = try Workplace.ring()
    try place.expectFailure("usage", 64, "recommend", "shop.kindred")
    try place.expectFailure("usage", 64, "rebuild", "shop.kindred", "--model", "1")
    try place.expectFailure("recordNotFound", 66, "rebuild", "shop.kindred", "--from-sequences")
    try place.expectFailure("invalidArgument", 64, "train", "shop.kindred", "--dimension", "4")
    try place.expectFailure("usage", 64, "evaluate", "shop.kindred", "--split", "time:never")
    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1")
    try place.write("bad.jsonl", "{\"session\":3}\n")
    try place.expectFailure("badInput", 65, "recommend", "shop.kindred", "--sessions", "bad.jsonl")
    try place.expectFailure("notFound", 66, "recommend", "shop.kindred", "--sessions", "missing.txt")
    try place.expectFailure(
      "badFilter", 64, "recommend", "shop.kindred", "--user", "u0", "--where", "price <")
  }
}
