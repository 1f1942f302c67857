import Baselines
import Testing

@testable import Kindred
@testable import Recommending

/// Half of the first reasons on a shop's real lists rested on one other customer, whose basket was thereby shown to a
/// stranger. It could happen because a reason was what a score loses without an item, whoever it was learned from.
@Suite struct ReasonTests {
  /// Pairs of items, each taken together by some users, one after the other; item 0 of a pair is `p-a`, item 1 `p-b`.
  private func shop(pairs: [String: Int], alone: Int = 4) throws -> SessionFixture {
    let shop = try SessionFixture()
    var views: [(user: String, item: String)] = []
    for (pair, users) in pairs.sorted(by: { $0.key < $1.key }) {
      // Four events each, so that one can be held out and the pair is still learned from.
      for user in 0..<users {
        views += ["\(pair)-a", "\(pair)-b", "i1", "i2"].map { ("\(pair)\(user)", $0) }
      }
      for user in 0..<alone { views += ["\(pair)-a", "i5", "i6"].map { ("\(pair)-alone\(user)", $0) } }
    }
    try shop.store.write { transaction in
      for (number, view) in views.enumerated() {
        let time = Timestamp(milliseconds: 1_000_000_000 + Int64(number) * 1_000)
        try transaction.append(Event(user: view.user, item: view.item, time: time, kind: "view"))
      }
    }
    return shop
  }

  private func reasons(
    _ shop: SessionFixture, for item: String, after session: [String]
  ) throws -> [Recommendation.Contribution] {
    let found = try shop.store.recommend(for: .session(session), options: .init(k: 60, explains: true))
    return try #require(found.first { $0.id == item }).because
  }

  @Test func aReasonRestsOnThreeUsersAndSaysHowMany() throws {
    let shop = try shop(pairs: ["two": 2, "three": 3, "nine": 9])
    try shop.store.train(SessionFixture.options(epochs: 1))
    let thin = try reasons(shop, for: "two-b", after: ["two-a"])
    #expect(thin.isEmpty)
    for (pair, users) in [("three", 3), ("nine", 9)] {
      let because = try #require(try reasons(shop, for: "\(pair)-b", after: ["\(pair)-a"]).first)
      #expect(because.id == "\(pair)-a")
      #expect(because.users == users && because.ofUsers == users + 4)
      #expect(because.contribution > 0 && because.contribution <= 1)
    }
    // An item that comes back is its own reason; of the three who took both, one may be who asks.
    let again = try shop.store.recommend(
      for: .session(["three-a", "three-b"]), options: .init(k: 60, keepsSeen: true, explains: true))
    let itself = try #require(again.first { $0.id == "three-b" })
    for reason in itself.because {
      #expect(reason.id == "three-b")
      #expect(reason.users == nil)
    }
  }

  /// With a minimal support the pair is in no answer's rules at all, and says so in the model's description.
  @Test func thinPairsAreLeftOutOfWhatIsServed() throws {
    let shop = try shop(pairs: ["two": 2, "three": 3])
    var options = SessionFixture.options(epochs: 1)
    options.minimumSupport = 3
    try shop.store.train(options)
    let encoder = try shop.store.read { try shop.store.modelCache.model(1, $0.base) }
    let rules = try #require(encoder.countedRules)
    let ordinals = try shop.store.read { snapshot in
      try ["two-a", "two-b", "three-a", "three-b"].compactMap { try snapshot.base.ordinal(of: $0, .items) }
    }
    let numbers = ordinals.compactMap { encoder.numbers[$0] }
    try #require(numbers.count == 4)
    #expect(!rules.named(after: [numbers[0]]).items.contains(numbers[1]))
    #expect(rules.named(after: [numbers[2]]).items.contains(numbers[3]))
    let counts = try #require(rules.rules.counts)
    #expect(counts.rules.allSatisfy { $0 >= 3 })
    #expect(encoder.manifest.rules?.configuration.minimumSupport == 3)
  }

  /// Models of before there were counts go on serving, without reasons.
  @Test func withoutCountsThereAreNoReasons() throws {
    let shop = try shop(pairs: ["nine": 9])
    try shop.store.train(SessionFixture.options(epochs: 1))
    let encoder = try shop.store.read { try shop.store.modelCache.model(1, $0.base) }
    let rules = try #require(encoder.countedRules)
    let old = SessionRules(
      share: rules.share, rules: SequentialRules(rules.rules.table, rules.rules.configuration, nil))
    let reasons = old.reasons(for: [0, 1], after: [2, 3])
    #expect(reasons.allSatisfy { $0.isEmpty })
    #expect(old.named(after: [2, 3]).items == rules.named(after: [2, 3]).items)
  }
}
