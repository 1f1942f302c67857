import Kindred
import Testing

/// An item that was stored after training could not be recommended until a rebuild, and nothing said so.
@Suite struct MissingVectorTests {
  private func missing(_ store: Store, _ space: String = "session") throws -> Int? {
    try store.read { try $0.space(space).missing }
  }

  @Test func whatWasStoredSinceIsCounted() throws {
    let shop = try SessionFixture()
    let store = shop.store
    // Nothing is known of it and nothing can be: it is never missing.
    try store.upsert([Item(id: "bare")])
    try store.train(SessionFixture.options(epochs: 1))
    #expect(try missing(store) == 0 && missing(store, "session-users") == 0)
    try store.upsert([Item(id: "new", text: "thing group2"), Item(id: "newer", attributes: ["price": 3])])
    try store.append(Event(user: "stranger", item: "newest", time: Timestamp(milliseconds: 5)))
    // Of these two the model knows nothing, of the new one its words.
    #expect(try missing(store) == 2 && missing(store, "session-users") == 1)
    #expect(try store.statistics().spaces.first { $0.configuration.name == "session" }?.missing == 2)
    try store.write { _ = try $0.delete(["newer", "i3"], kind: .items) }
    #expect(try missing(store) == 1)
    try store.upsert([Item(id: "newer", attributes: ["price": 4])])
    #expect(try missing(store) == 2)
    // A rebuild of the graph adds nothing, one from the sequences does.
    try store.rebuild(["session"])
    #expect(try missing(store) == 2)
    _ = try store.compact()
    #expect(try missing(store) == 2)
    try store.rebuildFromSequences()
    #expect(try missing(store) == 0 && missing(store, "session-users") == 0)
    #expect(try store.verify().ok)
  }

  /// What the model can encode by its words and attributes has its vector in the transaction that stores it, the one
  /// that a rebuild would give it, and is recommended in the next read.
  @Test func newItemsAreRecommendedAtOnce() throws {
    let shop = try SessionFixture()
    let store = shop.store
    try store.train(SessionFixture.options(epochs: 1))
    let known = try #require(try store.read { try $0.vector("session", id: "i1") })
    let other = try #require(try store.read { try $0.item(id: "i2") })
    try store.upsert([Item(id: "new", text: other.text, attributes: other.attributes)])
    let vector = try #require(try store.read { try $0.vector("session", id: "new") })
    let count = try store.read { try $0.count(.items) }
    let answers = try store.read { try $0.recommend(for: .session(["i1"]), options: .init(k: count)) }
    #expect(answers.contains { $0.id == "new" })
    // A price alone changes no vector; other words do.
    let version = try store.read { try $0.space("session").tail }
    try store.upsert([Item(id: "i1", text: other.text, attributes: ["price": 9])])
    #expect(try store.read { try $0.vector("session", id: "i1") } == known)
    #expect(try store.read { try $0.space("session").tail } == version)
    // What the model learned about comes back as it was.
    try store.delete(["i1"], kind: .items)
    #expect(try store.read { try $0.vector("session", id: "i1") } == nil)
    try store.upsert([Item(id: "i1", text: other.text)])
    #expect(try store.read { try $0.vector("session", id: "i1") } == known)
    try store.rebuildFromSequences()
    #expect(try store.read { try $0.vector("session", id: "new") } == vector)
    #expect(try store.verify().problems == [])
  }

  /// Of a space that no session model made nobody knows what belongs into it.
  @Test func otherSpacesDoNotSay() throws {
    let shop = try SessionFixture()
    try shop.store.embed("content")
    try shop.store.createSpace(SpaceConfiguration(name: "mine", of: .items, dimension: 2, metric: .l2))
    #expect(try missing(shop.store, "content") == nil && missing(shop.store, "mine") == nil)
  }
}
