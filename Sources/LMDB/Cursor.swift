package import CLMDB

/// A place in a table, moved by hand; lent by `withCursor` only, so that it cannot outlive its transaction.
///
/// `key` and `value` may be read after a move that returned true, and until the transaction's next write.
package struct Cursor<Key: LMDBKey>: ~Copyable {
  @usableFromInline let raw: OpaquePointer
  @usableFromInline let environment: Environment
  /// On the heap, because moving is not mutating: a borrowed cursor can be moved.
  @usableFromInline let entry: UnsafeMutablePointer<(key: MDB_val, value: MDB_val)>

  init<T: Transaction & ~Copyable>(_ table: Table<Key>, in transaction: borrowing T) throws(LMDBError) {
    let owner = transaction.environment
    assert(table.owner == ObjectIdentifier(owner), "the table belongs to another environment")
    var opened: OpaquePointer?
    let status = mdb_cursor_open(transaction.raw, table.handle, &opened)
    guard status == MDB_SUCCESS, let opened else { throw owner.failure(status, "opening a cursor") }
    raw = opened
    environment = owner
    entry = .allocate(capacity: 1)
    entry.initialize(to: (MDB_val(), MDB_val()))
  }

  deinit {
    mdb_cursor_close(raw)
    entry.deallocate()
  }

  /// The key's bytes at the current entry.
  @inlinable package var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(entry.pointee.key) }

  /// The value's bytes at the current entry.
  @inlinable package var value: UnsafeRawBufferPointer { UnsafeRawBufferPointer(entry.pointee.value) }

  /// Moves to the first entry; false when the table is empty.
  @inlinable package func first() throws(LMDBError) -> Bool { try move(MDB_FIRST) }

  /// Moves to the last entry; false when the table is empty.
  @inlinable package func last() throws(LMDBError) -> Bool { try move(MDB_LAST) }

  /// Moves one entry on, to the first when not yet positioned; false at the end.
  @inlinable package func next() throws(LMDBError) -> Bool { try move(MDB_NEXT) }

  /// Moves one entry back, to the last when not yet positioned; false at the start.
  @inlinable package func previous() throws(LMDBError) -> Bool { try move(MDB_PREV) }

  /// Moves to the first entry whose key is not before `key`; false when there is none.
  @inlinable package func seek(_ key: borrowing Key) throws(LMDBError) -> Bool {
    try key.withKeyBytes { bytes throws(LMDBError) in try seek(keyBytes: bytes) }
  }

  /// Moves to the first entry whose key is not before these bytes; false when there is none.
  @inlinable package func seek(keyBytes: UnsafeRawBufferPointer) throws(LMDBError) -> Bool {
    // LMDB answers an empty key with BAD_VALSIZE, but everything is at or behind it.
    guard !keyBytes.isEmpty else { return try first() }
    entry.pointee.key = MDB_val(keyBytes)
    return try move(MDB_SET_RANGE, keyByteCount: keyBytes.count)
  }

  /// Moves to the last entry whose key is before these bytes; false when there is none.
  @inlinable package func seekBefore(keyBytes: UnsafeRawBufferPointer) throws(LMDBError) -> Bool {
    try seek(keyBytes: keyBytes) ? try previous() : try last()
  }

  @inlinable func move(_ operation: MDB_cursor_op, keyByteCount: Int = 1) throws(LMDBError) -> Bool {
    let status = mdb_cursor_get(raw, &entry.pointee.key, &entry.pointee.value, operation)
    if status == MDB_SUCCESS { return true }
    if status == MDB_NOTFOUND { return false }
    throw environment.failure(status, "moving a cursor", keyByteCount: keyByteCount)
  }

  /// Deletes the current entry of a write transaction; `next` then moves to the one after it.
  func deleteCurrent() throws(LMDBError) {
    let status = mdb_cursor_del(raw, 0)
    guard status == MDB_SUCCESS else { throw environment.failure(status, "deleting") }
  }
}
