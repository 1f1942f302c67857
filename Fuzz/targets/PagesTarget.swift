import LMDB
import Platform

extension FuzzTarget {
  /// Header pages and all others of a file: the walk over them ends, and a file in which it finds nothing is read and
  /// written by LMDB without a signal, and is sound again.
  static let pages = FuzzTarget("pages", maximumBytes: 8_192) { bytes in
    let content = ZeroRuns.unpacked(bytes, limit: limit)
    file.fill(content)
    let walked = try accepted(LMDBError.self) {
      try FileStructure.check(descriptor: file.descriptor, path: file.path)
    }
    guard let walked, walked.problems.isEmpty else { return }
    try hold(
      (walked.usedPageCount + walked.freePageCount) * 4_096 <= 2 * content.count + 4_096 * 64,
      "\(walked) of \(content.count) bytes")
    guard walked.entries.count <= 16, walked.entries.keys.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0) })
    else { return }
    try use(walked)
  } samples: {
    var samples: [[UInt8]] = []
    let path = file.path + "-sample"
    for kind in 0..<4 {
      var options = Environment.Options(tableNames: ["a", "b"])
      options.durability = .noSync
      unlink(path)
      let environment = try Environment.create(path: path, options: options)
      let table = environment.table("a", key: UInt32.self)
      if kind > 0 {
        // Values on pages of their own, some replaced and deleted, so that there are free pages.
        for round in 0..<(2 * kind) {
          try environment.write { transaction in
            for key in 0..<UInt32(8 * kind * kind) {
              let count = [3, 40, 2_100, 9_000][(Int(key) + round) % (kind == 3 ? 2 : 4)]
              try transaction.put(table, key, [UInt8](repeating: 0, count: count))
            }
            try transaction.delete(table, 1)
          }
        }
      }
      environment.close()
      let stored = try ByteFile.content(of: path)
      for suffix in ["", "-lock"] { unlink(path + suffix) }
      samples.append(ZeroRuns.packed(stored))
    }
    return samples
  }

  private static let limit = 1 << 20
  private static let file = ByteFile("pages")

  /// Reads every value with LMDB, changes an entry of each table, and walks over the result.
  private static func use(_ walked: FileStructure) throws {
    var options = Environment.Options(tableNames: walked.entries.keys.sorted())
    options.durability = .noSync
    options.mapSizeBytes = 1 << 24
    defer { unlink(file.path + "-lock") }
    guard
      let environment = try accepted(
        LMDBError.self, { try Environment.open(path: file.path, options: options) })
    else { return }
    defer { environment.close() }
    var sum = 0
    try environment.read { transaction in
      for (name, wanted) in walked.entries {
        var count = 0
        try transaction.forEach(environment.table(name, key: BytesKey.self)) { key, value in
          count += 1
          for byte in value { sum &+= Int(byte) }
          return .next
        }
        try hold(count == wanted, "table \(name) has \(count) entries, and not \(wanted)")
      }
    }
    let isWritten: Void? = try accepted(LMDBError.self) {
      try environment.write { transaction in
        for name in walked.entries.keys.sorted() {
          let table = environment.table(name, key: BytesKey.self)
          var first: [UInt8]?
          try transaction.forEach(table) { key, _ in
            first = Array(key)
            return .stop
          }
          if let first { try transaction.delete(table, BytesKey(first)) }
          try transaction.put(table, BytesKey([1, 2, 3]), [UInt8](repeating: 1, count: 5_000))
        }
      }
    }
    guard isWritten != nil else { return }
    let after = try FileStructure.check(descriptor: file.descriptor, path: file.path)
    try hold(after.problems.isEmpty, "after a write (\(sum)): \(after.problems)")
  }
}
