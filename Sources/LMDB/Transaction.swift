public import CLMDB

/// Reading, the same in read and write transactions.
///
/// Addresses that are handed out point into the map. In a read transaction they are valid until it ends, in
/// a write transaction until its next write. One thread at a time may use a transaction; the first access
/// to a table inside a transaction even changes it. Resolve addresses first, then share those.
package protocol Transaction: ~Copyable {
  /// The MDB_txn.
  var raw: OpaquePointer { get }
  var environment: Environment { get }
}

extension Transaction where Self: ~Copyable {
  /// The commit this transaction sees (a read) or makes (a write).
  package var id: Int { Int(bitPattern: UInt(mdb_txn_id(raw))) }

  /// The value of `key`; nil when there is none.
  /// - Returns: bytes in the map, at an even address only; see `Transaction` for how long they last.
  /// - Complexity: O(log n) page visits.
  @inlinable package func get<Key: LMDBKey>(
    _ table: Table<Key>, _ key: borrowing Key
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    try key.withKeyBytes { bytes throws(LMDBError) in try get(table, keyBytes: bytes) }
  }

  /// The value of the key with these bytes; nil when there is none.
  @inlinable package func get<Key: LMDBKey>(
    _ table: Table<Key>, keyBytes: UnsafeRawBufferPointer
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    assert(table.owner == ObjectIdentifier(environment), "the table belongs to another environment")
    var key = MDB_val(keyBytes)
    var value = MDB_val()
    let status = mdb_get(raw, table.handle, &key, &value)
    if status == MDB_SUCCESS { return UnsafeRawBufferPointer(value) }
    if status == MDB_NOTFOUND { return nil }
    throw environment.failure(status, "get", keyByteCount: keyBytes.count)
  }

  package func contains<Key: LMDBKey>(_ table: Table<Key>, _ key: borrowing Key) throws(LMDBError) -> Bool {
    try get(table, key) != nil
  }

  /// The size of the file's pages. A value of more than half of it has pages of its own.
  package var pageBytes: Int {
    var statistics = MDB_stat()
    mdb_env_stat(mdb_txn_env(raw), &statistics)
    return Int(statistics.ms_psize)
  }

  /// The number of entries. O(1).
  package func count<Key: LMDBKey>(_ table: Table<Key>) throws(LMDBError) -> Int {
    assert(table.owner == ObjectIdentifier(environment), "the table belongs to another environment")
    var statistics = MDB_stat()
    let status = mdb_stat(raw, table.handle, &statistics)
    guard status == MDB_SUCCESS else { throw environment.failure(status, "count") }
    return Int(clamping: statistics.ms_entries)
  }

  /// Lends a cursor over `table`, not yet positioned, to `body`. Nest calls for several cursors.
  package func withCursor<Key: LMDBKey, R>(
    _ table: Table<Key>, _ body: (borrowing Cursor<Key>) throws -> R
  ) throws -> R {
    let cursor = try Cursor(table, in: self)
    return try body(cursor)
  }
}

extension MDB_val {
  /// LMDB takes mutable addresses but does not write to keys and values given to it.
  @inlinable package init(_ bytes: UnsafeRawBufferPointer) {
    self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }
}

extension UnsafeRawBufferPointer {
  @inlinable package init(_ value: MDB_val) {
    self.init(start: value.mv_data, count: value.mv_size)
  }
}
