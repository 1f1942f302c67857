import Basics
import Kindred
import TestSupport
import Testing

/// What events mean is the shop's to say: counts, lists, training and evaluation go by it.
@Suite struct SignalPolicyTests {
  private static let ratings = SignalPolicy(signals: [
    .init(kind: "rate", atLeast: 4, weight: 1), .init(kind: "rate", below: 3, weight: -1),
    .init(kind: "rate", weight: 0),
  ])

  @Test func theNarrowestSignalCounts() {
    var policy = Self.ratings
    policy.signals.insert(.init(kind: "rate", atLeast: 4.5, below: 5, weight: 7), at: 0)
    for (value, weight) in [(nil, 0.0), (1, -1), (2.9, -1), (3, 0), (4, 1), (4.5, 7), (5, 1)] {
      #expect(policy.weight(ofKind: "rate", value: value) == weight, "\(value ?? .nan)")
    }
    #expect(policy.weight(ofKind: "view", value: 1) == 1)
    #expect(policy.isTarget(kind: "rate", value: 4) && !policy.isTarget(kind: "rate", value: 3))
    // Of two with one bound each that within the other's is narrower, whichever was there first.
    for bounds in [[3.0, 4], [4, 3]] {
      let two = SignalPolicy(signals: bounds.map { .init(kind: "rate", atLeast: $0, weight: $0) })
      #expect([3.5, 4.5].map { two.weight(ofKind: "rate", value: $0) } == [3, 4])
    }
    policy.targets = ["view"]
    #expect(!policy.isTarget(kind: "rate", value: 4) && policy.isTarget(kind: "view", value: nil))
    policy.targets = ["rate>=4"]
    #expect(policy.isTarget(kind: "rate", value: 4.4) && !policy.isTarget(kind: "rate", value: 4.5))
    #expect(policy.signals.map(\.bounds) == [">=4.5<5", ">=4", "<3", ""])
  }

  @Test func aPolicyIsKeptAndAWrongOneRefused() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    #expect(try store.signalPolicy() == SignalPolicy())
    try store.setSignalPolicy(Self.ratings)
    store.close()
    let again = try Store.open(at: directory.file("shop.kindred"), options: .testing)
    #expect(try again.signalPolicy() == Self.ratings)
    for wrong in [
      SignalPolicy(signals: [.init(kind: "", weight: 1)]),
      SignalPolicy(signals: [.init(kind: "a", weight: 1_001)]),
      SignalPolicy(signals: [.init(kind: "a", weight: .nan)]),
      SignalPolicy(signals: [.init(kind: "a", atLeast: 3, below: 3, weight: 1)]),
      SignalPolicy(signals: [.init(kind: "a", atLeast: .infinity, weight: 1)]),
      SignalPolicy(halfLifeSeconds: 0),
      SignalPolicy(targets: [String(repeating: "k", count: 101)]),
    ] {
      #expect(code { try again.setSignalPolicy(wrong) } == .invalidArgument, "\(wrong)")
    }
    #expect(try again.signalPolicy() == Self.ratings && again.read { try $0.eventKinds() } == [])
  }

  @Test func dislikesAreNeitherCountedNorShown() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    func rate(_ user: String, _ item: String, _ value: Double, _ time: Int64) throws {
      try store.append([
        Event(user: user, item: item, time: Timestamp(milliseconds: time), kind: "rate", value: value)
      ])
    }
    for user in 0..<4 {
      try rate("u\(user)", "a", 5, 0)
      try rate("u\(user)", "bad", 1, 1)
      try rate("u\(user)", "b", 4, 2)
      try rate("u\(user)", "fair", 3, 3)
    }
    try rate("me", "a", 5, 0)
    try rate("me", "worst", 1, 1)
    func shown(_ method: RecommendationMethod) throws -> [String] {
      try store.recommend(user: "me", options: .init(k: 9, keepsSeen: true, method: method))
        .filter { $0.source != .popularity }.map(\.id)
    }
    #expect(try Set(shown(.popular)) == ["a", "b", "bad", "fair", "worst"])
    #expect(try shown(.rules).first == "bad")
    try store.setSignalPolicy(Self.ratings)
    #expect(try shown(.popular) == ["a", "b"])
    #expect(try shown(.rules) == ["b"])
    // What was disliked does not even fill the list; liked later, it may come again.
    let all = try store.recommend(user: "me", options: .init(k: 9, keepsSeen: true)).map(\.id)
    #expect(!all.contains("worst") && all.contains("bad"))
    try rate("me", "worst", 5, 9)
    #expect(
      try store.recommend(user: "me", options: .init(k: 9, keepsSeen: true)).map(\.id).contains("worst"))
    #expect(try store.verify().ok)
    let copy = directory.file("saved.kindred")
    let path = directory.file("shop.kindred")
    store.close()
    #expect(try Store.repair(at: path, into: copy).ok)
    let saved = try Store.open(at: copy, options: .testing)
    #expect(try saved.signalPolicy() == Self.ratings && saved.verify().ok)
  }

  /// Most users never do what is to be predicted: their events are learned from all the same, and early stopping works.
  @Test func whoHasNoTargetIsLearnedFrom() throws {
    let shop = try SessionFixture()
    for user in 0..<20 {
      try shop.store.append([
        Event(
          user: "u\(user)", item: "i\(user % 30)", time: Timestamp(milliseconds: 900_000_000), kind: "buy")
      ])
    }
    try shop.store.setSignalPolicy(SignalPolicy(targets: ["buy"]))
    let model = try shop.store.train(SessionFixture.options(epochs: 3, excludeLast: 1))
    // All views of all users, no purchase.
    #expect(
      model.source?.users == SessionFixture.userCount && model.source?.events == SessionFixture.userCount * 7)
    let report = try shop.store.evaluate(.init(baselines: [.counted, .rules], keepsSeen: true))
    #expect(report.targets == 20 && report.models.contains { $0.name == "session" })
    // By other signals other events are targets, which the model knows.
    try shop.store.setSignalPolicy(SignalPolicy(targets: ["view"]))
    let other = try shop.store.evaluate(.init(baselines: [.rules], keepsSeen: true))
    #expect(
      !other.models.contains { $0.name == "session" } && other.notes.contains { $0.contains("signals") })
    try shop.store.setSignalPolicy(SignalPolicy(targets: ["nothing"]))
    #expect(
      storeError { try shop.store.evaluate(.init(baselines: [.rules])) }?.message.contains("signals") == true)
  }

  /// A model goes on reading events by their kinds where the bounds are not those that it learned by.
  @Test func aModelReadsKindsAfterTheSignalsChanged() throws {
    let shop = try SessionFixture()
    for user in 0..<40 {
      try shop.store.append([
        Event(
          user: "u\(user)", item: "i\(user % 30)", time: Timestamp(milliseconds: 900_000_000), kind: "rate",
          value: 5)
      ])
    }
    try shop.store.train(SessionFixture.options(epochs: 5))
    let before = try shop.store.recommend(user: "u3", options: .init(k: 5)).map(\.id)
    try shop.store.setSignalPolicy(SignalPolicy(signals: [.init(kind: "rate", atLeast: 4, weight: 1)]))
    #expect(try shop.store.recommend(user: "u3", options: .init(k: 5)).map(\.id) == before)
  }

  /// What is like a purchase comes before what is like a view, and what is like a dislike does not come.
  @Test func profilesWeighEvents() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    try store.createSpace(.init(name: "v", of: .items, dimension: 3, metric: .cosine))
    try store.upsert(
      "v", ids: ["seen", "bought", "bad", "like seen", "like bought", "like bad"],
      vectors: [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0.1, 0, 0.1, 1, 0, 0, 0.1, 1])
    for (place, event) in [("bought", "buy"), ("bad", "return"), ("seen", "view")].enumerated() {
      try store.append([
        Event(user: "u", item: event.0, time: Timestamp(milliseconds: Int64(place)), kind: event.1)
      ])
    }
    func best(_ k: Int) throws -> [String] {
      try store.recommend(user: "u", options: .init(k: k, keepsSeen: false, method: .similar)).map(\.id)
    }
    #expect(try best(1) == ["like seen"])
    try store.setSignalPolicy(
      SignalPolicy(signals: [.init(kind: "buy", weight: 5), .init(kind: "return", weight: -3)]))
    #expect(try best(3) == ["like bought", "like seen", "like bad"])
    let spaces = [SpaceWeight("v")]
    #expect(try store.query(spaces, for: .user("u"), options: .init(k: 1)).first?.id == "like bought")
  }

  /// Users go round a ring of items, a step of one or two: what is even is liked, what is odd is not. A model that goes
  /// by signals predicts the liked one two steps ahead; one of all events alike what is odd, as that mostly follows.
  @Test func modelsPredictWhatIsLiked() throws {
    func shop() throws -> (TemporaryDirectory, Store) {
      let directory = try TemporaryDirectory()
      let store = try Store.testing(directory)
      try store.write { transaction in
        var random = SeededGenerator(seed: 3)
        for user in 0..<240 {
          var item = user
          for step in 0..<8 {
            try transaction.append(
              Event(
                user: "u\(user)", item: "i\(item % 16)",
                time: Timestamp(milliseconds: Int64(user * 1_000 + step)), kind: "rate",
                value: item % 2 == 0 ? 5 : 1))
            // Two steps from an odd one would never come back to what is liked.
            item += item % 2 == 0 && Int.random(in: 0..<10, using: &random) < 3 ? 2 : 1
          }
        }
      }
      return (directory, store)
    }
    /// How far ahead of each even item the predicted one is.
    func steps(_ store: Store) throws -> [Int] {
      try stride(from: 0, to: 16, by: 2).map { start in
        let event = Event(
          user: "x", item: "i\(start)", time: Timestamp(milliseconds: 0), kind: "rate", value: 5)
        let found = try store.recommend(for: .events([event]), options: .init(k: 1)).first?.id ?? ""
        return (16 + (Int(found.dropFirst()) ?? 0) - start) % 16
      }
    }
    let (alikeDirectory, alike) = try shop()
    var options = SessionFixture.options()
    options.usesRules = false
    try alike.train(options)
    let alikeSteps = try steps(alike)
    #expect(alikeSteps.count { $0 == 1 } >= 4, "\(alikeSteps)")
    let (signalDirectory, signals) = try shop()
    try signals.setSignalPolicy(Self.ratings)
    try signals.train(options)
    let likedSteps = try steps(signals)
    #expect(likedSteps.allSatisfy { $0 % 2 == 0 } && likedSteps.count { $0 == 2 } >= 6, "\(likedSteps)")
    let report = try signals.evaluate(.init(baselines: [.counted, .rules], keepsSeen: true, model: nil))
    #expect(report.models.map(\.name).contains("counted"))
    // Only what is liked is a target: of every user at most one event.
    #expect(report.targets > 200 && report.targets <= 240)
    withExtendedLifetime((alikeDirectory, signalDirectory)) {}
  }
}
