import TestSupport
import LMDB
import Testing

@Suite struct RoundTripTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("store")
  }

  @Test func writesAreReadBackAfterReopening() throws {
    let options = Environment.Options(tableNames: ["a", "names"])
    let first = try Environment.create(path: path, options: options)
    let commit = try first.write { transaction in
      try transaction.put(first.table("a", key: UInt32.self), 7, [1, 2, 3])
      try transaction.put(first.table("names", key: String.self), "émile", [])
      return transaction.id
    }
    #expect(try first.info.lastTransactionID == commit)
    first.close()
    #expect(code { _ = try first.beginRead() } == .closed)

    let second = try Environment.open(path: path, options: options)
    defer { second.close() }
    #expect(try second.value(second.table("a", key: UInt32.self), 7) == [1, 2, 3])
    #expect(try second.value(second.table("a", key: UInt32.self), 8) == nil)
    #expect(try second.value(second.table("names", key: String.self), "émile") == [])
  }

  @Test func aThrowingWriteChangesNothing() throws {
    let environment = try Environment.create(path: path, options: .testing())
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    let thrown = code {
      try environment.write { transaction in
        try transaction.put(table, 1, [1])
        throw LMDBError(.other, "on purpose", path: "")
      }
    }
    #expect(thrown == .other)
    #expect(try environment.value(table, 1) == nil)
  }

  @Test func aSnapshotDoesNotChange() throws {
    let environment = try Environment.create(path: path, options: .testing())
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try environment.write { try $0.put(table, 1, [1]) }
    let snapshot = try environment.beginRead()
    try environment.write { try $0.put(table, 1, [2]) }
    let old = try snapshot.get(table, 1).map { Array($0) }
    #expect(old == [1])
    let isCurrent = try environment.isNewest(snapshot.id)
    #expect(!isCurrent)
    snapshot.end()
    #expect(try environment.value(table, 1) == [2])
  }

  @Test func reservedValuesAreFilledInPlace() throws {
    let environment = try Environment.create(path: path, options: .testing())
    defer { environment.close() }
    let table = environment.table("a", key: UInt64.self)
    try environment.write { transaction in
      let space = try transaction.put(table, 5, reserving: 100_000)
      for index in space.indices { space[index] = UInt8(truncatingIfNeeded: index) }
    }
    let value = try #require(try environment.value(table, 5))
    #expect(value == (0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
  }

  @Test func limitsAreErrors() throws {
    let environment = try Environment.create(path: path, options: .testing())
    defer { environment.close() }
    let table = environment.table("a", key: BytesKey.self)
    func put(_ key: [UInt8], _ size: Int) -> LMDBError.Code? {
      code { try environment.write { _ = try $0.put(table, BytesKey(key), reserving: size) } }
    }
    #expect(put([], 1) == .keyEmpty)
    #expect(put(Array(repeating: 1, count: 512), 1) == .keyTooLong)
    #expect(put(Array(repeating: 1, count: 511), 1) == nil)
    #expect(put([1], (16 << 20) + 1) == .valueTooLarge)
    #expect(put([1], 16 << 20) == nil)
  }

  @Test func writeInsideWriteIsAnError() throws {
    let environment = try Environment.create(path: path, options: .testing())
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    try environment.write { transaction in
      try transaction.put(table, 1, [1])
      #expect(code { try environment.write { _ in } } == .nestedWrite)
      #expect(code { try environment.compact() } == .nestedWrite)
      // Reading beside it is allowed and sees the last commit.
      #expect(try environment.value(table, 1) == nil)
    }
    #expect(try environment.value(table, 1) == [1])
  }

  @Test func anErrorHiddenInsideAWriteIsNotCommitted() throws {
    let environment = try Environment.create(path: path, options: .testing(mapSizeBytes: 1 << 16))
    defer { environment.close() }
    let table = environment.table("a", key: UInt32.self)
    var runs = 0
    try environment.write { transaction in
      runs += 1
      // Too large for the first maps; the error is swallowed, `write` notices all the same.
      _ = try? transaction.put(table, 1, [UInt8](repeating: 7, count: 200_000))
    }
    #expect(runs > 1)
    #expect(try environment.value(table, 1)?.count == 200_000)
  }
}
