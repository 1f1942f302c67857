import TestSupport
import LMDB
import Testing

/// Walks over a table of pairs against a sorted array.
@Suite struct WalkTests {
  typealias Key = PairKey<UInt32, UInt32>
  let directory: TemporaryDirectory
  let environment: Environment
  let table: Table<Key>
  /// first: 0, 10, …, 90 and the largest number; second: 0, 2, 4, …, 18.
  let keys: [Key]

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment.create(path: directory.file("store"), options: .testing())
    table = environment.table("a")
    let firsts = (0..<10).map { UInt32($0 * 10) } + [UInt32.max]
    keys = firsts.flatMap { first in (0..<10).map { Key(first, UInt32($0 * 2)) } }
    try environment.write { [keys, table] transaction in
      for key in keys.shuffled() { try transaction.put(table, key, [UInt8(truncatingIfNeeded: key.second)]) }
    }
  }

  private func walk(from: Key? = nil, through: Key? = nil) throws -> [Key] {
    try environment.read { transaction in
      var seen: [Key] = []
      try transaction.forEach(table, from: from, through: through) { key, value in
        let decoded = try #require(Key(keyBytes: key))
        #expect(value.first == UInt8(truncatingIfNeeded: decoded.second))
        seen.append(decoded)
        return .next
      }
      return seen
    }
  }

  private func isInside(_ key: Key, _ from: Key?, _ through: Key?) -> Bool {
    let number = { (key: Key) in UInt64(key.first) << 32 | UInt64(key.second) }
    return (from.map { number($0) <= number(key) } ?? true)
      && (through.map { number(key) <= number($0) } ?? true)
  }

  @Test func everyRange() throws {
    let limits: [Key?] = [
      nil, Key(0, 0), Key(0, 1), Key(35, 0), Key(40, 4), Key(40, 5), Key(90, 18), Key(90, 19), Key(.max, 18),
      Key(.max, .max),
    ]
    for from in limits {
      for through in limits {
        let expected = keys.filter { isInside($0, from, through) }
        #expect(try walk(from: from, through: through) == expected, "\(String(describing: from))…")
      }
    }
  }

  @Test(arguments: [0, 5, 40, 90, 91, UInt32.max]) func prefixesInBothDirections(first: UInt32) throws {
    for reverse in [false, true] {
      let seen = try environment.read { transaction in
        var seen: [Key] = []
        try transaction.forEach(table, prefix: first, reverse: reverse) { key, _ in
          seen.append(try #require(Key(keyBytes: key)))
          return .next
        }
        return seen
      }
      let expected = keys.filter { $0.first == first }
      #expect(seen == (reverse ? expected.reversed() : expected))
    }
  }

  @Test func aWalkStopsWhenAsked() throws {
    try environment.read { transaction in
      var count = 0
      try transaction.forEach(table) { _, _ in
        count += 1
        return count == 7 ? .stop : .next
      }
      #expect(count == 7)
      let entries = try transaction.count(table)
      #expect(entries == keys.count)
    }
  }

  @Test func aCursorMovesBothWays() throws {
    try environment.read { transaction in
      try transaction.withCursor(table) { cursor in
        // A borrowed cursor cannot be captured by an expectation, so the answers are taken first.
        let seeked = (try cursor.seek(Key(40, 5)), Key(keyBytes: cursor.key))
        #expect(seeked == (true, Key(40, 6)))
        let before = (try cursor.previous(), Key(keyBytes: cursor.key))
        #expect(before == (true, Key(40, 4)))
        let after = (try cursor.next(), Key(keyBytes: cursor.key))
        #expect(after == (true, Key(40, 6)))
        let ends = (try cursor.last(), try cursor.next(), try cursor.seek(Key(.max, 19)))
        #expect(ends == (true, false, false))
        let starts = (try cursor.first(), try cursor.previous())
        #expect(starts == (true, false))
      }
    }
  }

  @Test func rangesAreDeletedUpToALimit() throws {
    let removed = try environment.write { transaction in
      let some = try transaction.deleteRange(table, from: Key(20, 0), through: Key(30, 18), limit: 7)
      let rest = try transaction.deleteRange(table, from: Key(20, 0), through: Key(30, 18))
      let one = try transaction.delete(table, Key(0, 0))
      let none = try transaction.delete(table, Key(0, 0))
      return (some, rest, one, none)
    }
    #expect(removed == (7, 13, true, false))
    #expect(try walk() == keys.filter { $0.first != 20 && $0.first != 30 && $0 != Key(0, 0) })
    try environment.write { _ = try $0.deleteRange(table) }
    #expect(try walk().isEmpty)
  }
}
