import Basics
@testable import Engine
import LMDB
import Platform
import Records
import TestSupport
import Testing
import VectorMath

/// A bit that turned in what a search reads in place: `verify` finds it, and a query that comes to it says so.
@Suite struct StoredDamageTests {
  private static let count = 300

  private func makeStore() throws -> TestStore {
    var generator = SeededGenerator(seed: 261)
    let store = try TestStore(encoding: .int8)
    try store.upsert(ids(0..<Self.count), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    return store
  }

  private func table(_ name: String, _ writer: Writer) -> Table<BlockKey> {
    switch name {
    case "links": writer.tables.links
    case "codes": writer.tables.codes
    case "upper": writer.tables.upper
    default: writer.tables.owners
    }
  }

  /// Turns a bit of the table's first block.
  private func turn(_ name: String, at offset: Int, _ store: TestStore) throws {
    let generation = try store.record.generation
    _ = try store.engine.write { writer in
      let key = BlockKey(generation, 0)
      var block = Array(try #require(try writer.transaction.get(table(name, writer), key)))
      block[offset < 0 ? block.count + offset : offset] ^= 4
      try writer.transaction.put(table(name, writer), key, block)
    }
    // What was verified is known to be sound for as long as the graph does not change; a new process knows nothing.
    try store.reopen()
  }

  /// First record, one in the middle, one of the last piece that is used; of upper layers their last link.
  @Test(arguments: [
    ("links", 48), ("links", 48 + 20 * 100), ("links", 48 + 20 * 250), ("codes", 48),
    ("codes", 48 + 64 * 200),
    ("upper", 48), ("upper", -1), ("owners", 48), ("owners", 48 + 4 * 299),
  ])
  func isFoundAndNamed(table: String, offset: Int) throws {
    let store = try makeStore()
    #expect(try store.engine.verify().ok)
    try turn(table, at: offset, store)
    #expect(try !store.engine.verify().ok)
    var generator = SeededGenerator(seed: 262)
    let query = generator.nextVector(dimension: store.dimension)
    func code(_ effort: Effort, _ restriction: Restriction = .init()) -> EngineError.Code? {
      do {
        _ = try store.query(query, k: Self.count, effort: effort, restriction: restriction)
        return nil
      } catch { return (error as? EngineError)?.code }
    }
    // A walk over everything, and a scan, which reads owners alone.
    #expect(code(.beam(Self.count)) == .corrupted)
    if table == "owners" { #expect(code(.exact) == .corrupted) }
  }

  /// A sound block of the word index that says something else than the texts.
  @Test(arguments: ["another", "gone", "more", "sums", "index"]) func wordsOfAnotherMomentAreFound(
    what: String
  ) throws {
    let store = try TestStore()
    _ = try store.engine.write { writer in
      for number in 0..<20 {
        try writer.upsert(EntityRecord(id: "i\(number)", text: "red bag \(number)"), .items)
      }
    }
    #expect(try store.engine.verify().ok)
    _ = try store.engine.write { writer in
      let key = Array("tred".utf8)
      let stored = try #require(try writer.transaction.get(writer.tables.wordID, BytesKey(key)))
      let term = try decodeNumber(stored, key: key, "word.id", "tred")
      let place = PairKey(ListKey.terms | term, UInt32(0))
      let block = try #require(try writer.transaction.get(writer.tables.column, place))
      var postings = try ListBlock<Posting>(decoding: block, list: term, first: 0)
      switch what {
      case "another": postings.entries[3].occurrences += 1
      case "more": postings.entries.append(.init(ordinal: 77, occurrences: 1, length: 3))
      case "gone": try writer.transaction.delete(writer.tables.column, place)
      case "sums": try writer.transaction.put(writer.tables.meta, "terms", WordIndexRecord().encoded())
      default: try writer.transaction.delete(writer.tables.meta, "terms")
      }
      if what == "another" || what == "more" {
        try writer.transaction.put(writer.tables.column, place, postings.encoded(list: term))
      }
    }
    try store.reopen()
    let problems = try store.engine.verify().problems
    #expect(!problems.isEmpty && problems.allSatisfy { $0.contains("word index") }, "\(problems)")
  }

  /// A page of an earlier moment has the right checksums: a column that was changed since its records, or the other way
  /// round, passed `verify` as long as both had as many values, and filters answered by the older one.
  @Test func columnsOfAnotherMomentAreFound() throws {
    let store = try TestStore(encoding: .float32)
    func set(_ price: Double) throws {
      _ = try store.engine.write { writer in
        for id in ids(0..<20) {
          try writer.upsert(EntityRecord(id: id, attributes: ["price": .number(price)]), .items)
        }
      }
    }
    func column() throws -> [UInt8] {
      try store.engine.write { writer in
        Array(try #require(try writer.transaction.get(writer.tables.column, BlockKey(0, 0))))
      }.result
    }
    try set(1)
    let older = try column()
    try set(2)
    #expect(try store.engine.verify().problems == [])
    _ = try store.engine.write { writer in
      try writer.transaction.put(writer.tables.column, BlockKey(0, 0), older)
    }
    #expect(
      try store.engine.verify().problems == [
        "items: column price has other values than the records' attributes"
      ])
  }

  /// A sound file of other software was called damaged, and a backup advised. Its main table has entries of its own:
  /// here the mark is taken away by which LMDB knows the entry for the record of a table.
  @Test func filesOfOtherSoftwareAreForeign() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("other")
    try Environment.create(path: path, options: Environment.Options(tableNames: ["x"])).close()
    let file = try #require(fopen(path, "r+b"))
    func number(_ place: Int) -> Int {
      var value: UInt64 = 0
      fseek(file, place, SEEK_SET)
      fread(&value, 8, 1, file)
      return Int(value)
    }
    let header = number(144) > number(4_096 + 144) ? 0 : 4_096
    let page = 4_096 * number(header + 88 + 40)
    fseek(file, page + (number(page + 16) & 0xFFFF) + 4, SEEK_SET)
    fputc(0, file)
    fclose(file)
    do {
      _ = try StorageEngine.structure(ofFileAt: path)
      Issue.record("it was taken for a store")
    } catch let error as EngineError { #expect(error.code == .foreign) }
  }
}
