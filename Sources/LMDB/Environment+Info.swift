import Basics
import CLMDB

/// Figures about an environment.
package struct EnvironmentInfo: Sendable {
  /// A slot of the table of read transactions, of any process.
  package struct Reader: Sendable, Equatable {
    package var processID: Int
    /// The commit it sees; nil when the slot is not reading now.
    package var transactionID: Int?
  }

  package var path: String
  /// The version of the C library.
  package var libraryVersion: String
  package var mapSizeBytes: Int
  /// Pages ever used × page size; free pages inside count.
  package var usedBytes: Int
  package var fileBytes: Int
  package var pageSizeBytes: Int
  /// Pages inside the file that the next writes will use.
  package var freePageCount: Int
  package var lastTransactionID: Int
  package var maxReaders: Int
  package var readers: [Reader]
  /// Opened read-only where no lock file could be written: a writer elsewhere would not see our reads.
  package var isUnlocked: Bool
}

extension Environment {
  /// All figures; walks the list of free pages.
  package var info: EnvironmentInfo {
    get throws(LMDBError) {
      let freePageCount = try countFreePages()
      return try state.withLock { state throws(LMDBError) in
        let file = try usableFile(state)
        let information = file.information
        return EnvironmentInfo(
          path: path, libraryVersion: Self.libraryVersion,
          mapSizeBytes: Int(clamping: information.me_mapsize), usedBytes: file.usedBytes,
          fileBytes: FileStatus(descriptor: file.descriptor)?.sizeBytes ?? 0,
          pageSizeBytes: file.pageSizeBytes,
          freePageCount: freePageCount, lastTransactionID: Int(clamping: information.me_last_txnid),
          maxReaders: Int(information.me_maxreaders), readers: file.readers(), isUnlocked: file.isUnlocked)
      }
    }
  }

  /// Frees the slots of processes that were killed while reading.
  /// - Returns: how many.
  @discardableResult
  package func clearStaleReaders() throws(LMDBError) -> Int {
    try state.withLock { state throws(LMDBError) in
      var count: Int32 = 0
      let status = mdb_reader_check(try usableFile(state).handle, &count)
      try LMDBError.check(status, "clearing stale readers", path)
      return Int(count)
    }
  }

  /// The entries of LMDB's own table of free pages: each value is a count, then that many page numbers.
  private func countFreePages() throws(LMDBError) -> Int {
    let transaction = try beginRead()
    var cursor: OpaquePointer?
    let status = mdb_cursor_open(transaction.raw, 0, &cursor)
    guard status == MDB_SUCCESS, let cursor else { throw failure(status, "listing free pages") }
    defer { mdb_cursor_close(cursor) }
    var key = MDB_val()
    var value = MDB_val()
    var total = 0
    while mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS {
      let bytes = UnsafeRawBufferPointer(value)
      guard bytes.count >= MemoryLayout<UInt>.size else { continue }
      total += Int(clamping: bytes.loadUnaligned(as: UInt.self))
    }
    return total
  }

  /// Runs `body` outside the monitor while the file can neither move nor close.
  func pinned<R>(_ body: (OpenFile) throws(LMDBError) -> R) throws(LMDBError) -> R {
    let pinnedFile = try state.waitThenChange(
      timeoutSeconds: options.busyTimeoutSeconds, until: { state in !state.areReadersBlocked }
    ) { state throws(LMDBError) -> OpenFile in
      let file = try usableFile(state)
      state.readerCount += 1
      return file
    }
    guard let pinnedFile else {
      throw LMDBError(.busy, "the map was still growing; try again", path: path)
    }
    defer { unpin() }
    return try body(pinnedFile)
  }
}

extension Environment {
  /// The version of the system's LMDB, such as `0.9.24`.
  private static var libraryVersion: String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    _ = mdb_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }
}
