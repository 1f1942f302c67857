import CLMDB
import Platform

extension Environment {
  /// Begins a read transaction to be stored, for a snapshot; see `read` for one that is not.
  ///
  /// Waits, up to the busy timeout, while the map is growing.
  /// - Throws: `.closed`, `.forked`, `.replaced`, `.readersFull`, `.busy`, `.ioError` after a failed commit.
  /// - Complexity: O(readers); a few microseconds.
  package func beginRead() throws(LMDBError) -> ReadTransaction {
    ReadTransaction(raw: try beginRawRead(countsAsClosure: false), environment: self)
  }

  /// Runs `body` on one unchanging view of the store.
  /// - Throws: as `beginRead`, and what `body` throws.
  package func read<R>(_ body: (borrowing ReadTransaction) throws -> R) throws -> R {
    let transaction = ReadTransaction(raw: try beginRawRead(countsAsClosure: true), environment: self)
    defer { endReadClosure() }
    return try body(transaction)
  }

  private enum Begin {
    case began(OpaquePointer)
    case mapResized
    case readersFull
  }

  private func beginRawRead(countsAsClosure: Bool) throws(LMDBError) -> OpaquePointer {
    var mayCheckReaders = true
    while true {
      switch try attemptRead(countsAsClosure: countsAsClosure) {
      case .began(let raw):
        return raw
      case .mapResized:
        try adoptGrowthOfOthers()
      case .readersFull:
        guard mayCheckReaders else {
          throw LMDBError.from(status: MDB_READERS_FULL, action: "read", path: path)
        }
        mayCheckReaders = false
        _ = try clearStaleReaders()
      }
    }
  }

  private func attemptRead(countsAsClosure: Bool) throws(LMDBError) -> Begin {
    let me = ThreadIdentity.current
    let result = try state.waitThenChange(
      timeoutSeconds: options.busyTimeoutSeconds,
      // A thread that already reads may read again: growth waits for it anyway.
      until: { state in !state.areReadersBlocked || state.readClosures[me] != nil }
    ) { state throws(LMDBError) -> Begin in
      let file = try usableFile(state)
      try requireNotReplaced(file)
      var raw: OpaquePointer?
      let status = mdb_txn_begin(file.handle, nil, UInt32(MDB_RDONLY), &raw)
      if status == MDB_MAP_RESIZED { return .mapResized }
      if status == MDB_READERS_FULL { return .readersFull }
      guard status == MDB_SUCCESS, let raw else {
        let error = LMDBError.from(status: status, action: "read", path: path)
        if error.code == .ioError { state.failure = error }
        throw error
      }
      state.readerCount += 1
      if countsAsClosure { state.readClosures[me, default: 0] += 1 }
      return .began(raw)
    }
    guard let result else {
      throw LMDBError(
        .busy, "the map was still growing after \(options.busyTimeoutSeconds) s; try again", path: path)
    }
    return result
  }

  /// Called by the transaction's end, on any thread.
  func endRead(_ raw: OpaquePointer) {
    // After a fork the parent owns the reader slot: ending it here would free it there.
    guard getpid() == processID else { return }
    mdb_txn_abort(raw)
    unpin()
  }

  private func endReadClosure() {
    let me = ThreadIdentity.current
    state.withLock { state in
      let count = state.readClosures[me, default: 1] - 1
      state.readClosures[me] = count > 0 ? count : nil
    }
  }

  /// Gives up one count of `readerCount`, and finishes a close that waited for it.
  func unpin() {
    let isDone = state.change { state in
      state.readerCount -= 1
      return state.canBeFinished
    }
    if isDone { finishClose() }
  }
}
