import Basics
import Engine
import Interchange
import LMDB
import Platform
import Recommending
import Records
import TextEncoder

/// What compacting gave back.
public struct CompactReport: Sendable, Hashable, Codable {
  /// The file's size before.
  public var bytesBefore: Int
  /// The file's size now.
  public var bytesAfter: Int
}

extension Store {
  /// What a store holds and how large it is.
  public struct Statistics: Sendable, Hashable, Codable {
    /// Items that are not deleted.
    public var items: Int
    /// Users.
    public var users: Int
    /// Events of all users.
    public var events: Int
    /// Size of the file.
    public var fileBytes: Int
    /// Bytes of the file that hold something.
    public var usedBytes: Int
    /// Bytes of the file that hold nothing: the next writes use them, `compact` gives them back.
    public var freeBytes: Int
    /// Read transactions live at this moment in all processes, the one that counts left out.
    public var readers: Int
    /// The spaces, by name.
    public var spaces: [SpaceInfo]
    /// The version of this program.
    public var version: String
    /// The version of LMDB it runs on.
    public var lmdbVersion: String
  }

  /// The version of this package.
  public static let version = "0.1.0"

  /// Threads for builds where the caller names none: all cores.
  public static let defaultThreads = processorCount

  /// Passes the bytes of a copy on; false where the task was cancelled.
  private static func report(
    _ stage: String, _ completed: Int, of total: Int, to progress: ProgressHandler?
  ) -> Bool {
    progress?(WorkProgress(stage: "\(stage), bytes", completed: completed, total: total))
    return !Task.isCancelled
  }

  /// Rebuilds the graphs of some spaces (all, when none is named) from their stored vectors and swaps each in at once;
  /// readers see the old graph or the new one, never a mixture.
  /// - Parameters:
  ///   - spaces: their names; nil for all.
  ///   - encoding: how vectors are kept from now on; as they are if nil. What half precision rounded stays rounded.
  ///   - threads: 1 to 256; the graph is the same with any number.
  ///   - progress: is called from time to time with how far the work is.
  /// - Throws: `StoreError` `.spaceNotFound`, `.invalidVector` when one does not fit the encoding, `.busy` when another
  ///   process rebuilt the space meanwhile, `.diskFull`, `.memoryLimit`; `CancellationError`, with the old graph in
  ///   place.
  /// - Complexity: for each space about O(vectors · efConstruction · 2m) distance computations to build, and 2,048 for
  ///   each vector at most to measure recall; all rows are in memory meanwhile.
  @discardableResult
  public func rebuild(
    _ spaces: [String]? = nil, encoding: VectorEncoding? = nil, threads: Int = Store.defaultThreads,
    progress: ProgressHandler? = nil
  ) throws -> [RebuildReport] {
    try StoreError.translating { try ThreadCountError.check(threads) }
    let names = try spaces ?? read { try $0.spaces().map(\.configuration.name) }
    for name in names { _ = try read { try $0.space(name) } }
    return try StoreError.translating {
      try names.map { name in
        let clock = ContinuousClock()
        let start = clock.now
        var report = try engine.rebuild(
          space: name, encoding: encoding, threads: threads,
          progress: untilCancelled(progress))
        // Another encoding rounds the vectors.
        if encoding != nil { announce(spaces: [name]) }
        report.seconds = (clock.now - start) / .seconds(1)
        return report
      }
    }
  }

  /// Takes the tail of a space into its graph and repairs the links around deleted vectors.
  /// - Returns: rows taken from the tail.
  /// - Throws: `StoreError` `.spaceNotFound`, `.busy`, `.diskFull`; `CancellationError`, with the rest still in the
  ///   tail.
  /// - Complexity: O(slots) for each slice of at most 512 to 4,096 rows of the tail, by the graph's size, and about
  ///   O(efConstruction · 2m) distance computations for each row; O(m²) for each neighbor of a deleted vector. A
  ///   rebuild where tail and deleted vectors exceed half of the graph.
  @discardableResult
  public func merge(_ space: String, progress: ProgressHandler? = nil) throws -> Int {
    try StoreError.translating {
      try engine.merge(space: space, threads: Store.defaultThreads, progress: untilCancelled(progress))
    }
  }

  /// What the store holds and how large it is.
  /// - Throws: `StoreError` `.corrupted`, `.ioError`.
  public func statistics() throws -> Statistics {
    try StoreError.translating {
      let (store, spaces) = try engine.read { snapshot in
        (try snapshot.store(), try snapshot.spaces().map { try snapshot.info($0) })
      }
      let info = try engine.environment.info
      let others = info.readers.filter { $0.transactionID != nil && $0.processID != Int(getpid()) }
      let liveBytes = info.usedBytes - info.freePageCount * info.pageSizeBytes
      return Statistics(
        items: Int(store.itemCount), users: Int(store.userCount), events: Int(store.eventCount),
        fileBytes: info.fileBytes, usedBytes: liveBytes, freeBytes: max(info.fileBytes - liveBytes, 0),
        readers: others.count,
        spaces: spaces,
        version: Store.version,
        lmdbVersion: info.libraryVersion)
    }
  }

  /// Reads the whole store: the pages of the file, checksums, references in both directions, counts. Where pages are
  /// damaged, what lies in them is not looked at.
  /// - Throws: `StoreError` when it cannot be read at all.
  /// - Complexity: O(bytes of the file), with a look-up for each record, event, word and vector.
  public func verify(progress: ProgressHandler? = nil) throws -> VerifyReport {
    try StoreError.translating {
      try engine.verify(progress: untilCancelled(progress))
    }
  }

  /// Reads a whole file that need not be open: its pages first, without the library that trusts them, and only where
  /// nothing is wrong there does it open the store and read all that is in it. For a file of unknown origin, before
  /// anything else opens it.
  /// - Throws: as `open(at:options:)`, where the header of the file cannot be used.
  /// - Complexity: as `verify(progress:)`.
  public static func verify(at path: String, progress: ProgressHandler? = nil) throws -> VerifyReport {
    progress?(WorkProgress(stage: "checking pages", completed: 0, total: 1))
    let structure = try StoreError.naming(path) { try StorageEngine.structure(ofFileAt: path) }
    guard structure.problems.isEmpty else { return VerifyReport(structure) }
    let store = try open(at: path, options: Options(readOnly: true))
    defer { store.close() }
    return try StoreError.translating {
      try store.engine.verify(walked: structure, progress: untilCancelled(progress))
    }
  }

  /// Saves what can be read of a damaged store into a new one. The damaged file is read page by page, without the
  /// library that trusts them, and not changed; what it cannot give back is counted. Records keep their order, models
  /// their versions; graphs are built again.
  /// - Parameters:
  ///   - path: of the damaged store, which nobody has open.
  ///   - destination: of the new store; nothing may be there.
  ///   - threads: 1 to 256, for the builds.
  ///   - progress: is called from time to time with how far the work is.
  /// - Returns: what was saved and what was lost. The new store is sound in any case.
  /// - Throws: `StoreError` `.corrupted` where nothing can be saved, `.foreign`, `.notFound`, `.busy` when the store is
  ///   open, `.alreadyExists`, `.cannotCreate`, `.diskFull`, `.permissionDenied`, `.ioError`; `CancellationError`. No
  ///   new store is left then.
  /// - Complexity: O(bytes of the file), and a rebuild of each space; ids of all records are in memory.
  @discardableResult
  public static func repair(
    at path: String, into destination: String, threads: Int = Store.defaultThreads,
    progress: ProgressHandler? = nil
  ) throws -> RepairReport {
    try StoreError.translating {
      try ThreadCountError.check(threads)
      var claims = FileClaims(store: path)
      _ = try claims.write(destination, as: "the new store")
    }
    let draft = try StoreError.naming(destination) { try StorageEngine.draftPath(for: destination) }
    progress?(WorkProgress(stage: "reading pages", completed: 0, total: 1))
    let salvaged = try StoreError.naming(path) { try SalvagedStore(path) }
    return try StoreError.naming(destination) {
      try StorageEngine.save(
        salvaged, at: draft, copyingTo: destination,
        options: Options(durability: .none).environmentOptions, created: Timestamp.now().milliseconds,
        identity: UInt64.random(in: .min ... .max), threads: threads, progress: untilCancelled(progress),
        isStateless: { !TextEncoderNames.areText($0) }, converting: ModelContents.converted)
    }
  }

  /// Copies the store to a new file, as of one commit, while others read and write; the copy is compact and durable.
  /// - Throws: `StoreError` `.alreadyExists`, `.cannotCreate`, `.diskFull`, `.permissionDenied`, `.ioError`;
  ///   `CancellationError`, with no copy left.
  /// - Complexity: O(bytes in use), read and written once.
  public func backup(to path: String, progress: ProgressHandler? = nil) throws {
    try StoreError.naming(path) {
      try engine.requireOpen()
      try engine.environment.copy(to: path) {
        Self.report("copying", $0, of: $1, to: progress)
      }
    }
  }

  /// Hands a copy of the newest commit, which is a store's file, to `body` piece by piece.
  /// - Throws: `StoreError` `.ioError`; what `body` throws.
  package func streamCopy(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try StoreError.translating {
      try engine.requireOpen()
      try engine.environment.stream(body)
    }
  }

  /// Rewrites the file without its free pages and puts it in place. What was deleted from pages still in use (a slot of
  /// a graph, a word of a filter's column) is only overwritten when the place is used again. Models that an older
  /// version stored are stored again in the layout of this one.
  /// - Throws: `StoreError` `.busy` when another process has the store open, `.diskFull`, `.permissionDenied` when the
  ///   new file could not have the owner and group of the old one, `.ioError`; `CancellationError`, with the file as it
  ///   was, or where models are stored again, compacted once.
  /// - Complexity: O(bytes in use), read and written once; twice where models are stored again.
  @discardableResult
  public func compact(progress: ProgressHandler? = nil) throws -> CompactReport {
    try StoreError.translating {
      try engine.requireWritable()
      var (before, after) = try rewrite(progress)
      // Only now, so that a compaction that fails changes nothing; what they leave free takes another one.
      if try engine.upgradeModels() > 0 { after = try rewrite(progress).after }
      return CompactReport(bytesBefore: before, bytesAfter: after)
    }
  }

  private func rewrite(_ progress: ProgressHandler?) throws -> (before: Int, after: Int) {
    let sizes = try engine.environment.compact { Self.report("compacting", $0, of: $1, to: progress) }
    // The file counts its commits from 1 again, and what is kept is kept by their numbers.
    encoders.removeAll()
    modelCache.removeAll()
    announce()
    return sizes
  }
}
