import Foundation
import Kindred
import Testing

/// Records with answers, ids left out, and the short forms of `Store`.
@Suite struct AnswerOptionsTests {
  @Test func recommendationsLeaveOutAndBringRecords() throws {
    let store = try SessionFixture()
    try store.store.train(SessionFixture.options(epochs: 1))
    let options = RecommendOptions(
      k: 100, keepsSeen: true, excluding: ["i4", "no such item", "i9"], records: true)
    for session in [["i3"], []] {
      let found = try store.store.recommend(for: .session(session), options: options)
      #expect(Set(found.map(\.id)) == Set((0..<30).map { "i\($0)" }).subtracting(["i4", "i9"]))
      for item in found {
        #expect(item.record?.id == item.id)
        #expect(item.record?.attributes["price"] == .number(Double(item.id.dropFirst()) ?? -1))
      }
      let read = try JSONDecoder().decode([Recommendation].self, from: JSONEncoder().encode(found))
      #expect(read == found)
    }
    #expect(try store.store.recommend(for: .session(["i3"])).allSatisfy { $0.record == nil })
  }

  @Test func pagesOfAnAnswer() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options(epochs: 1))
    let store = shop.store
    let all = try store.recommend(for: .session(["i3"]), options: .init(k: 30, keepsSeen: true))
    let middle = try store.recommend(for: .session(["i3"]), options: .init(k: 4, keepsSeen: true, offset: 9))
    #expect(middle == Array(all[9..<13]))
    let rest = try store.recommend(for: .session(["i3"]), options: .init(k: 100, keepsSeen: true, offset: 28))
    #expect(rest == Array(all[28...]))
    let least = all[6].score
    #expect(
      try store.recommend(for: .session(["i3"]), options: .init(k: .max, keepsSeen: true, minScore: least))
        == all.filter { $0.score >= least })
    // The largest numbers are no more than all there is.
    #expect(
      try store.recommend(for: .session(["i3"]), options: .init(k: .max, diversity: 0.5, offset: .max)) == [])
    #expect(try store.recommend(for: .session(["i3"]), options: .init(k: .max, diversity: 0.5)).count == 29)
    let vector = try #require(try store.read { try $0.vector("session", id: "i3") })
    let matches = try store.query("session", vector: vector, options: .init(k: 30))
    #expect(
      try store.query("session", vector: vector, options: .init(k: 5, offset: 10)) == Array(matches[10..<15]))
    #expect(
      try store.query("session", vector: vector, options: .init(k: 30, minScore: matches[4].score))
        == Array(matches.prefix { $0.score >= matches[4].score }))
    for options in [QueryOptions(offset: -1), QueryOptions(minScore: .nan)] {
      #expect(throws: StoreError.self) { try store.query("session", vector: vector, options: options) }
    }
    for options in [RecommendOptions(offset: -1), RecommendOptions(minScore: .infinity)] {
      #expect(throws: StoreError.self) { try store.recommend(for: .session([]), options: options) }
    }
  }

  /// A space of a trained model follows the model, as `recommend` does: what was evaluated is what is served.
  @Test(arguments: [(events: 7, isRepeating: false), (events: 45, isRepeating: true)])
  func queriesByUserFollowTheModel(events: Int, isRepeating: Bool) throws {
    let shop = try SessionFixture(events: events)
    try shop.store.train(SessionFixture.options(epochs: 1))
    let store = shop.store
    let seen = Set(try #require(try store.read { try $0.sequence(user: "u2") }).map(\.item))
    let found = try store.read { try $0.query("session", user: "u2", options: .init(k: 30)) }
    #expect(found.count == (isRepeating ? 30 : 30 - seen.count))
    let recommended = try store.recommend(user: "u2", options: .init(k: 30))
    #expect(Set(recommended.map(\.id)) == Set(found.map(\.id)))
    let batch = try store.read {
      try $0.query("session", users: ["u2", "u9"], keepsSeen: false, threads: 2, options: .init(k: 30))
    }
    let others = Set(try #require(try store.read { try $0.sequence(user: "u9") }).map(\.item))
    #expect(batch.matches.map(\.count) == [30 - seen.count, 30 - others.count])
    #expect(others.isDisjoint(with: batch.matches[1].map(\.id)))
  }

  @Test func shortFormsAnswerAsSnapshots() async throws {
    let shop = try SessionFixture()
    defer { withExtendedLifetime(shop) {} }
    let store = shop.store
    try await store.embed("content")
    let options = QueryOptions(k: 4, excluding: ["i7"], records: true)
    let text = try await store.query("content", text: "thing group2", options: options)
    let like = try await store.query("content", like: "i6", options: options)
    let (byText, byLike) = try await store.read { snapshot in
      (
        try snapshot.query("content", text: "thing group2", options: options),
        try snapshot.query("content", like: "i6", options: options)
      )
    }
    #expect(text == byText && like == byLike)
    #expect(text.count == 4 && text.allSatisfy { $0.record?.id == $0.id && $0.id != "i7" })
  }
}
