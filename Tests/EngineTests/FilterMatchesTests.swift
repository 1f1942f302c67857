import Values
import Basics
import Engine
import Filters
import Records
import Testing
import VectorMath

/// What a filter found is kept while nothing that it depends on changes, and not a commit longer.
@Suite struct FilterMatchesTests {
  private func put(_ store: TestStore, _ id: String, _ attributes: Attributes) throws {
    _ = try store.engine.write { try $0.upsert(EntityRecord(id: id, attributes: attributes), .items) }
  }

  private func matches(_ store: TestStore, _ filter: String) throws -> FilterMatches {
    try store.engine.read { try $0.matches(filter, .items) }
  }

  private func found(_ matches: FilterMatches) -> [UInt32] {
    (0..<UInt32(matches.ordinals.count)).filter { matches.ordinals.contains($0) }
  }

  @Test func keptUntilAnAttributeChanges() throws {
    let store = try TestStore()
    for number in 0..<10 { try put(store, "item \(number)", ["price": .number(Double(number))]) }
    let first = try matches(store, "price < 5")
    #expect(found(first) == [0, 1, 2, 3, 4] && first.count == 5)
    // A commit that changes no attribute.
    var generator = SeededGenerator(seed: 241)
    try store.upsert(["item 1"], using: &generator)
    #expect(try matches(store, "price < 5") === first)
    try put(store, "item 9", ["price": .number(1)])
    let second = try matches(store, "price < 5")
    #expect(second !== first)
    #expect(found(second) == [0, 1, 2, 3, 4, 9])
    try put(store, "item 0", [:])
    #expect(try found(matches(store, "price < 5")) == [1, 2, 3, 4, 9])
  }

  @Test func anItemWithoutAttributesIsNoticed() throws {
    let store = try TestStore()
    try put(store, "item 0", ["price": .number(1)])
    #expect(try found(matches(store, "price is null")) == [])
    try put(store, "item 1", [:])
    #expect(try found(matches(store, "price is null")) == [1])
  }

  /// The places of what passes are kept for a graph, and found again when a merge has changed it.
  @Test func placesFollowTheGraph() throws {
    var generator = SeededGenerator(seed: 242)
    let store = try TestStore()
    let all = ids(0..<300)
    try store.upsert(all, using: &generator)
    for (number, id) in all.enumerated() { try put(store, id, ["group": .number(Double(number % 20))]) }
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    func check(_ when: String) throws {
      let query = generator.nextVector(dimension: store.dimension)
      let restriction = Restriction(allowed: try matches(store, "group = 0"))
      let found = try store.query(query, k: 20, effort: .exact, restriction: restriction).map(\.id)
      #expect(
        found == (try store.truth(query, k: 20) { (Int($0.dropFirst(5)) ?? 1) % 20 == 0 }),
        "\(when), \(generator)")
    }
    try check("built")
    try check("kept")
    try store.delete(ids(0..<40))
    try check("deleted")
    try store.upsert(ids(100..<140), using: &generator)
    try check("in the tail")
    try store.engine.merge(space: TestStore.space, threads: 1)
    try check("merged")
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try check("rebuilt")
  }
}
