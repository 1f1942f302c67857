import LMDB
import TestSupport
import Testing

@testable import Engine
@testable import Kindred

/// What a store recommends before any model is trained, by what is counted as events arrive.
@Suite struct CountedListTests {
  private let directory: TemporaryDirectory
  private let store: Store
  private static let day: Int64 = 86_400_000

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
  }

  private func append(
    _ user: String, _ item: String, day: Double, kind: String = "view", value: Double? = nil
  ) throws {
    try store.append([
      Event(
        user: user, item: item, time: Timestamp(milliseconds: Int64(day * Double(Self.day))), kind: kind,
        value: value)
    ])
  }

  private func ids(
    _ user: String, _ method: RecommendationMethod?, k: Int = 3,
    _ change: (inout RecommendOptions) -> Void = { _ in }
  ) throws -> [String] {
    var options = RecommendOptions(k: k)
    options.method = method
    change(&options)
    return try store.recommend(user: user, options: options).map(\.id)
  }

  /// Bread is followed by butter by three users and by jam by one; cheese is popular, long ago.
  private func fill() throws {
    for (user, items) in [
      ("a", ["bread", "butter"]), ("b", ["bread", "butter", "jam"]), ("c", ["milk", "bread", "butter"]),
      ("d", ["bread", "jam"]),
    ] {
      for (place, item) in items.enumerated() { try append(user, item, day: 100 + Double(place) / 100) }
    }
    for user in 0..<9 { try append("old\(user)", "cheese", day: 0) }
    try append("me", "bread", day: 101)
  }

  @Test func rulesSayWhatFollows() throws {
    try fill()
    let found = try store.recommend(user: "me", options: .init(k: 4))
    #expect(found.map(\.id).prefix(2) == ["butter", "jam"] && found[0].source == .rules)
    // What no rule names fills the list, most popular lately first, below 0.
    #expect(found.last?.source == .popularity && (found.last?.score ?? 1) < 0)
    #expect(try ids("me", .rules) == found.prefix(3).map(\.id))
    // The same after a session that is not stored, and in one that goes on.
    #expect(
      try store.recommend(for: .session(["bread"]), options: .init(k: 2)).map(\.id) == ["butter", "jam"])
    let live = try store.liveSession()
    try live.append("bread")
    #expect(try live.recommend(options: .init(k: 2)).map(\.id) == ["butter", "jam"])
    // The next event counts at once, and a deleted user's no longer.
    for user in 0..<6 { try append("new\(user)", "bread", day: 102) }
    for user in 0..<6 { try append("new\(user)", "honey", day: 102.1) }
    #expect(try ids("me", nil, k: 1) == ["honey"])
    try store.write { transaction in _ = try transaction.delete((0..<6).map { "new\($0)" }, kind: .users) }
    #expect(try ids("me", nil, k: 2) == ["butter", "jam"])
    #expect(try store.verify().ok)
  }

  @Test func listsForEverybody() throws {
    try fill()
    // Nine old events are more than five new ones, until age counts.
    #expect(try ids("nobody", .popular, k: 2) == ["cheese", "bread"])
    #expect(try ids("nobody", .trending, k: 2) == ["bread", "butter"])
    var policy = SignalPolicy()
    policy.halfLifeSeconds = 1e9
    try store.setSignalPolicy(policy)
    #expect(try ids("nobody", .trending, k: 1) == ["cheese"])
    try store.upsert([Item(id: "first"), Item(id: "second")])
    #expect(try ids("me", .newest, k: 2) == ["second", "first"])
    let scores = try store.recommend(user: "me", options: .init(k: 9, method: .newest)).map(\.score)
    #expect(scores.first == 1 && scores == scores.sorted(by: >))
    for (method, source) in [
      (RecommendationMethod.popular, RecommendationSource.popular), (.trending, .trending),
      (.newest, .newest),
    ] {
      #expect(
        try store.recommend(user: "nobody", options: .init(k: 2, method: method)).allSatisfy {
          $0.source == source
        })
    }
    let shares = try store.recommend(user: "nobody", options: .init(k: 20, method: .popular)).filter {
      $0.source == .popular
    }
    #expect(abs(shares.reduce(0) { $0 + $1.score } - 1) < 1e-5)
  }

  /// In a store of many events too a policy goes at once, and an event of the far future takes nothing from the others.
  @Test func manyEventsFollowThePolicyAtOnce() throws {
    let today = Double(Timestamp.now().milliseconds) / Double(Self.day)
    for user in 0..<150 {
      try append("u\(user)", "viewed", day: today - 4_000)
      if user < 60 { try append("u\(user)", "bought", day: today - 4_000, kind: "buy") }
    }
    #expect(try ids("nobody", .popular, k: 1) == ["viewed"])
    try store.setSignalPolicy(SignalPolicy(signals: [.init(kind: "buy", weight: 5)]))
    #expect(try ids("nobody", .popular, k: 1) == ["bought"] && ids("nobody", .trending, k: 1) == ["bought"])
    try append("future", "far", day: today + 40_000)
    for number in 0..<10 { try append("new\(number)", "viewed", day: today - 4_000) }
    let found = try store.recommend(user: "nobody", options: .init(k: 3, method: .trending))
    #expect(Set(found.map(\.id)) == ["bought", "viewed", "far"] && found.allSatisfy { $0.score > 0 })
  }

  /// A damaged list is an error for whoever's history leads to it, and for nobody else.
  @Test func aDamagedListHarmsNobodyElse() throws {
    try fill()
    try append("other", "milk", day: 101)
    try append("me", "butter", day: 102)
    let wanted = try store.recommend(user: "other", options: .init(k: 3)).map(\.id)
    _ = try store.engine.write { writer in
      let bread = try #require(try writer.transaction.ordinal(of: "bread", .items, writer.tables))
      var damaged: BlockKey?
      try writer.transaction.forEach(writer.tables.column, prefix: ListKey.coOccurrences | bread.rawValue) {
        key, _ in
        damaged = BlockKey(keyBytes: key)
        return .stop
      }
      try writer.transaction.put(writer.tables.column, try #require(damaged), [1, 2, 3] as [UInt8])
    }
    #expect(code { try store.recommend(user: "me") } == .corrupted)
    #expect(try store.recommend(user: "other", options: .init(k: 3)).map(\.id) == wanted)
  }

  /// Coffee every ten days, soap twice; and tea, whose interval is not over, behind rice, whose is.
  @Test func whatIsDueComesAgain() throws {
    for day in [0.0, 10, 20, 30] { try append("me", "coffee", day: day, kind: "purchase") }
    for day in [1.0, 101] { try append("me", "soap", day: day - 100, kind: "purchase") }
    for day in [0.0, 30] { try append("me", "rice", day: day, kind: "purchase") }
    for day in [20.0, 44] { try append("me", "tea", day: day, kind: "purchase") }
    try append("me", "lamp", day: 30, kind: "purchase")
    func again(day: Double) throws -> [(id: String, score: Float)] {
      let time = Timestamp(milliseconds: Int64(day * Double(Self.day)))
      return try store.recommend(user: "me", options: .init(k: 5, method: .again, time: time))
        .filter { $0.source == .again }.map { ($0.id, $0.score) }
    }
    let due = try again(day: 45)
    #expect(due.map(\.id) == ["coffee", "rice", "tea", "soap"])
    // By hand: four times, a quarter of two half-lives ago, and due; twice, three quarters of the way to being due.
    #expect(abs(due[0].score - 4 * 0.840_896) < 1e-4 && abs(due[1].score - 2 * 0.840_896 * 0.75) < 1e-4)
    // Half a year later what comes often has lost as much as the rest.
    #expect(try again(day: 225)[0].score < 0.5)
    try store.setSignalPolicy(SignalPolicy(targets: ["view"]))
    #expect(try again(day: 45).isEmpty)
  }

  @Test func similarGoesByContent() throws {
    try fill()
    #expect(code { try ids("me", .similar) } == .recordNotFound)
    try store.createSpace(.init(name: "v", of: .items, dimension: 2, metric: .cosine))
    try store.upsert("v", ids: ["bread", "butter", "jam", "milk"], vectors: [1, 0, 0, 1, 0.2, 1, 0.9, 0.1])
    let found = try store.recommend(user: "me", options: .init(k: 2, method: .similar))
    #expect(found.map(\.id) == ["milk", "jam"] && found.allSatisfy { $0.source == .similar })
    // What a factorisation made is no content.
    try store.factorize("factors", FactorizeOptions(dimension: 2, alpha: 1, lambda: 1))
    #expect(try ids("me", .similar, k: 2) == ["milk", "jam"])
    try store.createSpace(.init(name: "w", of: .items, dimension: 2, metric: .cosine))
    try store.upsert("w", ids: ["bread", "cheese"], vectors: [1, 0, 1, 0])
    #expect(try ids("me", .similar, k: 1) { $0.spaces = [SpaceWeight("w")] } == ["cheese"])
    #expect(code { try ids("me", .rules) { $0.spaces = [SpaceWeight("v")] } } == .invalidArgument)
    #expect(code { try ids("me", .rules) { $0.diversity = 0.5 } } == .invalidArgument)
    #expect(code { try ids("me", .session) } == .recordNotFound)
    #expect(
      code {
        try store.recommend(
          by: QueryExamples(like: ["bread"]), options: .init(spaces: [SpaceWeight("v")], method: .rules))
      }
        == .invalidArgument)
  }

  /// What was bought is hidden, what was only looked at comes back; by time, and where somebody bought and looked.
  @Test func hiddenEvents() throws {
    try fill()
    try append("me", "butter", day: 101.1, kind: "purchase")
    try append("me", "jam", day: 101.2)
    let now = Timestamp(milliseconds: 110 * Self.day)
    func shown(_ hiding: [HiddenEvents]) throws -> Set<String> {
      Set(try ids("me", .popular, k: 9) { ($0.hiding, $0.time) = (hiding, now) })
    }
    #expect(try shown([.init(kind: "purchase")]) == ["bread", "jam", "milk", "cheese"])
    #expect(try shown([.init(kind: "purchase", seconds: 10 * 86_400)]) == ["bread", "jam", "milk", "cheese"])
    #expect(try shown([.init(kind: "purchase", seconds: 5 * 86_400)]).contains("butter"))
    #expect(try shown([.init(kind: "purchase"), .init(kind: "view", seconds: 86_400)]).contains("jam"))
    #expect(try shown([.init(kind: "purchase"), .init(kind: "view")]) == ["milk", "cheese"])
    #expect(try shown([.init(kind: "unheard of")]).contains("butter"))
    #expect(
      code { try ids("me", nil) { ($0.hiding, $0.keepsSeen) = ([.init(kind: "purchase")], true) } }
        == .invalidArgument)
    #expect(
      code { try ids("me", nil) { $0.hiding = [.init(kind: "purchase", seconds: -1)] } } == .invalidArgument)
    let live = try store.liveSession()
    try live.append("bread", kind: "purchase", time: now)
    try live.append("butter", time: now)
    let found = try live.recommend(options: .init(k: 9, hiding: [.init(kind: "purchase")], time: now)).map(
      \.id)
    #expect(found.contains("butter") && !found.contains("bread"))
  }

  /// What is evaluated is what is served: the same lists after the same events.
  @Test func theEvaluationScoresAsTheStoreDoes() throws {
    let shop = try SessionFixture()
    for user in 0..<20 {
      try shop.store.append([
        Event(
          user: "u\(user)", item: "i\(user * 7 % 30)", time: Timestamp(milliseconds: 900_000_000),
          kind: "view")
      ])
    }
    let report = try shop.store.evaluate(.init(baselines: [.counted], keepsSeen: true))
    let counted = try #require(report.models.first { $0.name == "counted" })
    let asked = try #require(counted.metrics.first { $0.name == "HR@5" }?.value)
    // The served lists in a store without each user's last two events.
    let learned = try Store.testing(directory, "learned.kindred")
    var (targets, histories) = ([String: String](), [String: [Event]]())
    try shop.store.read { snapshot in
      try snapshot.forEachEvent { histories[$0.user, default: []].append($0) }
    }
    for item in 0..<SessionFixture.itemCount { try learned.upsert([Item(id: "i\(item)")]) }
    for (user, events) in histories {
      targets[user] = events.last?.item
      try learned.append(Array(events.dropLast(2)))
    }
    var hits = 0
    for (user, target) in targets {
      let session = histories[user]?.dropLast().map(\.item) ?? []
      let found = try learned.recommend(for: .session(session), options: .init(k: 5, keepsSeen: true))
        .filter { $0.source == .rules }
      if found.contains(where: { $0.id == target }) { hits += 1 }
    }
    #expect(abs(asked - Double(hits) / Double(targets.count)) < 0.02)
    #expect(asked > 0.5)
  }
}
