import TestSupport
import Basics
import Dispatch
import Foundation
import Kindred
import Synchronization
import Testing

/// `recommend`, `train` and the like had no async form, so a server's `try store.train()` in a task held one of the few
/// threads that run tasks, for minutes; as many at once as there are cores stopped every other task.
@Suite struct AsyncFormTests {
  @Test func asyncFormsMeanTheSame() async throws {
    let shop = try SessionFixture()
    defer { withExtendedLifetime(shop) {} }
    let store = shop.store
    try await store.embed("content")
    let epochs = Counter()
    try await store.train(SessionFixture.options(epochs: 1), onEpoch: { _ in epochs.add() })
    #expect(epochs.value == 1)
    try await store.rebuildFromSequences()
    let found = try await store.recommend(for: .session(["i3"]), options: .init(k: 5))
    #expect(found == (try blocking { try store.recommend(for: .session(["i3"]), options: .init(k: 5)) }))
    let event = Event(user: "new", item: "i3", time: Timestamp(milliseconds: 1_700_000_000_000))
    #expect(try await store.append(event, recommending: .init(k: 5)).count == 5)
    #expect(try await store.recommend(user: "new", options: .init(k: 5)).count == 5)
    #expect(try await store.upsert([Item(id: "late", text: "late thing")]).stored == 1)
    #expect(try await store.delete(["late", "absent"], kind: .items) == ["absent"])
    #expect(try await store.rebuild(["content"]).count == 1)
    var options = EvaluateOptions()
    options.baselines = ["popularity"]
    #expect(try await store.evaluate(options).models.last?.name == "popularity")
    #expect(try await store.verify().ok)
    let directory = try TemporaryDirectory()
    try await store.backup(to: directory.path + "/copy.kindred")
    try await store.compact()
    await #expect(throws: StoreError.self) { try await store.backup(to: directory.path + "/copy.kindred") }
  }

  private func blocking<R>(_ body: () throws -> R) rethrows -> R { try body() }

  /// More blocked calls than there are threads for tasks, and the task that lets them go on.
  @Test(.timeLimit(.minutes(2))) func blockedCallsHoldNoThreadOfTasks() async throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    try await store.upsert([Item(id: "a", text: "a thing")])
    let count = 2 * ProcessInfo.processInfo.activeProcessorCount + 2
    let gate = Gate()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<count {
        group.addTask { try await store.verify { _ in gate.stop(number) }.ok }
      }
      while gate.stoppedCount < count { try await Task.sleep(for: .milliseconds(5)) }
      gate.open(for: count)
      for try await isSound in group { #expect(isSound) }
    }
  }

  /// Work that was begun by an async form did not see that its task was cancelled: it ran on a thread of no task.
  @Test(.timeLimit(.minutes(2))) func cancellationReachesTheWork() async throws {
    let shop = try SessionFixture()
    defer { withExtendedLifetime(shop) {} }
    let store = shop.store
    let directory = try TemporaryDirectory()
    let cancelling: Store.ProgressHandler = { _ in withUnsafeCurrentTask { $0?.cancel() } }
    let works: [(String, @Sendable () async throws -> Void)] = [
      ("embed", { try await store.embed("content", progress: cancelling) }),
      ("rebuild", { try await store.rebuild(threads: 1, progress: cancelling) }),
      ("backup", { try await store.backup(to: directory.path + "/copy.kindred", progress: cancelling) }),
      ("compact", { try await store.compact(progress: cancelling) }),
      ("factorize", { try await store.factorize("taste", progress: cancelling) }),
      (
        "evaluate",
        {
          var options = EvaluateOptions()
          options.baselines = ["als", "rules"]
          _ = try await store.evaluate(options, progress: cancelling)
        }
      ),
    ]
    var generator = SeededGenerator(seed: 11)
    let ids = (0..<2_000).map { "n\($0)" }
    let vectors = ids.flatMap { _ in generator.vector(4) }
    try blocking {
      try store.createSpace(SpaceConfiguration(name: "v", of: .items, dimension: 4, metric: .l2, m: 4))
      try store.upsert("v", ids: ids, vectors: vectors)
    }
    for (name, work) in works {
      let task = Task { try await work() }
      await #expect(throws: CancellationError.self, "\(name)") { try await task.value }
    }
    #expect(try await store.verify().ok)
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/copy.kindred"))
  }
}

/// Stops each of several callers once.
private final class Gate: Sendable {
  private let stopped = Mutex<Set<Int>>([])
  private let semaphore = DispatchSemaphore(value: 0)

  var stoppedCount: Int { stopped.withLock(\.count) }

  func stop(_ caller: Int) {
    if stopped.withLock({ $0.insert(caller).inserted }) { semaphore.wait() }
  }

  func open(for count: Int) { for _ in 0..<count { semaphore.signal() } }
}

private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func add() { count.withLock { $0 += 1 } }
}
