import Basics
import CLMDB
import Platform

/// One open store file, shared by all threads of the process.
///
/// Many `read` transactions run beside one `write`. The environment grows its map by itself. It must be
/// closed by `close`, once for each `open`; until then the process keeps it.
package final class Environment: Sendable {
  /// The absolute path of the file itself, symbolic links followed.
  package let path: String
  package let options: Options
  /// LMDB does not survive `fork`: only this process may use it.
  let processID: pid_t
  let tableHandles: [String: MDB_dbi]
  let state: Monitor<EnvironmentState>

  init(file: OpenFile, options: Options) {
    path = file.path
    self.options = options
    processID = getpid()
    tableHandles = file.tableHandles
    state = Monitor(EnvironmentState(file: file))
  }

  /// The table called `name`, whose keys are of type `Key`.
  /// - Precondition: `name` is one of `Options.tableNames`.
  package func table<Key: LMDBKey>(_ name: String, key: Key.Type = Key.self) -> Table<Key> {
    guard let handle = tableHandles[name] else {
      preconditionFailure("table \(name) was not named when \(path) was opened")
    }
    return Table(name: name, handle: handle, owner: ObjectIdentifier(self))
  }

  /// Registers what to do when all read transactions of this process must end so that the map can grow or the
  /// file be compacted: drop idle cached snapshots. Called without locks, on the thread that needs it; it must
  /// not wait for writes.
  /// - Returns: a number for `removeQuiesceHandler`.
  @discardableResult
  package func onQuiesce(_ handler: @escaping @Sendable () -> Void) -> Int {
    state.withLock { state in
      let id = state.nextHandlerID
      state.nextHandlerID += 1
      state.quiesceHandlers[id] = handler
      return id
    }
  }

  package func removeQuiesceHandler(_ id: Int) {
    state.withLock { state in state.quiesceHandlers[id] = nil }
  }

  /// Whether a commit is the last one of the file at the path: nobody has committed since, or replaced the file.
  /// - Throws: `.closed`, `.ioError` after a failed commit.
  package func isNewest(_ transactionID: Int) throws(LMDBError) -> Bool {
    try state.withLock { state throws(LMDBError) in
      let file = try openFile(state)
      return Int(clamping: file.information.me_last_txnid) == transactionID
        && FileStatus(path: path)?.identity == file.identity
    }
  }

  // MARK: Checks

  /// The open file, when a transaction may begin.
  /// - Throws: `.forked`, `.closed`, `.ioError` after a failed commit.
  func usableFile(_ state: borrowing EnvironmentState) throws(LMDBError) -> OpenFile {
    guard getpid() == processID else {
      throw LMDBError(.forked, "opened by process \(processID); open it again in this one", path: path)
    }
    return try openFile(state)
  }

  /// As `usableFile`, without the system call that finds a fork: for looking only.
  func openFile(_ state: borrowing EnvironmentState) throws(LMDBError) -> OpenFile {
    if let failure = state.failure { throw failure }
    guard state.openCount > 0, let file = state.file else {
      throw LMDBError(.closed, "the environment is closed; open it again", path: path)
    }
    return file
  }

  /// One `stat`: nobody may read or write a file that has been replaced.
  func requireNotReplaced(_ file: OpenFile) throws(LMDBError) {
    guard FileStatus(path: path)?.identity == file.identity else {
      throw LMDBError(.replaced, "the file was replaced or removed by someone else; reopen", path: path)
    }
  }

  /// The error for a status inside a transaction.
  @usableFromInline func failure(_ status: Int32, _ action: String, keyByteCount: Int = 1) -> LMDBError {
    if status == MDB_MAP_FULL { state.withLock { state in state.sawMapFull = true } }
    if status == MDB_BAD_VALSIZE {
      return keyByteCount == 0
        ? LMDBError(.keyEmpty, "\(action): a key needs at least 1 byte", status: status, path: path)
        : LMDBError(
          .keyTooLong,
          "\(action): a key of \(keyByteCount) bytes; the limit is \(Limits.keyBytes)",
          status: status, path: path)
    }
    return LMDBError.from(status: status, action: action, path: path)
  }
}
