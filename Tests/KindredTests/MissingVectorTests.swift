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
    #expect(try missing(store) == 3 && missing(store, "session-users") == 1)
    #expect(try store.statistics().spaces.first { $0.configuration.name == "session" }?.missing == 3)
    try store.write { _ = try $0.delete(["newer", "i3"], kind: .items) }
    #expect(try missing(store) == 2)
    try store.upsert([Item(id: "newer", text: "thing group1")])
    #expect(try missing(store) == 3)
    // A rebuild of the graph adds nothing, one from the sequences does.
    try store.rebuild(["session"])
    #expect(try missing(store) == 3)
    _ = try store.compact()
    #expect(try missing(store) == 3)
    try store.rebuildFromSequences()
    #expect(try missing(store) == 0 && missing(store, "session-users") == 0)
    #expect(try store.verify().ok)
  }

  /// Of a space that no session model made nobody knows what belongs into it.
  @Test func otherSpacesDoNotSay() throws {
    let shop = try SessionFixture()
    try shop.store.embed("content")
    try shop.store.createSpace(SpaceConfiguration(name: "mine", of: .items, dimension: 2, metric: .l2))
    #expect(try missing(shop.store, "content") == nil && missing(shop.store, "mine") == nil)
  }
}
