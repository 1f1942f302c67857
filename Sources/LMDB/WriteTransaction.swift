import Basics
package import CLMDB

/// The one transaction that changes the store; lent by `Environment.write`, bound to its thread.
package struct WriteTransaction: ~Copyable, Transaction {
  package let raw: OpaquePointer
  package let environment: Environment

  package init(raw: OpaquePointer, environment: Environment) {
    self.raw = raw
    self.environment = environment
  }

  /// Sets the value of `key`, replacing an old one.
  /// - Throws: `.keyEmpty`, `.keyTooLong`, `.valueTooLarge`, `.mapFull` (let it pass: `write` then retries).
  @inlinable package func put<Key: LMDBKey>(
    _ table: Table<Key>, _ key: borrowing Key, _ value: UnsafeRawBufferPointer
  ) throws(LMDBError) {
    try key.withKeyBytes { bytes throws(LMDBError) in
      _ = try put(table.handle, bytes, MDB_val(value), flags: 0, owner: table.owner)
    }
  }

  /// Sets the value of `key`, replacing an old one.
  package func put<Key: LMDBKey>(
    _ table: Table<Key>, _ key: borrowing Key, _ value: [UInt8]
  ) throws(LMDBError) {
    try key.withKeyBytes { bytes throws(LMDBError) in
      try BytesKey(value).withKeyBytes { value throws(LMDBError) in
        _ = try put(table.handle, bytes, MDB_val(value), flags: 0, owner: table.owner)
      }
    }
  }

  /// Makes room for a value of `count` bytes and returns it, to be filled before anything else is written.
  ///
  /// The old bytes of the place are not cleared: fill all of it.
  @inlinable package func put<Key: LMDBKey>(
    _ table: Table<Key>, _ key: borrowing Key, reserving count: Int
  ) throws(LMDBError) -> UnsafeMutableRawBufferPointer {
    precondition(count >= 0, "a value cannot have \(count) bytes")
    return try key.withKeyBytes { bytes throws(LMDBError) in
      let space = MDB_val(mv_size: count, mv_data: nil)
      let value = try put(table.handle, bytes, space, flags: UInt32(MDB_RESERVE), owner: table.owner)
      return UnsafeMutableRawBufferPointer(start: value.mv_data, count: value.mv_size)
    }
  }

  @usableFromInline func put(
    _ handle: MDB_dbi, _ keyBytes: UnsafeRawBufferPointer, _ value: MDB_val, flags: UInt32,
    owner: ObjectIdentifier
  ) throws(LMDBError) -> MDB_val {
    assert(owner == ObjectIdentifier(environment), "the table belongs to another environment")
    guard value.mv_size <= Limits.valueBytes else {
      throw LMDBError(
        .valueTooLarge,
        "a value of \(value.mv_size) bytes; the limit is \(Limits.valueBytes), store it in pieces",
        path: environment.path)
    }
    var key = MDB_val(keyBytes)
    var value = value
    let status = mdb_put(raw, handle, &key, &value, flags)
    guard status == MDB_SUCCESS else {
      throw environment.failure(status, "put", keyByteCount: keyBytes.count)
    }
    return value
  }

  /// Removes the entry of `key`; false when there was none.
  @discardableResult
  package func delete<Key: LMDBKey>(_ table: Table<Key>, _ key: borrowing Key) throws(LMDBError) -> Bool {
    assert(table.owner == ObjectIdentifier(environment), "the table belongs to another environment")
    return try key.withKeyBytes { bytes throws(LMDBError) in
      var key = MDB_val(bytes)
      let status = mdb_del(raw, table.handle, &key, nil)
      if status == MDB_SUCCESS { return true }
      if status == MDB_NOTFOUND { return false }
      throw environment.failure(status, "delete", keyByteCount: bytes.count)
    }
  }

  /// Removes the entries from `from` through `through`, both included, at most `limit` of them.
  /// - Returns: how many were removed; `limit` means that there may be more.
  @discardableResult
  package func deleteRange<Key: LMDBKey>(
    _ table: Table<Key>, from: Key? = nil, through: Key? = nil, limit: Int = .max
  ) throws(LMDBError) -> Int {
    let cursor = try Cursor(table, in: self)
    var isThere = if let from { try cursor.seek(from) } else { try cursor.first() }
    var count = 0
    while isThere, count < limit, try isBeforeOrAt(through, cursor.key) {
      try cursor.deleteCurrent()
      count += 1
      isThere = try cursor.next()
    }
    return count
  }

  private func isBeforeOrAt<Key: LMDBKey>(
    _ limit: Key?, _ key: UnsafeRawBufferPointer
  ) throws(LMDBError) -> Bool {
    guard let limit else { return true }
    return try limit.withKeyBytes { bytes throws(LMDBError) in compareKeys(key, bytes) <= 0 }
  }
}
