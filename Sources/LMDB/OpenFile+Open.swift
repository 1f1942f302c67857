import Basics
import CLMDB
import Platform

extension OpenFile {
  /// Opens the file at a canonical path after checking its bytes.
  ///
  /// Another process may be opening, closing or exchanging the file at this moment, so what such a moment
  /// explains is tried again, five times.
  static func open(_ path: String, options: Environment.Options) throws(LMDBError) -> OpenFile {
    if !options.readOnly { TemporaryName.removeLeftovers(of: path) }
    var attempt = 1
    while true {
      do throws(LMDBError) {
        return try openOnce(path, options: options)
      } catch {
        guard attempt < (attemptLimits[error.code] ?? 1), error.code != .busy || error.status != 0 else {
          throw error
        }
        Clock.sleep(milliseconds: attempt * 2 + Int.random(in: 0...3))
        attempt += 1
      }
    }
  }

  /// Busy is LMDB's own "opening at the same instant"; a header read half written is right a moment later.
  static let attemptLimits: [LMDBError.Code: Int] = [
    .busy: 5, .replaced: 5, .unsupported: 2, .truncated: 5, .corrupted: 5,
  ]

  private static func openOnce(_ path: String, options: Environment.Options) throws(LMDBError) -> OpenFile {
    // A named pipe would wait for somebody to write to it.
    let descriptor = Platform.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw LMDBError.from(status: errno, action: "opening for reading", path: path)
    }
    do throws(LMDBError) {
      try lockShared(descriptor, path: path, timeoutSeconds: options.busyTimeoutSeconds)
      let header = try FileCheck.run(descriptor: descriptor, path: path, options: options)
      return try openChecked(path, descriptor: descriptor, header: header, options: options)
    } catch {
      Platform.close(descriptor)
      throw error
    }
  }

  private static func openChecked(
    _ path: String, descriptor: Int32, header: FileCheck.Header, options: Environment.Options
  ) throws(LMDBError) -> OpenFile {
    let mapSize = mapSize(options: options, usedBytes: header.usedBytes)
    let lockFile = try LockFile.prepare(
      besideStore: path, header.status, maxReaders: options.maxReaders, isReadOnly: options.readOnly)
    // Without locks only where nobody can write: a reader would see a mixture of commits.
    let isUnlocked = lockFile == .readOnlyFileSystem
    if isUnlocked || !options.readOnly {
      try UnlockedReading.claim(isUnlocked ? .unlockedReader : .writer, descriptor: descriptor, path: path)
    }
    let opened = try openHandle(
      path, options: options, mapSize: mapSize, extraFlags: isUnlocked ? MDB_NOLOCK : 0)
    do throws(LMDBError) {
      try requireSameFile(opened, header.status.identity, path: path)
      var dead: Int32 = 0
      mdb_reader_check(opened, &dead)
      let tables = try openTables(opened, names: options.tableNames, create: false, path: path)
      try requireOwnLockFile(opened, isReadOnly: options.readOnly, path: path)
      return OpenFile(
        path: path, handle: opened, identity: header.status.identity, descriptor: descriptor,
        pageSizeBytes: header.pageSizeBytes, tableHandles: tables, isUnlocked: isUnlocked)
    } catch {
      mdb_env_close(opened)
      throw error
    }
  }

  /// `mdb_env_open` with our flags.
  static func openHandle(
    _ path: String, options: Environment.Options, mapSize: Int, extraFlags: Int32
  ) throws(LMDBError) -> OpaquePointer {
    var created: OpaquePointer?
    var status = mdb_env_create(&created)
    guard status == MDB_SUCCESS, let created else {
      throw LMDBError.from(status: status, action: "open", path: path)
    }
    // No read-ahead: access is by id all over the file. Reads belong to transactions, not threads.
    var flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD | extraFlags
    if options.readOnly { flags |= MDB_RDONLY }
    switch options.durability {
    case .sync: break
    case .noMetaSync: flags |= MDB_NOMETASYNC
    case .noSync: flags |= MDB_NOSYNC
    }
    mdb_env_set_mapsize(created, mapSize)
    mdb_env_set_maxreaders(created, UInt32(clamping: Swift.max(1, options.maxReaders)))
    mdb_env_set_maxdbs(created, UInt32(clamping: options.tableNames.count + 1))
    status = mdb_env_open(created, path, UInt32(flags), 0o600)
    guard status == MDB_SUCCESS else {
      mdb_env_close(created)
      // Both files could be opened before, but not as LMDB opens the lock file, with O_CREAT.
      if options.readOnly, status == EACCES {
        throw LMDBError(
          .permissionDenied,
          "the system refuses files of other users in a directory where everybody may write (fs.protected_regular); "
            + "move the store to a directory of its own",
          status: status, path: path)
      }
      throw LMDBError.from(
        status: status, action: options.readOnly ? "opening for reading" : "opening for writing", path: path)
    }
    return created
  }

  /// Between our check and LMDB's open the path may have been given to another file.
  private static func requireSameFile(
    _ handle: OpaquePointer, _ identity: FileIdentity, path: String
  ) throws(LMDBError) {
    var descriptor: Int32 = -1
    mdb_env_get_fd(handle, &descriptor)
    guard FileStatus(descriptor: descriptor)?.identity == identity else {
      throw LMDBError(.replaced, "the file was replaced while it was being opened; try again", path: path)
    }
  }

  /// Opens all tables in the order given, so that their handles are the same at every opening.
  static func openTables(
    _ handle: OpaquePointer, names: [String], create: Bool, path: String
  ) throws(LMDBError) -> [String: MDB_dbi] {
    var transaction: OpaquePointer?
    var status = mdb_txn_begin(handle, nil, create ? 0 : UInt32(MDB_RDONLY), &transaction)
    guard status == MDB_SUCCESS, let transaction else {
      throw LMDBError.from(status: status, action: "opening tables", path: path)
    }
    var tables: [String: MDB_dbi] = [:]
    for name in names {
      var table: MDB_dbi = 0
      status = mdb_dbi_open(transaction, name, create ? UInt32(MDB_CREATE) : 0, &table)
      guard status == MDB_SUCCESS else {
        mdb_txn_abort(transaction)
        if status == MDB_NOTFOUND {
          throw LMDBError(
            .foreign,
            "table \(name) is missing: not a store, or of another version; export it with the version that wrote it",
            path: path)
        }
        throw LMDBError.from(status: status, action: "opening table \(name)", path: path)
      }
      tables[name] = table
    }
    do throws(LMDBError) { try requirePlainTables(tables, transaction, path: path) } catch {
      mdb_txn_abort(transaction)
      throw error
    }
    try LMDBError.check(mdb_txn_commit(transaction), "opening tables", path)
    return tables
  }

  /// Duplicate values and integer keys are other people's formats.
  private static func requirePlainTables(
    _ tables: [String: MDB_dbi], _ transaction: OpaquePointer, path: String
  ) throws(LMDBError) {
    for (name, table) in tables {
      var flags: UInt32 = 0
      guard mdb_dbi_flags(transaction, table, &flags) == MDB_SUCCESS, flags == 0 else {
        throw LMDBError(
          .foreign, "table \(name) has flags \(flags), ours have none: made by others", path: path)
      }
    }
  }

  /// The lock file names the newest commit. While a process still has a replaced file open that is a commit of that
  /// file, and we would read and write the wrong header page.
  ///
  /// A writer that was killed behind its header page leaves the lock file one commit behind, until LMDB gives the
  /// writer's lock to the next one. A reader then sees the commit before, which is as good; a writer takes the lock.
  private static func requireOwnLockFile(
    _ handle: OpaquePointer, isReadOnly: Bool, path: String
  ) throws(LMDBError) {
    var (locked, written) = try commits(handle, flags: UInt32(MDB_RDONLY), path: path)
    if locked == written || isReadOnly && locked + 1 == written { return }
    // With the writer's lock nobody commits between the two looks.
    if !isReadOnly { (locked, written) = try commits(handle, flags: 0, path: path) }
    guard locked == written else {
      throw LMDBError(
        .replaced,
        "the lock file is at commit \(locked), the file at \(written); a process has a replaced file open: close it",
        path: path)
    }
  }

  /// The newest commit by the lock file, and by the file.
  private static func commits(
    _ handle: OpaquePointer, flags: UInt32, path: String
  ) throws(LMDBError) -> (locked: Int, written: Int) {
    var transaction: OpaquePointer?
    try LMDBError.check(mdb_txn_begin(handle, nil, flags, &transaction), "opening", path)
    defer { mdb_txn_abort(transaction) }
    var information = MDB_envinfo()
    mdb_env_info(handle, &information)
    // A write transaction has the number it will commit.
    let number = Int(mdb_txn_id(transaction)) - (flags == 0 ? 1 : 0)
    return (number, Int(clamping: information.me_last_txnid))
  }

  /// Takes the shared lock that says "open in some process"; waits while a compaction holds it alone.
  static func lockShared(_ descriptor: Int32, path: String, timeoutSeconds: Double) throws(LMDBError) {
    let deadline = Clock.nowNanoseconds() &+ Clock.nanoseconds(seconds: timeoutSeconds)
    while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw LMDBError.from(status: errno, action: "locking the file", path: path)
      }
      guard Clock.nowNanoseconds() < deadline else {
        throw LMDBError(
          .busy, "being compacted by another process for more than \(timeoutSeconds) s; try again", path: path
        )
      }
      Clock.sleep(milliseconds: 5)
    }
  }
}
