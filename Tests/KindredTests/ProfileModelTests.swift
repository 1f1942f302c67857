import Basics
import Kindred
import TestSupport
import Testing

@testable import Recommending

/// Users' attributes, by which something can be recommended before their first event.
@Suite struct ProfileModelTests {
  private static let itemCount = 30
  private let directory: TemporaryDirectory
  private let store: Store

  /// A shop of three languages: whoever speaks one starts among its ten items, and goes on from there.
  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    try store.upsert((0..<Self.itemCount).map { Item(id: "i\($0)") })
    try store.write { transaction in
      for user in 0..<150 {
        // Nobody has said anything of a fifth of the users.
        let language = user % 3
        if user % 5 > 0 { try transaction.upsert(Self.user("u\(user)", language)) }
        for step in 0..<6 {
          try transaction.append(
            Event(
              user: "u\(user)", item: "i\(10 * language + (user / 3 % 4 + step) % 10)",
              time: Timestamp(milliseconds: Int64(1_000_000 * user + 60_000 * step)), kind: "view"))
        }
      }
    }
  }

  private static func user(_ id: String, _ language: Int) -> User {
    User(id: id, attributes: ["language": .string("l\(language)"), "email": .string("\(id)@example.org")])
  }

  private func train(excludeLast: Int = 0) throws {
    try store.train(SessionFixture.options(epochs: 40, excludeLast: excludeLast))
  }

  private func manifest() throws -> SessionManifest {
    try SessionManifest(decoding: try #require(try store.models().last).manifest)
  }

  @Test func newUsersAreRecommendedWhatTheirKindTakes() throws {
    try train()
    // What only one user has says nothing of others, and would say too much of that one.
    #expect(try manifest().profiles == ["language=l0", "language=l1", "language=l2"])
    for language in 0..<3 {
      try store.upsert([Self.user("new\(language)", language)])
      let found = try store.recommend(user: "new\(language)", options: .init(k: 4))
      #expect(Set(found.map(\.id)).isSubset(of: (0..<10).map { "i\(10 * language + $0)" }), "\(found)")
      #expect(found.allSatisfy { $0.source == .profile && $0.because.isEmpty })
      // min(k, matching), with a filter too.
      let filtered = try store.recommend(
        user: "new\(language)", options: .init(k: 10, filter: "id in ('i3','i13','i23')"))
      #expect(filtered.count == 3 && filtered.first?.id == "i\(10 * language + 3)")
    }
    // From the first event on it is the session.
    try store.append(Event(user: "new1", item: "i12", time: Timestamp(milliseconds: 1), kind: "view"))
    let after = try store.recommend(user: "new1", options: .init(k: 1))
    #expect(after.map(\.id) == ["i13"] && after[0].source == .session)
  }

  /// Profiles are tokens of every architecture; in masked training they are never masked.
  @Test(arguments: [TrainOptions.Architecture.gru, .lstm, .masked])
  func otherArchitecturesReadProfiles(architecture: TrainOptions.Architecture) throws {
    var options = SessionFixture.options(epochs: 60)
    options.architecture = architecture
    try store.train(options)
    #expect(try manifest().profiles.count == 3)
    for language in 0..<3 {
      try store.upsert([Self.user("new\(language)", language)])
      let found = try store.recommend(user: "new\(language)", options: .init(k: 3))
      #expect(
        Set(found.map(\.id)).isSubset(of: (0..<10).map { "i\(10 * language + $0)" })
          && found[0].source == .profile,
        "\(found)")
    }
  }

  /// A user of whom nothing is known, or nothing that the model has learned, gets what is popular.
  @Test func unknownAttributesSayNothing() throws {
    try train()
    try store.upsert([
      User(id: "silent"), User(id: "foreign", attributes: ["language": .string("l9")]),
    ])
    for user in ["silent", "foreign", "missing"] {
      let found = try store.recommend(user: user, options: .init(k: 3))
      #expect(found.count == 3 && found.allSatisfy { $0.source == .popularity }, "\(user)")
    }
  }

  /// Users without events are among the vectors of users, made again from the start too.
  @Test func profilesAreVectorsOfUsers() throws {
    try store.upsert([Self.user("new2", 2), User(id: "silent")])
    try train()
    func nearest() throws -> String? {
      let vector = try #require(try store.read { try $0.vector("session-users", id: "new2") })
      return try store.read { try $0.query("session", vector: vector, options: .init(k: 1)) }.first?.id
    }
    #expect(try (20..<30).map { "i\($0)" }.contains(nearest() ?? ""))
    #expect(try store.read { try $0.vector("session-users", id: "silent") } == nil)
    let before = try nearest()
    try store.rebuildFromSequences()
    #expect(try nearest() == before)
    #expect(try store.verify().ok)
  }

  /// A session that is followed begins with the user's attributes.
  @Test func liveSessionsBeginWithTheProfile() throws {
    try train()
    try store.upsert([Self.user("new1", 1)])
    let live = try store.liveSession(user: "new1")
    for place in 0..<30 {
      let (followed, stored) = (
        try live.recommend(options: .init(k: 4, keepsSeen: true)),
        try store.recommend(user: "new1", options: .init(k: 4, keepsSeen: true))
      )
      // Once the window was begun again, it has fewer events than the stored history.
      if place < 20 {
        #expect(live.count == place)
        #expect(followed.map(\.id) == stored.map(\.id) && followed[0].source == stored[0].source, "\(place)")
      }
      let (item, time) = ("i\(10 + place % 9)", Timestamp(milliseconds: Int64(60_000 * place)))
      #expect(try live.append(item, time: time))
      try store.append(Event(user: "new1", item: item, time: time, kind: "view"))
    }
    #expect(live.count > 0 && live.count <= 20)
  }

  /// Short histories of users with attributes are evaluated as they are served.
  @Test func listsAreServedAsTheyAreEvaluated() throws {
    try train(excludeLast: 1)
    let report = try store.evaluate(EvaluateOptions())
    let (exact, served) = (
      try #require(report.models.first { $0.name == "session" }),
      try #require(report.models.first { $0.name == "session, by the index" })
    )
    for metric in ["NDCG@10", "HR@10"] {
      #expect(abs(try #require(exact.metrics[metric]) - (try #require(served.metrics[metric]))) < 0.002)
    }
  }

  /// A model of attributes is kept from programs that would serve without them; another is as it was.
  @Test func formatsOfManifests() throws {
    try train()
    let stored = try manifest()
    #expect(stored.encoded().contains("\"format\":6"))
    #expect(try SessionManifest(decoding: stored.encoded()).profiles == stored.profiles)
    var without = stored
    without.profiles = []
    #expect(without.encoded().contains("\"format\":4"))
    var options = SessionFixture.options(epochs: 1)
    options.usesContent = false
    try store.train(options)
    #expect(try manifest().profiles == [])
  }

  /// A stored model keeps what it learned of attributes.
  @Test func attributesAreStored() throws {
    try train()
    try store.upsert([Self.user("new0", 0)])
    let before = try store.recommend(user: "new0", options: .init(k: 4))
    let path = directory.file("copy.kindred")
    try store.backup(to: path)
    let copy = try Store.open(at: path)
    defer { copy.close() }
    #expect(try copy.recommend(user: "new0", options: .init(k: 4)) == before)
  }
}
