import TestSupport
import Kindred
import Testing

@Suite struct EvaluateTests {
  private func value(_ report: EvaluationReport, _ model: String, _ metric: String) -> Double? {
    report.models.first { $0.name == model }?.metrics[metric]
  }

  /// In a ring the next item is certain: rules and the encoder find it, popularity does not.
  @Test func leaveOneOut() throws {
    let shop = try SessionFixture()
    var training = SessionFixture.options(excludeLast: 1)
    training.usesRules = false
    try shop.store.train(training)
    var options = EvaluateOptions()
    options.baselines = EvaluateOptions.Baseline.all
    let report = try shop.store.evaluate(options)
    #expect(report.targets == SessionFixture.userCount)
    #expect(report.items == SessionFixture.itemCount)
    #expect(report.notes == [])
    #expect(
      report.models.map(\.name)
        == [
          "session", "session, by the index", "counted", "popularity", "recent", "own-history", "item-knn",
          "rules",
          "session + rules",
        ]
        + ["v-sknn", "session + v-sknn", "ease", "als", "mult-vae"])
    #expect(try #require(value(report, "session", "HR@5")) > 0.9)
    #expect(try #require(value(report, "rules", "HR@5")) == 1)
    #expect(try #require(value(report, "session + rules", "HR@5")) > 0.9)
    #expect(try #require(value(report, "session + v-sknn", "HR@5")) > 0.9)
    #expect(try #require(value(report, "popularity", "NDCG@10")) < 0.6)
    for model in report.models {
      for metric in model.metrics {
        #expect(metric.value.isFinite && metric.value >= 0, "\(model.name) \(metric.name)")
      }
    }
    // Neighbors in the ring occur together in some sequences.
    for model in ["session", "popularity"] {
      let diversity = try #require(value(report, model, "diversity@10"))
      #expect(diversity > 0.1 && diversity < 0.9)
    }
    let exact = try #require(value(report, "session", "NDCG@10"))
    #expect(try #require(value(report, "session, by the index", "NDCG@10")) >= exact - 0.05)
  }

  /// A model that has seen the targets takes no part, and the report says so.
  @Test func leaksAreRefused() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options(epochs: 1))
    for split in [EvaluateOptions.Split.leaveOneOut, .time(Timestamp(milliseconds: 50_000_000))] {
      let report = try shop.store.evaluate(EvaluateOptions(split: split))
      #expect(report.models.isEmpty)
      #expect(report.notes.count == 1)
      #expect(report.notes[0].contains("was trained on the targets"))
    }
    var until = SessionFixture.options(epochs: 1)
    until.before = Timestamp(milliseconds: 50_000_000)
    until.usesRules = false
    try shop.store.train(until)
    #expect(
      try shop.store.evaluate(EvaluateOptions(split: .time(Timestamp(milliseconds: 50_000_000)))).models.count
        == 2)
    #expect(
      try shop.store.evaluate(EvaluateOptions(split: .time(Timestamp(milliseconds: 40_000_000)))).models
        .isEmpty)
  }

  /// A target that was seen is a miss, or left out and counted; where events repeat items, seen items stay by default,
  /// in what is evaluated as in what is served.
  @Test func repeatedTargetsAreNeverTheOnlySeenItem() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    for user in 0..<6 {
      for (time, item) in ["a", "b\(user)", "c", "a"].enumerated() {
        try store.append(
          Event(user: "u\(user)", item: item, time: Timestamp(milliseconds: Int64(time) * 1_000)))
      }
    }
    var options = EvaluateOptions()
    options.baselines = ["own-history"]
    options.keepsSeen = false
    let missed = try store.evaluate(options)
    #expect(missed.targets == 6 && missed.repeatedTargets == 6)
    #expect(value(missed, "own-history", "HR@10") == 0)
    options.repeats = .skip
    #expect(throws: StoreError.self) { try store.evaluate(options) }
    options.keepsSeen = nil
    let kept = try store.evaluate(options)
    #expect(kept.targets == 6)
    #expect(kept.protocolSettings["seen items"] == "kept")
    #expect(value(kept, "own-history", "HR@10") == 1)
  }

  @Test func timeSplitTakesWhatCameAfter() throws {
    let shop = try SessionFixture()
    // Users 0 to 9 are wholly before, user 10 is cut after its third event, the others come after it as a whole.
    let report = try shop.store.evaluate(
      EvaluateOptions(split: .time(Timestamp(milliseconds: 10_000_000 + 180_000))))
    #expect(report.targets == 4 + (SessionFixture.userCount - 11) * 6)
  }

  @Test func sessionsOfAFile() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options())
    var options = EvaluateOptions(split: .sessions([["i3", "i4", "unknown", "i5"], ["i9"], []]))
    options.keepsSeen = true
    options.baselines = ["rules"]
    let report = try shop.store.evaluate(options)
    #expect(report.targets == 2)
    #expect(try #require(value(report, "session", "HR@5")) == 1)
  }

  /// The share of a blend is chosen by what the model held out, and by nothing that it learned from.
  @Test(arguments: [
    (events: 5, "the newest sequences, one in 20"), (events: 9, "each sequence's last event"),
  ])
  func blendsAreChosenByWhatNobodyLearned(events: Int, heldOut: String) throws {
    let shop = try SessionFixture(events: events)
    let end: Int64 = 1_000_000_000
    for (learnsHeldOut, before, expected) in [
      (false, nil, "chosen by validation"), (true, nil, "half of each"), (false, end, "half of each"),
    ] as [(Bool, Int64?, String)] {
      var training = SessionFixture.options(epochs: 4)
      training.learnsHeldOut = learnsHeldOut
      training.before = before.map { Timestamp(milliseconds: $0) }
      training.usesRules = false
      try shop.store.train(training)
      var options = EvaluateOptions(split: .sessions([["i3", "i4", "i5"]]))
      options.keepsSeen = true
      options.baselines = ["rules", "v-sknn", "item-knn"]
      let report = try shop.store.evaluate(options)
      let settings = try #require(
        report.protocolSettings["settings chosen by"])
      #expect(settings == "\(heldOut) of the store")
      for name in ["session + rules", "session + v-sknn"] {
        let blend = try #require(report.models.first { $0.name == name })
        #expect(blend.settings.contains(expected), "\(name): \(blend.settings)")
      }
      #expect(!report.models.contains { $0.name == "session + item-knn" })
    }
  }

  @Test func badOptionsAreRefused() throws {
    let shop = try SessionFixture()
    var options = EvaluateOptions()
    options.baselines = ["magic"]
    #expect(code { try shop.store.evaluate(options) } == .invalidArgument)
    options.baselines = []
    options.cutoffs = [0]
    #expect(code { try shop.store.evaluate(options) } == .invalidArgument)
    options.cutoffs = [5]
    options.model = 4
    #expect(code { try shop.store.evaluate(options) } == .recordNotFound)
    #expect(code { try shop.store.evaluate(.init(split: .sessions([]))) } == .notEnoughData)
  }
}
