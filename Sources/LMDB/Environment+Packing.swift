import Basics
import CLMDB

extension Environment {
  /// Bytes that one transaction of the copy may change: far below where LMDB 0.9.24 begins to spill pages.
  private static let sliceBytes = 32 << 20

  /// Writes a commit into an empty file, table by table in the order of keys, so that no page is free and every leaf is
  /// full. (LMDB's own compaction copies pages as they are: those of keys that came in no order are two thirds full,
  /// those of whole numbers as text half.)
  /// - Parameter file: the open file, whose newest commit is copied.
  func writePacked(_ file: OpenFile, to target: String, _ progress: CopyProgress) throws(LMDBError) {
    var options = options
    options.durability = .noSync
    options.readOnly = false
    // What is written is hardly longer than what is read; the slices leave some pages free.
    let mapSize = file.usedBytes + file.usedBytes / 4 + 2 * Self.sliceBytes
    let copy = try OpenFile.openHandle(target, options: options, mapSize: mapSize, extraFlags: MDB_NOLOCK)
    defer { mdb_env_close(copy) }
    let targets = try OpenFile.openTables(copy, names: options.tableNames, create: true, path: target)
    var reading: OpaquePointer?
    try LMDBError.check(mdb_txn_begin(file.handle, nil, UInt32(MDB_RDONLY), &reading), "reading", path)
    defer { mdb_txn_abort(reading) }
    var copiedBytes = 0
    for name in options.tableNames {
      guard let from = file.tableHandles[name], let to = targets[name] else { continue }
      var cursor: OpaquePointer?
      try LMDBError.check(mdb_cursor_open(reading, from, &cursor), "reading table \(name)", path)
      defer { mdb_cursor_close(cursor) }
      var (key, value) = (MDB_val(), MDB_val())
      var status = mdb_cursor_get(cursor, &key, &value, MDB_FIRST)
      while status == MDB_SUCCESS {
        guard progress(min(copiedBytes, file.usedBytes), file.usedBytes) else {
          throw LMDBError(.stopped, "the copy was stopped", path: target)
        }
        status = try append(from: cursor, status, to: to, in: copy, target, &key, &value, &copiedBytes)
      }
      guard status == MDB_NOTFOUND else {
        throw LMDBError.from(status: status, action: "reading table \(name)", path: path)
      }
    }
    try LMDBError.check(mdb_env_sync(copy, 1), "copy", target)
  }

  /// Appends what the cursor is at and what follows, as much as a transaction may hold.
  /// - Returns: what the cursor last said.
  private func append(
    from cursor: OpaquePointer?, _ status: Int32, to table: MDB_dbi, in copy: OpaquePointer, _ target: String,
    _ key: inout MDB_val, _ value: inout MDB_val, _ copiedBytes: inout Int
  ) throws(LMDBError) -> Int32 {
    var writing: OpaquePointer?
    try LMDBError.check(mdb_txn_begin(copy, nil, 0, &writing), "copy", target)
    var (status, bytes) = (status, 0)
    while status == MDB_SUCCESS, bytes < Self.sliceBytes {
      bytes += key.mv_size + value.mv_size
      let put = mdb_put(writing, table, &key, &value, UInt32(MDB_APPEND))
      guard put == MDB_SUCCESS else {
        mdb_txn_abort(writing)
        throw LMDBError.from(status: put, action: "copy", path: target)
      }
      status = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
    }
    try LMDBError.check(mdb_txn_commit(writing), "copy", target)
    KillPoint.pass(.copySliceWritten)
    copiedBytes += bytes
    return status
  }
}
