import TestSupport
import Kindred
import Testing

/// A shop begins without a model: `recommend` ended with an error, and `append(_:recommending:)` lost the click with
/// it. Popularity was something that only a model knew.
@Suite struct PopularityTests {
  private let shop: SessionFixture
  private var store: Store { shop.store }

  init() throws { shop = try SessionFixture() }

  /// Popularity is counted as a training counts it.
  @Test func strangersGetTheSameBeforeAndAfterATraining() throws {
    let before = try store.recommend(user: "nobody", options: .init(k: 30))
    #expect(before.map(\.score) == before.map(\.score).sorted(by: >))
    #expect(before.count == 30 && before.allSatisfy { $0.source == .popularity && $0.score > 0 })
    // Newer events count more: item 29 is the last users' own, item 8 that of the first ones too.
    let places = Dictionary(uniqueKeysWithValues: before.enumerated().map { ($1.id, $0) })
    #expect(try #require(places["i1"]) < #require(places["i8"]))
    try store.train(SessionFixture.options(epochs: 1))
    #expect(try store.recommend(user: "nobody", options: .init(k: 30)) == before)
  }

  @Test func everyWayToAskIsAnswered() throws {
    let options = RecommendOptions(
      k: 4, filter: "price >= 3 and price < 12", diversity: 0.5, explains: true, excluding: ["i9", "nobody"],
      records: true)
    // User 3 has seen items 3 to 9.
    let found = try store.recommend(user: "u3", options: options)
    #expect(Set(found.map(\.id)) == ["i10", "i11"])
    #expect(found.allSatisfy { $0.record?.id == $0.id && $0.because.isEmpty })
    let session = try store.recommend(for: .session(["i10", "no such item"]), options: options)
    #expect(session.count == 4 && !session.contains { ["i9", "i10"].contains($0.id) })
    let many = try store.read {
      try $0.recommend(for: [["i10"], []].map { .session($0) }, threads: 2, options: options)
    }
    #expect(many[0] == session && many[1].count == 4)
    #expect(code { try store.recommend(user: "u3", options: .init(filter: "price <")) } == .badFilter)
    #expect(code { try store.recommend(user: "u3", options: .init(k: 0)) } == .invalidArgument)
  }

  /// Behind what has events comes what has none, the newest first; what was deleted does not come.
  @Test func newAndDeletedItems() throws {
    try store.upsert([Item(id: "first"), Item(id: "second")])
    try store.write { _ = try $0.delete(["i4"], kind: .items) }
    let found = try store.recommend(for: .session([]), options: .init(k: 100)).map(\.id)
    #expect(found.suffix(2) == ["second", "first"])
    #expect(found.count == SessionFixture.itemCount + 1 && !found.contains("i4"))
  }

  @Test func whereEventsRepeatItemsTheyMayComeBack() throws {
    #expect(try !store.recommend(user: "u0", options: .init(k: 30)).contains { $0.id == "i0" })
    try store.write { transaction in
      for index in 0..<40 {
        try transaction.append(
          Event(user: "u0", item: "i0", time: Timestamp(milliseconds: 200_000_000 + Int64(index))))
      }
    }
    #expect(try store.recommend(user: "u0", options: .init(k: 30)).first?.id == "i0")
    #expect(
      try !store.recommend(user: "u0", options: .init(k: 30, keepsSeen: false)).contains { $0.id == "i0" })
  }

  @Test func theClickIsStoredAndAnswered() throws {
    let directory = try TemporaryDirectory()
    let empty = try Store.testing(directory)
    #expect(try empty.recommend(user: "u") == [])
    let first = Event(user: "u", item: "a", time: Timestamp(milliseconds: 1), kind: "view")
    #expect(try empty.append(first, recommending: .init()) == [])
    let second = Event(user: "v", item: "b", time: Timestamp(milliseconds: 2), kind: "view")
    #expect(try empty.append(second, recommending: .init()).map(\.id) == ["a"])
    #expect(try empty.statistics().events == 2)
    #expect(try empty.recommend(user: "u").map(\.id) == ["b"])
  }

  /// A model that is there and does not serve is not asked.
  @Test func aModelThatDoesNotServeIsNotAsked() throws {
    var options = SessionFixture.options(epochs: 1)
    options.serves = false
    try store.train(options)
    #expect(try store.recommend(user: "u0", options: .init(k: 5)).allSatisfy { $0.source != .session })
  }

  /// Counts are kept while few events are new; in a large store an old and a new count lead to nearly the same list.
  @Test func manyNewEventsAreCounted() throws {
    _ = try store.recommend(for: .session([]), options: .init(k: 1))
    try store.write { transaction in
      for index in 0..<300 {
        try transaction.append(
          Event(user: "u\(index)", item: "i20", time: Timestamp(milliseconds: 120_000_000 + Int64(index))))
      }
    }
    #expect(try store.recommend(for: .session([]), options: .init(k: 1)).first?.id == "i20")
    // The file counts its commits from 1 again.
    _ = try store.compact()
    try store.write { transaction in
      for index in 0..<900 {
        try transaction.append(
          Event(user: "u\(index)", item: "i21", time: Timestamp(milliseconds: 121_000_000 + Int64(index))))
      }
    }
    #expect(try store.recommend(for: .session([]), options: .init(k: 1)).first?.id == "i21")
  }
}
