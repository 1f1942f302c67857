import Kindred
import TestSupport
import Testing

/// Several spaces that answer together.
@Suite struct FusedQueryTests {
  private let directory: TemporaryDirectory
  private let store: Store
  private static let count = 300

  /// Items on two circles: one by the item's number, one by another order.
  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    let ids = (0..<Self.count).map { "i\($0)" }
    for (name, metric) in [("picture", VectorMetric.cosine), ("shape", .l2)] {
      try store.createSpace(SpaceConfiguration(name: name, of: .items, dimension: 2, metric: metric))
      try store.upsert(
        name, ids: ids, vectors: (0..<Self.count).flatMap { Self.vector(name, $0) },
        attributes: (0..<Self.count).map { ["even": .bool($0 % 2 == 0)] })
    }
  }

  private static func vector(_ space: String, _ item: Int) -> [Float] {
    let place = space == "picture" ? item : (item * 77) % count
    let angle = 2 * Double.pi * Double(place) / Double(count)
    return [Float(cosine(angle)), Float(cosine(angle - Double.pi / 2))]
  }

  private static func cosine(_ angle: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    let x = angle > Double.pi ? angle - 2 * Double.pi : angle
    for step in 1..<20 {
      term *= -x * x / Double((2 * step - 1) * (2 * step))
      sum += term
    }
    return sum
  }

  private func fused(
    _ spaces: [SpaceWeight], _ fusion: Fusion, _ options: QueryOptions = .init(k: 10)
  ) throws -> [Match] {
    try store.read { try $0.query(spaces, for: .like("i5"), by: fusion, options: options) }
  }

  /// Ranks counted by hand, over all items.
  @Test func ranksAreAdded() throws {
    let spaces = [SpaceWeight("picture", 3), SpaceWeight("shape", 1)]
    var expected: [String: Double] = [:]
    for space in spaces {
      let list = try store.read {
        try $0.query(space.space, like: "i5", options: .init(k: 100, effort: .exact))
      }
      // Equal scores have one rank.
      for match in list {
        let rank = list.firstIndex { $0.score == match.score } ?? 0
        expected[match.id, default: 0] += space.weight / 4 * 61 / Double(61 + rank)
      }
    }
    let best = expected.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10)
    let found = try fused(spaces, .rank, .init(k: 10, effort: .exact))
    #expect(found.map(\.id) == best.map(\.key))
    for (match, (_, score)) in zip(found, best) {
      #expect(abs(Double(match.score) - score) < 1e-6 && match.distance == 1 - match.score)
    }
  }

  /// A space alone keeps its order, and a weight that is tiny changes little.
  @Test(arguments: Fusion.allCases) func oneSpaceKeepsItsOrder(fusion: Fusion) throws {
    let alone = try store.read { try $0.query("picture", like: "i5", options: .init(k: 10, effort: .exact)) }
    let found = try fused([SpaceWeight("picture")], fusion, .init(k: 10, effort: .exact))
    #expect(Set(found.map(\.id)) == Set(alone.map(\.id)))
    #expect(abs((found.first?.score ?? 0) - 1) < 1e-6)
    let both = try fused([SpaceWeight("picture"), SpaceWeight("shape", 1e-9)], fusion)
    #expect(Set(both.map(\.id)) == Set(alone.map(\.id)))
  }

  /// The promise of one space holds: min(k, matching).
  @Test(arguments: Fusion.allCases) func allThatMatchComeBack(fusion: Fusion) throws {
    let spaces = [SpaceWeight("picture"), SpaceWeight("shape", 2)]
    let filter = Filter("even and id != 'i8'")
    let all = try fused(spaces, fusion, .init(k: 1_000, filter: filter))
    #expect(all.count == Self.count / 2 - 1)
    #expect(Set(all.map(\.id)).count == all.count && all.allSatisfy { (0...1).contains($0.score) })
    let first = try fused(spaces, fusion, .init(k: 12, filter: filter))
    let page = try fused(spaces, fusion, .init(k: 5, filter: filter, records: true, offset: 7))
    #expect(page.map(\.id) == first[7...].map(\.id) && page.allSatisfy { $0.item != nil })
    let least = all[20].score
    let good = try fused(spaces, fusion, .init(k: 1_000, filter: filter, minScore: least))
    #expect(good.map(\.id) == all.filter { $0.score >= least }.map(\.id))
  }

  @Test func usersAreAskedByTheirItems() throws {
    for (step, item) in ["i40", "i41", "i42"].enumerated() {
      try store.append(
        Event(user: "u", item: item, time: Timestamp(milliseconds: Int64(step)), kind: "view"))
    }
    let found = try store.read {
      try $0.query([SpaceWeight("picture")], for: .user("u"), options: .init(k: 4))
    }
    #expect(Set(found.map(\.id)).isSubset(of: (36...46).map { "i\($0)" }), "\(found)")
    #expect(!found.contains { ["i40", "i41", "i42"].contains($0.id) })
    // The same by `recommend`, where no model serves.
    let options = RecommendOptions(k: 4, spaces: [SpaceWeight("picture"), SpaceWeight("shape", 1e-9)])
    let recommended = try store.recommend(user: "u", options: options)
    #expect(Set(recommended.map(\.id)) == Set(found.map(\.id)))
    #expect(recommended.allSatisfy { $0.source == .content })
    // What is popular fills up the answer of somebody without a history.
    #expect(try store.recommend(user: "nobody", options: options).count == 4)
  }

  /// By Euclidean distance a user is where the user's items are, not where vectors of length 1 are.
  @Test func euclideanProfilesAreMeans() throws {
    try store.createSpace(SpaceConfiguration(name: "place", of: .items, dimension: 2, metric: .l2))
    try store.upsert(
      "place", ids: (0..<50).map { "i\($0)" }, vectors: (0..<50).flatMap { [Float($0), 2 * Float($0)] })
    for (step, item) in ["i30", "i32"].enumerated() {
      try store.append(
        Event(user: "u", item: item, time: Timestamp(milliseconds: Int64(step)), kind: "view"))
    }
    let found = try store.query([SpaceWeight("place")], for: .user("u"), options: .init(k: 1))
    #expect(found.map(\.id) == ["i31"])
    let recommended = try store.recommend(user: "u", options: .init(k: 1, spaces: [SpaceWeight("place")]))
    #expect(recommended.map(\.id) == ["i31"])
    // A session that is followed says the same, where no model serves too.
    let live = try store.liveSession()
    for item in ["i30", "i32"] { try live.append(item) }
    #expect(try live.recommend(options: .init(k: 1, spaces: [SpaceWeight("place")])).map(\.id) == ["i31"])
  }

  @Test func whatCannotBeAskedIsRefused() throws {
    try store.createSpace(SpaceConfiguration(name: "people", of: .users, dimension: 2, metric: .l2))
    let bad: [([SpaceWeight], FusedSubject, StoreError.Code)] = [
      ([], .like("i1"), .invalidArgument),
      ([SpaceWeight("picture", 0)], .like("i1"), .invalidArgument),
      ([SpaceWeight("picture", .infinity)], .like("i1"), .invalidArgument),
      ([SpaceWeight("picture"), SpaceWeight("picture")], .like("i1"), .invalidArgument),
      ([SpaceWeight("picture"), SpaceWeight("people")], .like("i1"), .invalidArgument),
      ([SpaceWeight("picture"), SpaceWeight("nowhere")], .like("i1"), .spaceNotFound),
      ([SpaceWeight("picture")], .text("red"), .unsupported),
      ([SpaceWeight("picture")], .like("i999"), .recordNotFound),
      ([SpaceWeight("picture")], .user("nobody"), .recordNotFound),
      ([SpaceWeight("people")], .user("nobody"), .invalidArgument),
    ]
    for (spaces, subject, code) in bad {
      let error = #expect(throws: StoreError.self) { try store.read { try $0.query(spaces, for: subject) } }
      #expect(error?.code == code, "\(spaces) \(subject): \(error?.message ?? "")")
    }
    for options in [
      RecommendOptions(spaces: [SpaceWeight("people")]),
      RecommendOptions(diversity: 0.5, spaces: [SpaceWeight("picture")]),
    ] {
      #expect(throws: StoreError.self) { try store.recommend(user: "u", options: options) }
    }
  }
}

extension FusedQueryTests {
  /// What the model says and what is like the history's items, together.
  @Test func theModelCountsBesideOtherSpaces() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options())
    try shop.store.createSpace(SpaceConfiguration(name: "picture", of: .items, dimension: 2, metric: .cosine))
    // By pictures the opposite item of the ring is the nearest.
    let opposite = SessionFixture.itemCount / 2
    for item in 0..<opposite {
      let vector = Self.vector("picture", 10 * item)
      try shop.store.upsert("picture", ids: ["i\(item)", "i\(item + opposite)"], vectors: vector + vector)
    }
    func list(_ session: Double, _ picture: Double) throws -> [Recommendation] {
      try shop.store.recommend(
        for: .session(["i3", "i4"]),
        options: .init(k: 5, spaces: [SpaceWeight("session", session), SpaceWeight("picture", picture)]))
    }
    let session = try list(1, 1e-9)
    let plain = try shop.store.recommend(for: .session(["i3", "i4"]), options: .init(k: 5))
    #expect(session.map(\.id) == plain.map(\.id) && session.first?.source == .session)
    #expect(try list(1e-9, 1).first?.id == "i19")
    let both = try list(1, 1)
    #expect(both.contains { $0.id == plain[0].id } && both.contains { $0.id == "i19" })
    #expect(both.map(\.score) == both.map(\.score).sorted(by: >))
  }
}
