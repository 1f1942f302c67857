public import Platform

/// What a walk's closure wants after an entry.
package enum WalkStep: Sendable {
  case next
  case stop
}

extension Transaction where Self: ~Copyable {
  /// Calls `body` with the bytes of each key and value, in key order.
  ///
  /// Decode a key with `Key(keyBytes:)`. In a write transaction `body` must not write.
  /// - Parameters:
  ///   - from: the smallest key wanted; nil for no limit.
  ///   - through: the largest key wanted, included; nil for no limit.
  /// - Throws: `LMDBError`, or what `body` throws.
  /// - Complexity: O(log n + entries visited).
  @inlinable package func forEach<Key: LMDBKey>(
    _ table: Table<Key>, from: Key? = nil, through: Key? = nil,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> WalkStep
  ) throws {
    try withOptionalKeyBytes(from) { from in
      try withOptionalKeyBytes(through) { through in
        try withCursor(table) { cursor in
          var isThere = if let from { try cursor.seek(keyBytes: from) } else { try cursor.first() }
          while isThere {
            if let through, compareKeys(cursor.key, through) > 0 { return }
            guard try body(cursor.key, cursor.value) == .next else { return }
            isThere = try cursor.next()
          }
        }
      }
    }
  }

  /// Calls `body` with the bytes of each key and value whose key bytes begin with those of `prefix`.
  ///
  /// For a table of `PairKey<A, B>` the prefix is an `A`; for raw bytes use a `BytesKey`.
  /// - Throws: `LMDBError`, or what `body` throws.
  /// - Complexity: O(log n + entries visited).
  @inlinable package func forEach<Key: LMDBKey, Prefix: LMDBKey>(
    _ table: Table<Key>, prefix: Prefix, reverse: Bool = false,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> WalkStep
  ) throws {
    try prefix.withKeyBytes { bytes in
      try withCursor(table) { cursor in
        var isThere = reverse ? try cursor.seekLast(prefix: bytes) : try cursor.seek(keyBytes: bytes)
        while isThere, cursor.key.starts(withBytesOf: bytes) {
          guard try body(cursor.key, cursor.value) == .next else { return }
          isThere = reverse ? try cursor.previous() : try cursor.next()
        }
      }
    }
  }

  @inlinable func withOptionalKeyBytes<Key: LMDBKey>(
    _ key: Key?, _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    guard let key else { return try body(nil) }
    try key.withKeyBytes { bytes in try body(bytes) }
  }
}

extension Cursor {
  /// Moves to the last entry whose key begins with `prefix`, or to one before; false when there is none.
  package func seekLast(prefix: UnsafeRawBufferPointer) throws(LMDBError) -> Bool {
    // The smallest bytes behind all keys with the prefix: the last byte that can be raised is raised.
    guard let raised = prefix.lastIndex(where: { $0 != 0xFF }) else { return try last() }
    var successor = Array(prefix[...raised])
    successor[raised] += 1
    return try BytesKey(successor).withKeyBytes { bytes throws(LMDBError) in try seekBefore(keyBytes: bytes) }
  }
}

/// The order of keys in a table: by bytes, a prefix before what it begins. Negative, 0 or positive.
@inlinable package func compareKeys(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  let common = Swift.min(left.count, right.count)
  if common > 0, let a = left.baseAddress, let b = right.baseAddress {
    let order = memcmp(a, b, common)
    if order != 0 { return Int(order) }
  }
  return left.count - right.count
}

extension UnsafeRawBufferPointer {
  @inlinable package func starts(withBytesOf prefix: UnsafeRawBufferPointer) -> Bool {
    guard count >= prefix.count else { return false }
    guard let a = baseAddress, let b = prefix.baseAddress, !prefix.isEmpty else { return true }
    return memcmp(a, b, prefix.count) == 0
  }
}
