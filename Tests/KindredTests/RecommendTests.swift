import Kindred
import Testing

@Suite struct RecommendTests {
  private let shop: SessionFixture
  private var store: Store { shop.store }

  init() throws {
    shop = try SessionFixture()
    try shop.store.train(SessionFixture.options())
  }

  @Test func eventsThatAreNotStoredCountAsStoredOnes() throws {
    let events = (3..<6).map {
      Event(
        user: "passer-by", item: "i\($0)", time: Timestamp(milliseconds: Int64($0) * 90_000), kind: "view")
    }
    let found = try store.recommend(for: .events(events.reversed()), options: .init(k: 5))
    #expect(found.first?.id == "i6" && found.allSatisfy { $0.source == .session })
    try store.append(events)
    #expect(try store.recommend(user: "passer-by", options: .init(k: 5)) == found)
    let unknown = [Event(user: "x", item: "no such item")]
    #expect(
      try store.recommend(for: .events(unknown), options: .init(k: 5)).allSatisfy { $0.source == .popularity }
    )
  }

  @Test func whatComesNextIsLearned() throws {
    var hits = 0
    for start in 0..<20 {
      let found = try store.recommend(
        for: .session((0..<3).map { "i\((start + $0) % SessionFixture.itemCount)" }), options: .init(k: 1))
      #expect(found.allSatisfy { $0.source == .session })
      if found.first?.id == "i\((start + 3) % SessionFixture.itemCount)" { hits += 1 }
    }
    #expect(hits >= 18)
  }

  @Test func oneMoreEventIsSeenAtOnce() throws {
    // User 0 has seen items 0 to 6.
    #expect(try store.recommend(user: "u0", options: .init(k: 1)).first?.id == "i7")
    let found = try store.append(
      Event(user: "u0", item: "i7", time: Timestamp(milliseconds: 900_000), kind: "view"),
      recommending: .init(k: 1))
    #expect(found.first?.id == "i8")
  }

  /// An event is stored whatever becomes of its answer, and answered with.
  @Test func anEventAndItsAnswerAreOne() throws {
    let event = Event(user: "u0", item: "i7", time: Timestamp(milliseconds: 900_000), kind: "view")
    #expect(code { try store.append(event, recommending: .init(filter: "price <")) } == .badFilter)
    let before = try store.statistics().events
    #expect(try store.read { try $0.sequence(user: "u0", last: 1) } == [event])
    // Again, with the filter mended: it is the same event.
    _ = try store.append(event, recommending: .init(filter: "price < 9"))
    #expect(try store.statistics().events == before)
    let bad = Event(user: "", item: "i7", time: Timestamp(milliseconds: 1), kind: "view")
    #expect(code { try store.append(bad, recommending: .init()) } == .invalidID)
    #expect(try store.statistics().events == before)
    // A user, an item and a kind that the store has never seen.
    let strange = Event(user: "new", item: "never", time: Timestamp(milliseconds: 1), kind: "gift")
    let found = try store.append(strange, recommending: .init(k: 5))
    #expect(found.count == 5 && found.allSatisfy { $0.source == .popularity })
    #expect(try store.statistics().events == before + 1)
    let next = Event(user: "new", item: "i3", time: Timestamp(milliseconds: 2), kind: "parcel")
    let earlier = Event(user: "new", item: "i20", time: Timestamp(milliseconds: 0), kind: "view")
    for event in [next, earlier] {
      let found = try store.append(event, recommending: .init(k: 5))
      #expect(found.allSatisfy { $0.source == .session })
      #expect(try found == store.recommend(user: "new", options: .init(k: 5)))
    }
  }

  /// Each interest asks the index, and the answers are one list.
  @Test func interestsAreMerged() throws {
    let other = try SessionFixture()
    var options = SessionFixture.options()
    options.interests = 3
    try other.store.train(options)
    let sessions = (0..<20).map { start in
      (0..<3).map { "i\((start + $0) % SessionFixture.itemCount)" }
    }
    var hits = 0
    for (start, session) in sessions.enumerated() {
      let found = try other.store.recommend(for: .session(session), options: .init(k: 27, explains: true))
      #expect(Set(found.map(\.id)).count == 27)
      #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
      #expect(Set(found[0].because.map(\.id)).isSubset(of: session))
      if found[0].id == "i\((start + 3) % SessionFixture.itemCount)" { hits += 1 }
    }
    #expect(hits >= 18)
    let live = try other.store.liveSession()
    for item in sessions[0] { try live.append(item) }
    let whole = try other.store.recommend(for: .session(sessions[0]), options: .init(k: 5))
    #expect(try live.recommend(options: .init(k: 5)).map(\.id) == whole.map(\.id))
    let user = try other.store.recommend(user: "u0", options: .init(k: 1))
    #expect(user.first?.id == "i7")
  }

  @Test func whatWasSeenIsLeftOutUnlessKept() throws {
    let seen = Set((0..<7).map { "i\($0)" })
    let without = try store.recommend(user: "u0", options: .init(k: 30))
    #expect(without.count == SessionFixture.itemCount - 7)
    #expect(seen.isDisjoint(with: without.map(\.id)))
    let with = try store.recommend(user: "u0", options: .init(k: 30, keepsSeen: true))
    #expect(Set(with.map(\.id)).count == SessionFixture.itemCount)
  }

  /// A filter never shortens the answer, also where the model knows fewer items than match.
  @Test func filtersGiveAllThatMatch() throws {
    try store.upsert([Item(id: "strange", attributes: ["price": 500]), Item(id: "new", text: "group2")])
    for (filter, wanted) in [("price > 27", ["i28", "i29", "strange"]), ("price is null", ["new"])] {
      let found = try store.recommend(for: .session(["i3"]), options: .init(k: 10, filter: Filter(filter)))
      #expect(Set(found.map(\.id)) == Set(wanted), "\(filter)")
    }
    #expect(
      code { try store.recommend(for: .session(["i3"]), options: .init(filter: "price <")) } == .badFilter)
  }

  @Test func strangersGetWhatIsPopular() throws {
    for found in [
      try store.recommend(user: "nobody", options: .init(k: 5)),
      try store.recommend(for: .session(["no such item"]), options: .init(k: 5)),
      try store.recommend(for: .session([]), options: .init(k: 5)),
    ] {
      #expect(found.count == 5)
      #expect(found.allSatisfy { $0.source == .popularity })
      #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
    }
  }

  /// With 0 threads nothing was encoded: users got vectors of zeros.
  @Test(arguments: [-1, 0, 257]) func numbersOfThreadsAreChecked(threads: Int) throws {
    let generation = try store.read { try $0.space("session").generation }
    #expect(code { try store.rebuildFromSequences(threads: threads) } == .invalidArgument)
    #expect(
      code { try store.read { try $0.recommend(for: [.session(["i1"])], threads: threads) } }
        == .invalidArgument)
    #expect(try store.read { try $0.space("session").generation } == generation)
  }

  /// An item without events is told by its words, once the space is made again.
  @Test func newItemsAreToldByTheirWords() throws {
    try store.upsert([Item(id: "new", text: "thing group2")])
    try store.rebuildFromSequences()
    let nearest = try store.read { try $0.query("session", like: "new", options: .init(k: 3)) }
    #expect(!Set(nearest.map(\.id)).isDisjoint(with: ["i6", "i7", "i8"]), "\(nearest)")
    let found = try store.recommend(for: .session(["new"]), options: .init(k: 3))
    #expect(found.first?.source == .content)
  }

  @Test func explanationsNameTheHistory() throws {
    let found = try store.recommend(for: .session(["i3", "i4", "i5"]), options: .init(k: 2, explains: true))
    let because = try #require(found.first?.because)
    #expect(because.first?.id == "i5" && because.first?.text == "thing number5 group1")
    #expect(because.first?.users == 24 && because.first?.ofUsers == 28)
    #expect(because.map(\.contribution) == because.map(\.contribution).sorted(by: >))
    let single = try store.recommend(for: .session(["i3"]), options: .init(k: 20, explains: true))
    #expect(single.first { $0.id == "i4" }?.because.map(\.id) == ["i3"])
    #expect(try store.recommend(for: .session(["i3"])).allSatisfy { $0.because.isEmpty })
  }

  @Test func diverseListsAreLessAlike() throws {
    func likeness(_ list: [Recommendation]) throws -> Float {
      let vectors = try store.read { snapshot in
        try list.compactMap { try snapshot.vector("session", id: $0.id) }
      }
      var sum: Float = 0
      for (place, first) in vectors.enumerated() {
        for second in vectors[(place + 1)...] { sum += zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } }
      }
      return sum
    }
    let plain = try store.recommend(for: .session(["i3"]), options: .init(k: 5))
    let diverse = try store.recommend(for: .session(["i3"]), options: .init(k: 5, diversity: 0.7))
    #expect(diverse.count == 5)
    #expect(diverse.first == plain.first)
    #expect(try likeness(diverse) < likeness(plain))
    #expect(
      code { try store.recommend(for: .session(["i3"]), options: .init(diversity: 2)) } == .invalidArgument)
  }

  @Test func manySessionsAreThoseOneByOne() throws {
    let sessions = (0..<40).map { ["i\($0 % 30)", "i\(($0 + 1) % 30)"] }
    let all = try store.read {
      try $0.recommend(for: sessions.map { .session($0) }, threads: 3, options: .init(k: 4))
    }
    for (session, found) in zip(sessions, all) {
      #expect(try store.recommend(for: .session(session), options: .init(k: 4)) == found)
    }
  }
}
