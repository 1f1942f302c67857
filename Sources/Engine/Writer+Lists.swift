import LMDB
import Records

/// Where lists lie in the table of columns: behind all columns, by kind and number.
enum ListKey {
  /// What each item's postings are under, with the number of their term.
  static let terms: UInt32 = 2 << 30
  /// What an item's co-occurrences are under, with the item's ordinal.
  static let coOccurrences: UInt32 = 3 << 30
  /// How many lists of a kind there can be; the last number of co-occurrences is that of the counts.
  static let numbers: UInt32 = 1 << 30
  /// What the counts of all items are under.
  static let counts: UInt32 = .max

  /// The last key of a kind.
  static func last(_ kind: UInt32) -> BlockKey { BlockKey(kind | (numbers - 1), .max) }
}

extension Writer {
  /// Puts changes of one list, by ascending ordinal, into its blocks.
  /// - Parameters:
  ///   - list: its number, for the checksums.
  ///   - prefix: what its blocks are under.
  ///   - combined: what an entry becomes by a change, nil where it goes; it is nil where there is none.
  func mergeList<Entry: ListEntry, Change>(
    _ list: UInt32, prefix: UInt32, _ changes: [(ordinal: UInt32, change: Change)],
    combined: (_ entry: Entry?, _ ordinal: UInt32, _ change: Change) -> Entry?
  ) throws {
    var rest = changes[...]
    while let change = rest.first {
      // The block that the ordinal belongs to, and where the next one begins.
      let (block, end) = try entries(near: change.ordinal, list, prefix) as ([Entry], UInt32?)
      var merged: [Entry] = []
      merged.reserveCapacity(block.count + 8)
      var old = block[...]
      while let next = rest.first, next.ordinal < end ?? .max {
        while let first = old.first, first.ordinal < next.ordinal { merged.append(old.removeFirst()) }
        let stored = old.first?.ordinal == next.ordinal ? old.removeFirst() : nil
        if let entry = combined(stored, next.ordinal, next.change) { merged.append(entry) }
        rest.removeFirst()
      }
      merged += old
      if let first = block.first?.ordinal, first != merged.first?.ordinal {
        try transaction.delete(tables.column, PairKey(prefix, first))
      }
      // A list that grows at its end has full blocks; one that grows anywhere halves.
      let isGrownAtEnd = end == nil && changes.last?.ordinal == merged.last?.ordinal
      let size = merged.count <= Entry.capacity || isGrownAtEnd ? Entry.capacity : Entry.capacity / 2
      for start in stride(from: 0, to: merged.count, by: size) {
        let part =
          merged.count <= size ? merged : Array(merged[start..<min(start + size, merged.count)])
        try transaction.put(
          tables.column, PairKey(prefix, part[0].ordinal), Entry.encoded(part, list: list))
      }
    }
  }

  /// The entries of the block that an ordinal belongs to, and the first ordinal of the one behind it.
  private func entries<Entry: ListEntry>(
    near ordinal: UInt32, _ list: UInt32, _ prefix: UInt32
  ) throws -> (block: [Entry], end: UInt32?) {
    func key(_ bytes: UnsafeRawBufferPointer) -> BlockKey? {
      BlockKey(keyBytes: bytes).flatMap { $0.first == prefix ? $0 : nil }
    }
    var (first, end): (UInt32?, UInt32?) = (nil, nil)
    var block: [Entry] = []
    try transaction.withCursor(tables.column) { cursor in
      try BlockKey(prefix, ordinal).withKeyBytes { bytes in
        var isThere = try cursor.seek(keyBytes: bytes)
        if isThere, let found = key(cursor.key), found.second == ordinal {
          first = ordinal
        } else {
          if isThere { end = key(cursor.key)?.second }
          isThere = try cursor.seekBefore(keyBytes: bytes)
          first = isThere ? key(cursor.key)?.second : nil
        }
        if first == nil, let next = end {
          // Before the first block: its beginning moves.
          isThere = try cursor.seek(keyBytes: bytes)
          first = isThere ? next : nil
        }
        if let first {
          try EngineError.decoding("\(Entry.noun) of list \(list) from", "\(first)") {
            try Entry.forEach(in: cursor.value, list: list, first: first) { block.append($0) }
          }
          end = try cursor.next() ? key(cursor.key)?.second : nil
        }
      }
    }
    return (block, end)
  }
}
