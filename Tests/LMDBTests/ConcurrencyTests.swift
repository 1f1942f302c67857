import TestSupport
import LMDB
import Testing

@Suite struct ConcurrencyTests {
  /// Readers check that two entries, always written together, agree, while the map grows and the file is
  /// compacted under them.
  @Test func readersSeeWholeCommitsDuringGrowthAndCompaction() async throws {
    let directory = try TemporaryDirectory()
    let environment = try Environment.create(
      path: directory.file("store"), options: .testing(mapSizeBytes: 1 << 16, busyTimeoutSeconds: 60))
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try environment.write { transaction in
      try transaction.put(table, 0, [0])
      try transaction.put(table, UInt32.max, [0])
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          for _ in 0..<1500 {
            let pair = try environment.read { transaction in
              (try transaction.get(table, 0)?.first, try transaction.get(table, UInt32.max)?.first)
            }
            #expect(pair.0 == pair.1 && pair.0 != nil)
          }
        }
      }
      group.addTask {
        for round in 1...150 as ClosedRange<UInt32> {
          try environment.write { transaction in
            try transaction.put(table, 0, [UInt8(round)])
            try transaction.put(table, round, [UInt8](repeating: 1, count: 10_000))
            try transaction.put(table, UInt32.max, [UInt8(round)])
          }
          if round % 40 == 0 { try environment.compact() }
        }
      }
      try await group.waitForAll()
    }
    let count = try environment.read { try $0.count(table) }
    #expect(count == 152)
    #expect(try environment.info.mapSizeBytes > 1 << 20)
  }

  /// Writes of several threads are one after the other: no increment is lost.
  @Test func writersTakeTurns() async throws {
    let directory = try TemporaryDirectory()
    let environment = try Environment.create(path: directory.file("store"), options: .testing())
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<50 {
            try environment.write { transaction in
              let old = try transaction.get(table, 1)?.loadUnaligned(as: UInt32.self) ?? 0
              try withUnsafeBytes(of: old + 1) { try transaction.put(table, 1, $0) }
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let total = try environment.read { try $0.get(table, 1)?.loadUnaligned(as: UInt32.self) }
    #expect(total == 200)
  }
}
