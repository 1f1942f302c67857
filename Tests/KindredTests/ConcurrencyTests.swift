import TestSupport
import Basics
import Dispatch
import Kindred
import Synchronization
import Testing

/// Async forms, cancellation, closing, and snapshots beside writes.
@Suite struct ConcurrencyTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    try store.createSpace(
      SpaceConfiguration(name: "s", of: .items, dimension: 8, metric: .l2, m: 4, efConstruction: 20))
  }

  private func fill(_ count: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let ids = (0..<count).map { "i\($0)" }
    try store.upsert("s", ids: ids, vectors: ids.flatMap { _ in generator.vector(8) })
  }

  @Test func asyncFormsMeanTheSame() async throws {
    let vectors: [Float] = Array(repeating: 1, count: 8) + Array(repeating: 2, count: 8)
    let report = try await store.upsert("s", ids: ["a", "b"], vectors: vectors)
    #expect(report.stored == 2)
    let isNew = try await store.append(Event(user: "u", item: "a", time: Timestamp(milliseconds: 1)))
    #expect(isNew)
    let matches = try await store.query("s", vector: Array(repeating: 2, count: 8))
    #expect(matches == (try blocking { try store.query("s", vector: Array(repeating: 2, count: 8)) }))
    #expect(matches.map(\.id) == ["b", "a"])
    let count = try await store.read { try $0.space("s").count }
    #expect(count == 2)
    let stored = try await store.write { try $0.upsert([Item(id: "a", text: "A")]).stored }
    #expect(stored == 1)
    await #expect(throws: StoreError.self) { try await store.read { try $0.space("absent").count } }
    // Many at once, more than there are threads for tasks.
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<60 {
        group.addTask {
          if number % 3 == 0 { _ = try await store.append(Event(user: "u\(number)", item: "a")) }
          return try await store.query("s", vector: Array(repeating: Float(number), count: 8)).count
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sum == 120)
    #expect(try blocking { try store.statistics().events } == 21)
  }

  /// Picks the blocking form where an async one would be taken.
  private func blocking<R>(_ body: () throws -> R) rethrows -> R { try body() }

  @Test func aCancelledTaskDoesNotBegin() async throws {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try await store.append(Event(user: "u", item: "i"))
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try blocking { try store.statistics().events } == 0)
  }

  /// Each long piece of work is cancelled from its own progress, so that it is certain to be under way.
  @Test func longWorkStopsAndLeavesTheStoreSound() async throws {
    try fill(1_500, seed: 61)
    try blocking { _ = try store.rebuild(threads: 1) }
    try fill(300, seed: 62)
    let before = try blocking { try store.read { try $0.space("s") } }
    let rows = (0..<20_000).map { "u\($0 % 50),i\($0 % 700),\($0)\n" }.joined()
    let file = try directory.write("user,item,time\n" + rows, to: "events.csv")
    try blocking { _ = try store.upsert((0..<3_000).map { Item(id: "t\($0)", text: "word\($0) text") }) }
    let cancelling: Store.ProgressHandler = { _ in withUnsafeCurrentTask { $0?.cancel() } }
    let works: [(String, @Sendable (Store) throws -> Void)] = [
      ("rebuild", { try $0.rebuild(threads: 1, progress: cancelling) }),
      ("merge", { try $0.merge("s", progress: cancelling) }),
      ("import", { try $0.importRecords(ImportFiles(events: file), progress: cancelling) }),
      ("embed", { try $0.embed("content", progress: cancelling) }),
    ]
    for (name, work) in works {
      let task = Task { [store] in try work(store) }
      let result = await task.result
      if name != "merge" { #expect(throws: CancellationError.self, "\(name)") { try result.get() } }
      #expect(try blocking { try store.verify().problems } == [], "\(name)")
      if name == "rebuild" { #expect(try blocking { try store.read { try $0.space("s") } } == before) }
    }
    #expect(try blocking { try store.read { try $0.space("s").count } } == 1_500)
    #expect(try blocking { try store.query("s", vector: Array(repeating: 0, count: 8)).count } == 10)
    // And done again without a cancellation it succeeds.
    try blocking { _ = try store.importRecords(ImportFiles(events: file)) }
    #expect(try blocking { try store.statistics().events } == 20_000)
  }

  @Test func aClosedStoreSaysSo() throws {
    try fill(50, seed: 63)
    try store.read { (snapshot) throws in
      let before = try snapshot.query("s", vector: Array(repeating: 0, count: 8))
      store.close()
      // A read under way is let finish.
      #expect(try snapshot.query("s", vector: Array(repeating: 0, count: 8)) == before)
      #expect(code { try store.append(Event(user: "u", item: "i")) } == .closed)
    }
    store.close()
    #expect(code { try store.read { $0.transaction } } == .closed)
    #expect(code { try store.query("s", vector: Array(repeating: 0, count: 8)) } == .closed)
    #expect(code { try store.upsert([Item(id: "x")]) } == .closed)
    #expect(code { try store.rebuild() } == .closed)
    #expect(code { try store.verify() } == .closed)
    #expect(code { try store.statistics() } == .closed)
    #expect(code { try store.backup(to: directory.file("b")) } == .closed)
    #expect(code { try store.compact() } == .closed)
    let opened = try Store.open(at: store.path)
    #expect(try opened.read { try $0.space("s").count } == 50)
    opened.close()
  }

  // reader                         writer, on another thread
  // begins to read, version 1
  //                                writes version 2, rebuilds, deletes
  // reads on: all is version 1
  @Test func aReadClosureSeesOneCommit() throws {
    try fill(120, seed: 64)
    try store.upsert([Item(id: "i0", attributes: ["version": 1])])
    let query = [Float](repeating: 0, count: 8)
    try store.read { (snapshot) throws in
      let commit = snapshot.transaction
      let contents = try Contents(snapshot)
      let matches = try snapshot.query("s", vector: query, options: .init(k: 200))
      let failure = Mutex<(any Error)?>(nil)
      let isDone = DispatchSemaphore(value: 0)
      DispatchQueue.global().async { [store] in
        do {
          try store.upsert([Item(id: "i0", attributes: ["version": 2])])
          try store.rebuild()
          _ = try store.delete((1..<60).map { "i\($0)" }, kind: .items)
          try store.upsert("s", ids: ["new"], vectors: query)
          try store.merge("s")
          try store.append(Event(user: "u", item: "new"))
        } catch { failure.withLock { $0 = error } }
        isDone.signal()
      }
      isDone.wait()
      #expect(failure.withLock { $0.map { "\($0)" } } == nil)
      #expect(snapshot.transaction == commit)
      #expect(try Contents(snapshot) == contents)
      #expect(try snapshot.query("s", vector: query, options: .init(k: 200)) == matches)
      #expect(try snapshot.query("s", vector: query, options: .init(k: 200, filter: "version = 2")).isEmpty)
      #expect(try snapshot.vector("s", id: "i7") != nil)
      #expect(try snapshot.item(id: "new") == nil)
      // A second read of the same thread sees what is new.
      #expect(try store.query("s", vector: query).first?.id == "new")
      #expect(try store.read { try $0.space("s").count } == 62)
    }
    #expect(
      try store.query("s", vector: query, options: .init(k: 5, filter: "version = 2")).map(\.id) == ["i0"])
  }

  @Test func writesAreWholeOrNotAtAll() throws {
    struct Refusal: Error {}
    try fill(30, seed: 65)
    let before = try Contents(store)
    let info = try store.read { try $0.space("s") }
    #expect(throws: Refusal.self) {
      try store.write { (transaction) throws in
        try transaction.upsert([Item(id: "x", text: "X"), Item(id: "i3", attributes: ["n": 1])])
        try transaction.upsert("s", ids: ["x"], vectors: Array(repeating: 0, count: 8))
        try transaction.append(Event(user: "u", item: "x"))
        try transaction.delete(["i1", "i2"], kind: .items)
        try transaction.createSpace(SpaceConfiguration(name: "t", of: .users, dimension: 2, metric: .dot))
        try transaction.dropSpace("s")
        throw Refusal()
      }
    }
    #expect(try Contents(store) == before)
    #expect(try store.read { try $0.spaces() } == [info])
    #expect(try store.verify().problems == [])
  }

  @Test func twoStoreObjectsOnOneFile() throws {
    try fill(40, seed: 66)
    let other = try Store.open(at: store.path, options: .testing)
    try other.upsert("s", ids: ["from other"], vectors: Array(repeating: 0, count: 8))
    #expect(try store.query("s", vector: Array(repeating: 0, count: 8)).first?.id == "from other")
    try store.append(Event(user: "u", item: "from other"))
    #expect(try other.statistics().events == 1)
    try store.rebuild()
    #expect(try other.query("s", vector: Array(repeating: 0, count: 8)).first?.id == "from other")
    other.close()
    #expect(code { try other.statistics() } == .closed)
    #expect(try store.upsert([Item(id: "later")]).stored == 1)
    #expect(try store.read { try $0.space("s").count } == 41)
    #expect(try store.verify().problems == [])
    // A store opened for reading refuses writes, alone and beside one that may write, and sees what that one wrote.
    for isAlone in [false, true] {
      if isAlone { store.close() }
      let reader = try Store.open(at: store.path, options: Store.Options(readOnly: true))
      defer { reader.close() }
      #expect(code { try reader.append(Event(user: "u", item: "i")) } == .permissionDenied)
      #expect(code { try reader.rebuild() } == .permissionDenied)
      #expect(code { try reader.compact() } == .permissionDenied, "alone \(isAlone)")
      if !isAlone { try store.upsert("s", ids: ["last"], vectors: Array(repeating: 1, count: 8)) }
      #expect(try reader.read { try $0.space("s").count } == 42)
    }
  }
}
