package import LMDB
import Records
import Synchronization
import Values
import VectorMath

/// The store without its public face: one file, one writer at a time, snapshots for everybody else.
package final class StorageEngine: Sendable {
  package let environment: Environment
  let tables: Tables
  let kernels: Kernels
  package let policy: MergePolicy
  /// Bytes that builds, trainings and imports may take of memory; nil for no limit.
  package let memoryLimitBytes: Int?
  let snapshots: SnapshotPool
  let contexts = ContextPool()
  /// One merge or rebuild at a time in this process.
  let maintenance = RecursiveLock()
  private let derivation = Mutex<(any VectorDeriving)?>(nil)
  /// The environment may be shared with another engine of this process that does write.
  private let isReadOnly: Bool
  /// The number of our handler; nil once closed.
  private let quiesceHandler: Mutex<Int?> = Mutex(nil)

  /// Makes an empty store.
  /// - Throws: `.alreadyExists`, `.cannotCreate`, `.permissionDenied`, `.ioError`.
  package static func create(
    path: String, options: Environment.Options, policy: MergePolicy, memoryLimitBytes: Int? = nil,
    identity: UInt64, created: Int64
  ) throws -> StorageEngine {
    let environment = try translated { () throws in
      var options = options
      options.tableNames = Tables.names
      let record = StoreRecord(identity: identity, created: created).encoded()
      return try Environment.create(
        path: path, options: options,
        entries: [
          .init(table: "meta", key: Array("store".utf8), value: record),
          .init(table: "meta", key: Array("terms".utf8), value: WordIndexRecord().encoded()),
          .init(table: "meta", key: Array("signals".utf8), value: SignalPolicy().encoded()),
        ])
    }
    return try StorageEngine(
      environment, policy: policy, memoryLimitBytes: memoryLimitBytes, isReadOnly: options.readOnly)
  }

  /// Opens a store that is there.
  /// - Throws: `.notFound`, `.foreign`, `.corrupted`, `.busy`, `.permissionDenied`, `.ioError`.
  package static func open(
    path: String, options: Environment.Options, policy: MergePolicy, memoryLimitBytes: Int? = nil
  ) throws -> StorageEngine {
    let environment = try translated { () throws in
      var options = options
      options.tableNames = Tables.names
      return try Environment.open(path: path, options: options)
    }
    do {
      let engine = try StorageEngine(
        environment, policy: policy, memoryLimitBytes: memoryLimitBytes, isReadOnly: options.readOnly)
      _ = try engine.read { snapshot in try snapshot.store() }
      if !options.readOnly { try engine.collectGarbage() }
      return engine
    } catch {
      environment.close()
      throw error
    }
  }

  private init(
    _ environment: Environment, policy: MergePolicy, memoryLimitBytes: Int?, isReadOnly: Bool
  ) throws {
    self.isReadOnly = isReadOnly
    self.memoryLimitBytes = memoryLimitBytes
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
  package func write<R>(_ body: (Writer) throws -> R) throws -> (result: R, due: DueWork) {
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

  /// What makes vectors of records that are written; nil for nothing.
  package var deriving: (any VectorDeriving)? {
    get { derivation.withLock { $0 } }
    set { derivation.withLock { $0 = newValue } }
  }

  /// Whether the tail of a space or what is deleted in its graph has grown enough to be merged.
  package func isMergeDue(_ space: String) throws -> Bool {
    policy.wantsMerge(try read { try $0.space(space).record })
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
