package import Basics
package import LMDB
import HNSW
import Records
import Synchronization
import VectorMath

/// The store without its public face: one file, one writer at a time, snapshots for everybody else.
package final class StorageEngine: Sendable {
  package let environment: Environment
  let tables: Tables
  let kernels: Kernels
  package let policy: MergePolicy
  let snapshots: SnapshotPool
  let contexts = ContextPool()
  /// One merge or rebuild at a time in this process.
  let maintenance = RecursiveLock()
  /// The environment may be shared with another engine of this process that does write.
  private let isReadOnly: Bool
  /// The number of our handler; nil once closed.
  private let quiesceHandler: Mutex<Int?> = Mutex(nil)

  /// Makes an empty store.
  /// - Throws: `.alreadyExists`, `.cannotCreate`, `.permissionDenied`, `.ioError`.
  package static func create(
    path: String, options: Environment.Options, policy: MergePolicy, identity: UInt64, created: Int64
  ) throws -> StorageEngine {
    let environment = try translated { () throws in
      var options = options
      options.tableNames = Tables.names
      let record = StoreRecord(identity: identity, created: created).encoded()
      return try Environment.create(
        path: path, options: options,
        entries: [.init(table: "meta", key: Array("store".utf8), value: record)])
    }
    return try StorageEngine(environment, policy: policy, isReadOnly: options.readOnly)
  }

  /// Opens a store that is there.
  /// - Throws: `.notFound`, `.foreign`, `.corrupted`, `.busy`, `.permissionDenied`, `.ioError`.
  package static func open(path: String, options: Environment.Options, policy: MergePolicy) throws
    -> StorageEngine
  {
    let environment = try translated { () throws in
      var options = options
      options.tableNames = Tables.names
      return try Environment.open(path: path, options: options)
    }
    do {
      let engine = try StorageEngine(environment, policy: policy, isReadOnly: options.readOnly)
      _ = try engine.read { snapshot in try snapshot.store() }
      if !options.readOnly { try engine.collectGarbage() }
      return engine
    } catch {
      environment.close()
      throw error
    }
  }

  private init(_ environment: Environment, policy: MergePolicy, isReadOnly: Bool) throws {
    self.isReadOnly = isReadOnly
    self.environment = environment
    self.policy = policy
    tables = Tables(environment)
    do { kernels = try Kernels.selected() } catch {
      throw EngineError(.invalidArgument, error.message, cause: error)
    }
    let snapshots = SnapshotPool()
    self.snapshots = snapshots
    quiesceHandler.withLock { $0 = environment.onQuiesce { snapshots.dropIdle() } }
  }

  /// Releases the file; snapshots still in use keep it open until they end.
  package func close() {
    snapshots.dropIdle()
    let handler = quiesceHandler.withLock { id in
      defer { id = nil }
      return id
    }
    guard let handler else { return }
    environment.removeQuiesceHandler(handler)
    environment.close()
  }

  /// Runs `body` on the newest commit.
  package func read<R>(_ body: (Snapshot) throws -> R) throws -> R {
    try requireOpen()
    return try StorageEngine.translated {
      let snapshot = try snapshots.newest(of: self)
      return try body(snapshot)
    }
  }

  /// Runs `body` in the one write transaction and commits what it did. It may run twice, when the map had to grow.
  /// - Returns: what `body` returned; merges that became due are the caller's to start.
  package func write<R>(_ body: (Writer) throws -> R) throws -> (result: R, due: DueMerges) {
    try requireWritable()
    return try StorageEngine.translated {
      try environment.write { transaction in
        let writer = try Writer(
          WriteTransaction(raw: transaction.raw, environment: transaction.environment), engine: self)
        let result = try body(writer)
        try writer.finish()
        return (result, writer.due)
      }
    }
  }

  /// What was opened for reading only does not write, whatever the file is open for elsewhere in this process.
  /// - Throws: `.closed`, `.permissionDenied`.
  package func requireWritable() throws {
    try requireOpen()
    guard !isReadOnly else {
      throw EngineError(.permissionDenied, "the store was opened read-only; open it for writing to change it")
    }
  }

  /// The file may be open elsewhere in this process; this store is not any more.
  /// - Throws: `.closed`.
  package func requireOpen() throws {
    guard quiesceHandler.withLock({ $0 != nil }) else {
      throw EngineError(.closed, "the store is closed; open it again")
    }
  }

  /// Runs `body` and gives its storage errors the engine's words.
  static func translated<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch let error as LMDBError { throw EngineError(error) }
  }
}

/// When the tail and the deleted nodes of a space have grown enough to be merged into its graph.
package struct MergePolicy: Sendable {
  /// Rows of the tail, which every query scans, that are worth a merge; more for a large graph, as a slice of a merge
  /// walks all of its links.
  package var tailLimits = 512...4_096
  /// Nodes of a graph to a row of its tail's limit.
  package var nodesPerTailRow = 256
  /// A tail as long as this many limits holds its writer up until it is merged: no query scans more.
  package var limitsBeforeWaiting = 1.5
  /// The part of the graph that may be deleted nodes.
  package var deadFraction = 0.2
  /// Fewer deleted nodes than this are never worth a merge.
  package var deadMinimum = 1_000

  package init() {}

  /// Rows of a tail that are worth a merge, and that one slice of it takes.
  package func tailLimit(nodeCount: Int) -> Int {
    min(max(tailLimits.lowerBound, nodeCount / nodesPerTailRow), tailLimits.upperBound)
  }

  func wantsMerge(_ record: SpaceRecord) -> Bool {
    record.tailCount >= tailLimit(nodeCount: record.nodeCount)
      || (record.deadCount >= deadMinimum
        && Double(record.deadCount) > deadFraction * Double(record.nodeCount))
  }

  func holdsWriterUp(_ record: SpaceRecord) -> Bool {
    Double(record.tailCount) >= limitsBeforeWaiting * Double(tailLimit(nodeCount: record.nodeCount))
  }
}

/// The merges that a write leaves to its caller.
package struct DueMerges: Sendable {
  /// Spaces whose tail or deletions have grown past what a query should scan.
  package internal(set) var spaces: Set<ExactString> = []
  /// Whether one has grown so far that the next write should wait for its merge.
  package internal(set) var holdsWriterUp = false
}

/// Search contexts between queries.
final class ContextPool: Sendable {
  private struct Idle: @unchecked Sendable {  // a context is in the pool or with one search, never both
    var contexts: [Int: [SearchContext]] = [:]
  }
  private let idle = Mutex(Idle())

  /// Lends a context for graphs of `m0` to `body`.
  func with<R>(m0: Int, _ body: (SearchContext) throws -> R) rethrows -> R {
    let context = take(m0)
    defer { give(context, m0) }
    return try body(context)
  }

  private struct Carrier: @unchecked Sendable {  // carries one context across the lock
    var context: SearchContext?
  }

  private func take(_ m0: Int) -> SearchContext {
    let carrier = idle.withLock { Carrier(context: $0.contexts[m0]?.popLast()) }
    return carrier.context ?? SearchContext(m0: m0)
  }

  private func give(_ context: SearchContext, _ m0: Int) {
    let carrier = Carrier(context: context)
    idle.withLock { pool in
      if let context = carrier.context { pool.contexts[m0, default: []].append(context) }
    }
  }
}
