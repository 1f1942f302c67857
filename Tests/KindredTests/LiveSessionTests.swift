import Kindred
import Testing

@Suite struct LiveSessionTests {
  /// While the window is not full a live session answers as the session would from its beginning.
  @Test func itAnswersAsTheWholeSession() throws {
    let shop = try SessionFixture()
    var options = SessionFixture.options(epochs: 10)
    options.maxLength = 8
    try shop.store.train(options)
    let live = try shop.store.liveSession()
    #expect(try live.recommend(options: .init(k: 3)).allSatisfy { $0.source == .popularity })
    var session: [String] = []
    for step in 0..<20 {
      let item = "i\((3 + step) % SessionFixture.itemCount)"
      session.append(item)
      #expect(try live.append(item, time: Timestamp(milliseconds: 0)))
      #expect(live.count <= 8)
      let found = try live.recommend(options: .init(k: 4))
      #expect(found.count == 4)
      #expect(Set(found.map(\.id)).isDisjoint(with: session))
      // What the model reads of it: all up to 8 events, then from 4 on again.
      let read = Array(session.suffix(live.count))
      let whole = try shop.store.recommend(for: .session(read), options: .init(k: 20))
        .filter { !session.contains($0.id) }
      #expect(found.map(\.id) == whole.prefix(4).map(\.id), "step \(step)")
    }
    #expect(try !live.append("no such item"))
  }

  @Test func itEndsWithItsModel() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options(epochs: 1))
    let live = try shop.store.liveSession()
    try live.append("i1")
    var other = SessionFixture.options(epochs: 1)
    other.seed = 5
    try shop.store.train(other)
    #expect(code { try live.recommend() } == .unsupported)
    try shop.store.write { try $0.dropSpace("session") }
    #expect(storeError { try live.recommend() }?.message.contains("no model serves now") ?? false)
  }

  /// Of two times at the ends of what is stored the difference ended the process.
  @Test func anyTimeMayFollowAnother() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options(epochs: 1))
    let live = try shop.store.liveSession()
    for time in [Int64.min, .max, .min, 0] {
      #expect(try live.append("i3", time: Timestamp(milliseconds: time)))
    }
    #expect(live.count == 4)
  }

  /// A shop's server begins without a model; its sessions get what is popular, less what they have seen.
  @Test func withoutAModelItIsWhatIsPopular() throws {
    let shop = try SessionFixture()
    let live = try shop.store.liveSession()
    #expect(try !live.append("i3"))
    let found = try live.recommend(options: .init(k: 4))
    #expect(try found == shop.store.recommend(for: .session(["i3"]), options: .init(k: 4)))
    #expect(found.count == 4 && live.count == 0)
    try shop.store.train(SessionFixture.options(epochs: 1))
    #expect(code { try live.recommend() } == .unsupported)
  }
}
