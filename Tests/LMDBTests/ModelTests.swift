import TestSupport
import Basics
import LMDB
import Testing

/// Random operations against a dictionary, with reopening, compaction, aborted writes and a growing map.
@Suite struct ModelTests {
  @Test(arguments: [11, 12, 13] as [UInt64]) func sameAsADictionary(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let directory = try TemporaryDirectory()
    let path = directory.file("store")
    let options = Environment.Options.testing(["a", "b"], mapSizeBytes: 1 << 16)
    var environment = try Environment.create(path: path, options: options)
    var model: [UInt32: [UInt8]] = [:]
    for round in 0..<60 {
      let changes = (0..<20).map { _ in randomChange(&generator) }
      let isAborted = UInt8.random(in: 0...9, using: &generator) == 0
      let thrown = code { try apply(changes, to: environment, isAborted: isAborted) }
      #expect(thrown == (isAborted ? .other : nil), "round \(round), \(generator)")
      if !isAborted { for (key, value) in changes { model[key] = value } }
      switch UInt8.random(in: 0...19, using: &generator) {
      case 0:
        environment.close()
        environment = try Environment.open(path: path, options: options)
      case 1: try environment.compact()
      default: break
      }
      try expect(environment, equals: model, "round \(round), \(generator)")
    }
    #expect(try environment.info.mapSizeBytes > 1 << 16, "the map had to grow")
    environment.close()
  }

  /// nil deletes. Most values are small, some need overflow pages.
  private func randomChange(_ generator: inout SeededGenerator) -> (UInt32, [UInt8]?) {
    let key = UInt32.random(in: 0..<200, using: &generator)
    switch UInt8.random(in: 0...9, using: &generator) {
    case 0...3: return (key, nil)
    case 4: return (key, generator.bytes(Int.random(in: 5_000...40_000, using: &generator)))
    default: return (key, generator.bytes(Int.random(in: 0...300, using: &generator)))
    }
  }

  private func apply(
    _ changes: [(UInt32, [UInt8]?)], to environment: Environment, isAborted: Bool
  ) throws {
    let tables = (environment.table("a", key: UInt32.self), environment.table("b", key: UInt32.self))
    try environment.write { transaction in
      for (key, value) in changes {
        // Half of the keys live in each table.
        let table = key % 2 == 0 ? tables.0 : tables.1
        if let value { try transaction.put(table, key, value) } else { try transaction.delete(table, key) }
      }
      if isAborted { throw LMDBError(.other, "on purpose", path: "") }
    }
  }

  private func expect(
    _ environment: Environment, equals model: [UInt32: [UInt8]], _ note: Comment
  ) throws {
    var found: [UInt32: [UInt8]] = [:]
    for name in ["a", "b"] {
      for entry in try environment.contents(environment.table(name, key: UInt32.self)) {
        found[try #require(entry.key.withUnsafeBytes { UInt32(keyBytes: $0) })] = entry.value
      }
    }
    #expect(found == model, note)
  }
}
