import Kindred
import TestSupport
import Testing

/// Caches had to poll: nothing said what was committed.
@Suite(.timeLimit(.minutes(2))) struct ChangesTests {
  @Test func commitsSayWhatTheyChanged() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    try await store.createSpace(SpaceConfiguration(name: "s", of: .items, dimension: 1, metric: .l2))
    var changes = store.changes.makeAsyncIterator()
    try await store.write { transaction in
      try transaction.upsert([Item(id: "a"), Item(id: "b")])
      try transaction.upsert("s", ids: ["a"], vectors: [1])
      try transaction.append(Event(user: "u", item: "a"))
    }
    let first = try #require(await changes.next())
    #expect(
      first.items == ["a", "b"] && first.sequences == ["u"] && first.spaces == ["s"] && first.lost == 0)
    #expect(try await store.read { $0.transaction } == first.transaction)
    // What changes nothing is no news.
    try await store.upsert(Item(id: "b"))
    try await store.delete(["b", "none"], kind: .items)
    try await store.upsert(User(id: "u", text: "Ann"))
    let second = try #require(await changes.next())
    #expect(second.items == ["b"] && second.users == [] && second.sequences == [] && second.spaces == [])
    #expect(try #require(await changes.next()).users == ["u"])
    // A transaction that fails is no news either.
    await #expect(throws: StoreError.self) {
      try await store.write { try $0.upsert([Item(id: "good"), Item(id: "")]) }
    }
    try await store.upsert((0...Store.Commit.listLimit).map { Item(id: "i\($0)") })
    let large = try #require(await changes.next())
    #expect(large.items == nil && large.users == [] && large.transaction > second.transaction)
    let file = try directory.write("{\"id\":\"x\"}\n", to: "items.jsonl")
    try await store.importRecords(ImportFiles(items: file))
    #expect(try #require(await changes.next()).items == nil)
    store.close()
    #expect(await changes.next() == nil)
    #expect(
      await {
        var late = store.changes.makeAsyncIterator(); return await late.next()
      }() == nil)
  }

  @Test func aSlowListenerHearsHowMuchItMissed() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    var changes = store.changes.makeAsyncIterator()
    for number in 0..<1_003 { try await store.upsert(Item(id: "i\(number)")) }
    let first = try #require(await changes.next())
    #expect(first.items == ["i3"] && first.lost == 3)
    #expect(try #require(await changes.next()).lost == 0)
  }
}
