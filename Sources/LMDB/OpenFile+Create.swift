import Basics
import CLMDB
import Platform

extension OpenFile {
  /// Makes a store with empty tables at `path`, complete or not at all: it is built under another name.
  /// - Throws: `.alreadyExists`, `.cannotCreate`, `.diskFull`, `.permissionDenied`, `.ioError`.
  /// - Parameter entries: what the tables hold from the beginning.
  static func create(
    _ path: String, options: Environment.Options, entries: [Environment.Entry]
  ) throws(LMDBError) {
    var wanted = options
    wanted.readOnly = false
    wanted.durability = .sync
    try NewFile.requireAbsent(path)
    let draft = TemporaryName.make(for: path, purpose: .create)
    let descriptor = try NewFile.create(draft)
    defer {
      Platform.close(descriptor)
      unlink(draft)
    }
    flock(descriptor, LOCK_SH | LOCK_NB)
    // Nobody else knows the draft, so it needs no lock file.
    let handle = try openHandle(draft, options: wanted, mapSize: 1 << 26, extraFlags: MDB_NOLOCK)
    do throws(LMDBError) {
      let tables = try openTables(handle, names: wanted.tableNames, create: true, path: draft)
      try put(entries, into: tables, of: handle, path: draft)
    } catch {
      mdb_env_close(handle)
      throw error
    }
    mdb_env_close(handle)
    try LMDBError.check(DurableFile.sync(descriptor), "syncing the file", draft)
    // What can fail comes before the store is there.
    guard let status = FileStatus(descriptor: descriptor) else {
      throw LMDBError.from(status: errno, action: "creating the file", path: path)
    }
    _ = try LockFile.prepare(
      besideStore: path, status, maxReaders: wanted.maxReaders, isReadOnly: false)
    try LMDBError.check(DurableFile.publish(draft, as: path), "creating the file", path)
  }

  private static func put(
    _ entries: [Environment.Entry], into tables: [String: MDB_dbi], of handle: OpaquePointer, path: String
  ) throws(LMDBError) {
    guard !entries.isEmpty else { return }
    var transaction: OpaquePointer?
    var status = mdb_txn_begin(handle, nil, 0, &transaction)
    for entry in entries where status == MDB_SUCCESS {
      guard let table = tables[entry.table] else { preconditionFailure("no table \(entry.table)") }
      var (keyBytes, valueBytes) = (entry.key, entry.value)
      status = keyBytes.withUnsafeMutableBytes { key in
        valueBytes.withUnsafeMutableBytes { value in
          var (key, value) = (
            MDB_val(mv_size: key.count, mv_data: key.baseAddress),
            MDB_val(mv_size: value.count, mv_data: value.baseAddress)
          )
          return mdb_put(transaction, table, &key, &value, 0)
        }
      }
      if status != MDB_SUCCESS { mdb_txn_abort(transaction) }
    }
    if status == MDB_SUCCESS { status = mdb_txn_commit(transaction) }
    try LMDBError.check(status, "creating the file", path)
  }
}
