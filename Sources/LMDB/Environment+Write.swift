import Basics
import CLMDB

extension Environment {
  /// Changes the store: commits when `body` returns, undoes everything when it throws.
  ///
  /// `body` runs again from the start when the map had to grow, so it must change nothing outside the
  /// transaction that a second run does not overwrite. One write runs at a time in all processes; this one
  /// waits for its turn without limit. Read transactions of this process that are never ended keep the map
  /// from growing.
  /// - Throws: what `body` throws; `.nestedWrite` inside another write of this thread, `.readOnly`,
  ///   `.mapFull` at the growth limit, `.busy` when growth waited in vain for readers, `.diskFull` (nothing
  ///   changed; may be repeated), `.ioError` (nothing is certain; close and open again), `.replaced`, `.closed`,
  ///   `.forked`.
  @discardableResult
  package func write<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> R {
    try acquireWriter()
    defer { releaseWriter() }
    while true {
      switch try attemptWrite(body) {
      case .committed(let result): return result
      case .mapFull: try growMap(toAtLeast: 0)
      }
    }
  }

  private enum Outcome<R> {
    case committed(R)
    case mapFull
  }

  private func attemptWrite<R>(_ body: (borrowing WriteTransaction) throws -> R) throws -> Outcome<R> {
    let raw = try beginRawWrite()
    let result: R
    do {
      result = try body(WriteTransaction(raw: raw, environment: self))
    } catch {
      mdb_txn_abort(raw)
      // Whatever `body` made of the error: a full map is ours to mend.
      if takeSawMapFull() { return .mapFull }
      throw error
    }
    if takeSawMapFull() {
      mdb_txn_abort(raw)
      return .mapFull
    }
    KillPoint.pass(.writeDone)
    let status = mdb_txn_commit(raw)
    if status == MDB_MAP_FULL { return .mapFull }
    guard status == MDB_SUCCESS else { throw commitFailure(status) }
    KillPoint.pass(.writeCommitted)
    return .committed(result)
  }

  private func takeSawMapFull() -> Bool {
    state.withLock { state in
      defer { state.sawMapFull = false }
      return state.sawMapFull
    }
  }

  /// A commit that failed for want of room changed nothing. After any other failure of the disk nobody knows
  /// what it holds (the kernel may have dropped unwritten pages), so nothing is done until the file is
  /// closed and opened again.
  private func commitFailure(_ status: Int32) -> LMDBError {
    if status == MDB_BAD_TXN {
      return LMDBError(
        .other, "commit refused: an error inside the write was caught and ignored; let it pass",
        status: status,
        path: path)
    }
    let error = LMDBError.from(status: status, action: "commit", path: path)
    if error.code == .ioError { poison(error) }
    guard error.code == .diskFull, hasLibraryGivenUp else { return error }
    // The header page could not be written: then LMDB refuses all further work, whatever the reason.
    let uncertain = LMDBError(
      .ioError,
      "commit failed: no room for the file, \(FreeSpace(path: path).summary); it is not certain whether the changes "
        + "were made; free space, close the file and open it again",
      status: status, path: path)
    poison(uncertain)
    return uncertain
  }

  /// LMDB itself says that the file must be opened again.
  private var hasLibraryGivenUp: Bool {
    state.withLock { state in
      guard let file = state.file else { return true }
      var trial: OpaquePointer?
      let status = mdb_txn_begin(file.handle, nil, UInt32(MDB_RDONLY), &trial)
      if status == MDB_SUCCESS { mdb_txn_abort(trial) }
      return status == MDB_PANIC
    }
  }

  func poison(_ error: LMDBError) {
    state.withLock { state in state.failure = error }
  }

  /// Begins LMDB's write transaction; the caller is the writer.
  func beginRawWrite() throws(LMDBError) -> OpaquePointer {
    while true {
      let file = try state.withLock { state throws(LMDBError) in
        state.sawMapFull = false
        return try usableFile(state)
      }
      // Not under the monitor: this may wait for another process. The file cannot close while we are the writer.
      var raw: OpaquePointer?
      let status = mdb_txn_begin(file.handle, nil, 0, &raw)
      if status == MDB_MAP_RESIZED {
        try resizeToFile()
        continue
      }
      guard status == MDB_SUCCESS, let raw else {
        let error = LMDBError.from(status: status, action: "write", path: path)
        if error.code == .ioError { poison(error) }
        throw error
      }
      // With LMDB's lock held nobody can be replacing the file, so this answer stays true until commit.
      do throws(LMDBError) { try requireNotReplaced(file) } catch {
        mdb_txn_abort(raw)
        throw error
      }
      return raw
    }
  }

  // MARK: Turns

  /// Waits until this thread may write.
  /// - Throws: `.nestedWrite`, `.readOnly`, and the checks of `usableFile`.
  func acquireWriter() throws(LMDBError) {
    let me = ThreadIdentity.current
    try state.withLock { state throws(LMDBError) in
      _ = try usableFile(state)
      guard state.writer != me else {
        throw LMDBError(
          .nestedWrite, "this thread is inside a write already; pass its transaction on", path: path)
      }
    }
    guard !options.readOnly else {
      throw LMDBError(.readOnly, "the environment was opened read-only", path: path)
    }
    _ = state.waitThenChange(timeoutSeconds: nil, until: { state in state.writer == nil }) { state in
      state.writer = me
    }
  }

  func releaseWriter() {
    let (isDone, isCheckDue) = state.change { state in
      state.writer = nil
      state.writesSinceReaderCheck += 1
      let isCheckDue = state.writesSinceReaderCheck >= 64 && state.openCount > 0
      if isCheckDue { state.writesSinceReaderCheck = 0 }
      return (state.canBeFinished, isCheckDue)
    }
    if isDone {
      finishClose()
    } else if isCheckDue {
      // Readers that were killed keep pages from being reused; failing to look is no failure of the write.
      _ = try? clearStaleReaders()
    }
  }
}
