import Basics
import Engine
import LMDB
import Logging
import Platform
import Records
import Synchronization

/// A store of items, users, events and vectors in one file.
///
/// Open a file once and share the store: it may be used from any thread, reads never wait for writes, and writes of all
/// threads and processes take turns. What a call acknowledged is on disk.
public final class Store: Sendable {
  /// What a commit waits for.
  public enum Durability: Sendable {
    /// The disk: what was acknowledged survives a power cut.
    case full
    /// The disk, but not its last page: the file stays sound, the last commit may be lost in a power cut.
    case relaxed
    /// Nothing: for loads that can be repeated; a power cut may damage the file.
    case none
  }

  /// How far a long piece of work is.
  public typealias Progress = WorkProgress
  /// Receives the progress of long work, a few times a second.
  public typealias ProgressHandler = Values.ProgressHandler

  /// How a store is opened.
  public struct Options: Sendable {
    /// What a commit waits for.
    public var durability: Durability
    /// Refuses writes.
    public var readOnly: Bool
    /// Merges the tail of a space into its graph in the background when it has grown; switch off to call `merge`
    /// yourself.
    public var mergesAutomatically: Bool
    /// Bytes of memory that one build, training or import may take, the pages of the file left out; nil for no limit.
    /// What would take more works in parts, or throws `.memoryLimit` before it begins.
    public var memoryLimitBytes: Int?

    /// Makes options.
    public init(
      durability: Durability = .full, readOnly: Bool = false, mergesAutomatically: Bool = true,
      memoryLimitBytes: Int? = nil
    ) {
      self.durability = durability
      self.readOnly = readOnly
      self.mergesAutomatically = mergesAutomatically
      self.memoryLimitBytes = memoryLimitBytes
    }

    var environmentOptions: Environment.Options {
      var options = Environment.Options()
      options.readOnly = readOnly
      options.durability =
        switch durability {
        case .full: .sync
        case .relaxed: .noMetaSync
        case .none: .noSync
        }
      return options
    }
  }

  /// The file's path as it was given.
  public let path: String
  let engine: StorageEngine
  let options: Options
  let encoders = EncoderCache()
  let modelCache = ModelCache()
  let merger: BackgroundMerger
  let feed = ChangeFeed()

  private init(path: String, engine: StorageEngine, options: Options) {
    self.path = path
    self.engine = engine
    self.options = options
    merger = BackgroundMerger(engine)
    engine.deriving = StoredVectors(encoders: encoders, models: modelCache)
  }

  /// Makes an empty store; never overwrites a file.
  /// - Throws: `StoreError` `.alreadyExists`, `.cannotCreate`, `.diskFull`, `.permissionDenied`, `.ioError`.
  public static func create(at path: String, options: Options = Options()) throws -> Store {
    let engine = try StoreError.naming(path) {
      try StorageEngine.create(
        path: path, options: options.environmentOptions, policy: MergePolicy(),
        memoryLimitBytes: options.memoryLimitBytes, identity: UInt64.random(in: .min ... .max),
        created: Timestamp.now().milliseconds)
    }
    return Store(path: path, engine: engine, options: options)
  }

  /// Opens a store; never creates one. Logs a warning, once in a process, where others than the file's owner may write
  /// it.
  /// - Throws: `StoreError` `.notFound`, `.foreign`, `.corrupted`, `.busy`, `.diskFull`, `.permissionDenied` also where
  ///   a reader may not use the lock file, `.ioError`.
  public static func open(at path: String, options: Options = Options()) throws -> Store {
    let engine = try StoreError.naming(path) {
      try StorageEngine.open(
        path: path, options: options.environmentOptions, policy: MergePolicy(),
        memoryLimitBytes: options.memoryLimitBytes)
    }
    warnIfOthersMayWrite(engine.environment.path)
    return Store(path: path, engine: engine, options: options)
  }

  /// The files that were warned of.
  private static let warned = Mutex<Set<FileIdentity>>([])

  /// Who may write the file may change what every reader finds, and damage it so that a reader's process ends.
  private static func warnIfOthersMayWrite(_ path: String) {
    guard let status = FileStatus(path: path), status.rights.mode & 0o022 != 0,
      warned.withLock({ $0.insert(status.identity).inserted })
    else { return }
    let who = status.rights.mode & 0o002 != 0 ? "everybody" : "its group"
    let mode = String(status.rights.mode & 0o777, radix: 8)
    Logger(label: "kindred.open").warning(
      """
      \(who) may write '\(path)' (mode \(mode)) and so change or damage what is read here; to allow it to its owner \
      alone: chmod go-w '\(path)'
      """
    )
  }

  deinit { close() }

  /// Waits for a merge in the background, then releases the file. Later calls throw `.closed`.
  public func close() {
    feed.finish()
    merger.finish()
    engine.close()
  }

  /// Runs `body` on the newest commit; everything it reads belongs together.
  ///
  /// Keep it short: pages that a snapshot sees are not used again, so a long one makes the file grow. Nothing of the
  /// snapshot may leave the closure.
  /// - Throws: what `body` throws; `StoreError` `.closed`, `.busy`, `.ioError`.
  public func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R {
    try StoreError.translating {
      try engine.read { snapshot in
        try body(Snapshot(snapshot, encoders: encoders, modelCache: modelCache))
      }
    }
  }

  /// As the blocking form, off the threads that run tasks.
  public func read<R: Sendable>(_ body: @escaping @Sendable (borrowing Snapshot) throws -> R) async throws
    -> R
  {
    try await offThread { try self.read(body) }
  }

  /// Runs `body` in one transaction: all of it is stored when it returns, nothing when it throws.
  ///
  /// The closure may run twice (the map had to grow), so it must change nothing outside that a second run would not
  /// overwrite. Writes of all threads and processes take turns; do not call `write` inside. Where vectors come faster
  /// than they are merged into their graphs, the call returns once the merge has caught up. Texts become vectors of the
  /// spaces that have a text encoder: up to 64 in the transaction, more of them behind it. Where that fails, what was
  /// written stays, without these vectors; a warning is logged, and `embed` makes them later.
  /// - Throws: what `body` throws; `StoreError` `.diskFull`, `.ioError`, `.busy`, `.closed`, `.permissionDenied` where
  ///   the store was opened for reading only.
  @_semantics("optimize.sil.specialize.generic.never")  // Swift 6.3.1 crashes on it
  public func write<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
    let ((result, commit, isRecorded), due) = try StoreError.translating {
      try engine.write { writer in
        // Asked with the writer's lock: whoever listens before the commit hears of it.
        let changes = feed.hasListeners ? ChangeRecorder() : nil
        let result = try body(WriteTransaction(writer, changes))
        for space in try writer.deriveVectors() { changes?.insert(space: space) }
        return (result, changes?.commit(writer.transactionID), changes != nil)
      }
    }
    if let commit { feed.publish(commit) }
    // Whoever began to listen while it was written cannot tell whether the commit is in what was read before.
    if !isRecorded { announce() }
    embedLeft(by: due)
    if options.mergesAutomatically {
      merger.start(due.spaces)
      if due.holdsWriterUp { merger.wait() }
    }
    return result
  }

  /// As the blocking form, off the threads that run tasks.
  public func write<R: Sendable>(
    _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> R
  ) async throws -> R {
    try await offThread { try self.write(body) }
  }
}
