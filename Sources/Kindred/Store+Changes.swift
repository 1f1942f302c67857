import Basics
import Engine
import Synchronization

extension Store {
  /// What one commit of this process changed. One that stores or deletes a model and changes no vectors is not listed.
  public struct Commit: Sendable, Hashable, Codable {
    /// Ids that are listed at most; a commit that changes more of a kind lists none of it.
    public static let listLimit = 10_000

    /// The number of the commit; a `Snapshot` whose `transaction` is not smaller sees it. `compact` begins the numbers
    /// again, with a commit that lists nothing.
    public var transaction: Int
    /// Items whose record or vector was stored or deleted; nil where they are too many to list, as after an import.
    public var items: [String]? = []
    /// Users whose record or vector was stored or deleted; nil where they are too many to list.
    public var users: [String]? = []
    /// Users whose sequence grew; nil where they are too many to list.
    public var sequences: [String]? = []
    /// Spaces that were made or dropped, or into which vectors were written. A deleted record takes its vectors out of
    /// all spaces.
    public var spaces: [String] = []
    /// Commits before this one that the listener was too slow to be given: what it keeps may be old.
    public var lost = 0
  }

  /// The commits of this process from the time on when it was made, to be iterated once; those of writers that work
  /// at the same time may change places. Ends when the store is closed. What nobody has taken is kept up to 1,000
  /// commits.
  public struct Changes: AsyncSequence, Sendable {
    let stream: AsyncStream<(number: Int, commit: Commit)>

    /// Takes one commit after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
      var stream: AsyncStream<(number: Int, commit: Commit)>.AsyncIterator
      var last = 0

      /// The next commit; nil once the store is closed or the task cancelled.
      public mutating func next() async -> Commit? {
        guard let (number, next) = await stream.next() else { return nil }
        var commit = next
        commit.lost = number - last - 1
        last = number
        return commit
      }
    }

    /// The commits one after the other.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: stream.makeAsyncIterator()) }
  }

  /// What is committed from now on, for caches and live pages; costs nothing while nobody listens.
  public var changes: Changes { Changes(stream: feed.listen()) }

  /// Publishes work in several transactions that keeps no list of what it changed.
  func announce(spaces: [String] = []) {
    guard feed.hasListeners, let transaction = try? engine.read({ $0.transactionID }) else { return }
    feed.publish(
      Commit(transaction: transaction, items: nil, users: nil, sequences: nil, spaces: spaces))
  }
}

/// Who listens to the commits of a store.
final class ChangeFeed: Sendable {
  private typealias Continuation = AsyncStream<(number: Int, commit: Store.Commit)>.Continuation
  private struct Listeners {
    var next = 0
    var all: [Int: (sent: Int, continuation: Continuation)] = [:]
    var isFinished = false
  }
  private static let bufferLimit = 1_000
  private let listeners = Mutex(Listeners())

  var hasListeners: Bool { listeners.withLock { !$0.all.isEmpty } }

  func listen() -> AsyncStream<(number: Int, commit: Store.Commit)> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: (number: Int, commit: Store.Commit).self, bufferingPolicy: .bufferingNewest(Self.bufferLimit))
    let number: Int? = listeners.withLock { listeners in
      guard !listeners.isFinished else { return nil }
      listeners.next += 1
      listeners.all[listeners.next] = (0, continuation)
      return listeners.next
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.listeners.withLock { _ = $0.all.removeValue(forKey: number) }
    }
    return stream
  }

  func publish(_ commit: Store.Commit) {
    // With the lock, so that a listener gets them in the order of their numbers.
    listeners.withLock { listeners in
      for key in Array(listeners.all.keys) {
        listeners.all[key]?.sent += 1
        if let (number, continuation) = listeners.all[key] { continuation.yield((number, commit)) }
      }
    }
  }

  func finish() {
    let all = listeners.withLock { listeners in
      listeners.isFinished = true
      return listeners.all.values.map(\.continuation)
    }
    for continuation in all { continuation.finish() }
  }
}

/// Notes what one transaction changes.
final class ChangeRecorder {
  /// Ids, until they are too many.
  struct Names {
    private(set) var ids: Set<ExactString>? = []

    mutating func insert(_ id: String) {
      ids?.insert(ExactString(id))
      if let count = ids?.count, count > Store.Commit.listLimit { ids = nil }
    }

    var list: [String]? { ids?.sorted().map(\.value) }
  }

  private var items = Names()
  private var users = Names()
  var sequences = Names()
  private var spaces: Set<ExactString> = []

  func insert(space: String) { spaces.insert(ExactString(space)) }

  func insert(_ id: String, _ kind: RecordKind) {
    if kind == .items { items.insert(id) } else { users.insert(id) }
  }

  /// What is to be published; nil where nothing was changed.
  func commit(_ transaction: Int) -> Store.Commit? {
    let commit = Store.Commit(
      transaction: transaction, items: items.list, users: users.list, sequences: sequences.list,
      spaces: spaces.sorted().map(\.value))
    return commit == Store.Commit(transaction: transaction) ? nil : commit
  }
}
