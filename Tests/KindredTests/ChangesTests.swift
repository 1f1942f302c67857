import Kindred
import Synchronization
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
    // The event made the user's record.
    #expect(first.users == ["u"])
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
    // Another encoding rounds the vectors; a compacted file counts its commits again.
    try await store.rebuild(["s"], encoding: .float16)
    let rounded = try #require(await changes.next())
    #expect(rounded.items == nil && rounded.spaces == ["s"])
    try await store.compact()
    #expect(try #require(await changes.next()).items == nil)
    await store.close()
    #expect(await changes.next() == nil)
    #expect(
      await {
        var late = store.changes.makeAsyncIterator(); return await late.next()
      }() == nil)
  }

  /// Who began to listen while a commit was written was never told of it, and read before it.
  @Test func aCommitUnderWayIsHeardOf() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    let changes = Mutex<Store.Changes?>(nil)
    try await store.write { transaction in
      changes.withLock { $0 = store.changes }
      try transaction.upsert(Item(id: "a"))
    }
    var iterator = try #require(changes.withLock { $0 }).makeAsyncIterator()
    let commit = try #require(await iterator.next())
    let newest = try await store.read { $0.transaction }
    #expect(commit.items == nil && commit.transaction == newest)
  }

  /// Listening begins where `changes` is asked for, not where a task that iterates comes to run.
  @Test func nothingIsMissedBeforeTheFirstIteration() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    let changes = store.changes
    try await store.upsert(Item(id: "a"))
    var iterator = changes.makeAsyncIterator()
    #expect(try #require(await iterator.next()).items == ["a"])
  }

  /// What an import stored before it was stopped changed the store as well.
  @Test func workThatFailsIsHeardOf() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    let lines = (0..<30_000).map { "{\"id\":\"i\($0)\"}\n" }.joined()
    let file = try directory.write(lines, to: "items.jsonl")
    var changes = store.changes.makeAsyncIterator()
    let importing = Task {
      try await store.importRecords(ImportFiles(items: file)) { progress in
        if progress.stage.contains("storing") || progress.completed >= 24_000 {
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
    }
    await #expect(throws: CancellationError.self) { try await importing.value }
    #expect(try #require(await changes.next()).items == nil)
  }

  /// Numbers were given under the lock and sent outside it: of two writers the later could come first, and `lost`
  /// was -2.
  @Test func commitsOfManyWritersAllCome() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    var changes = store.changes.makeAsyncIterator()
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in 0..<50 { _ = try? await store.upsert(Item(id: "\(writer)-\(number)")) }
        }
      }
    }
    var heard: Set<String> = []
    for _ in 0..<200 {
      let commit = try #require(await changes.next())
      #expect(commit.lost == 0)
      heard.formUnion(commit.items ?? [])
    }
    #expect(heard.count == 200)
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
