import Basics
import LMDB
package import Records

/// The changes of one write transaction, with what they touch often kept in memory until `finish`.
///
/// Lives inside one call of `StorageEngine.write`, on its thread.
package final class Writer {
  let transaction: WriteTransaction
  let tables: Tables
  let engine: StorageEngine
  package internal(set) var store: StoreRecord
  private let storeBefore: StoreRecord
  /// Space records read or changed so far.
  private var spaces: [ExactString: SpaceRecord] = [:]
  private var changedSpaces: Set<ExactString> = []
  var pages = PageCache()
  var words: [[UInt8]: UInt32] = [:]
  var columns: [ExactString: UInt32] = [:]
  /// Items that this transaction knows to be named by events.
  var named: Set<Ordinal> = []
  private(set) var due = DueMerges()

  init(_ transaction: consuming WriteTransaction, engine: StorageEngine) throws {
    tables = engine.tables
    store = try transaction.storeRecord(engine.tables)
    storeBefore = store
    store.formatVersion = StoreRecord.formatVersion
    self.engine = engine
    self.transaction = transaction
  }

  /// Writes what is still in memory; the commit follows.
  func finish() throws {
    try pages.flush(transaction)
    for name in changedSpaces.sorted() {
      guard let record = spaces[name] else { continue }
      try transaction.put(tables.space, name.value, record.encoded())
      if engine.policy.wantsMerge(record) { due.spaces.insert(name) }
      if engine.policy.holdsWriterUp(record) { due.holdsWriterUp = true }
    }
    if store != storeBefore { try transaction.put(tables.meta, "store", store.encoded()) }
  }

  /// The space of that name.
  /// - Throws: `.spaceNotFound`, which names the spaces there are.
  package func space(_ name: String) throws -> SpaceRecord {
    if let record = spaces[ExactString(name)] { return record }
    guard let record = try transaction.spaceRecord(name, tables) else {
      throw EngineError.spaceNotFound(name, among: try transaction.spaceRecords(tables).map(\.name))
    }
    spaces[ExactString(name)] = record
    return record
  }

  /// All spaces, changes of this transaction included.
  func allSpaces() throws -> [SpaceRecord] {
    try transaction.spaceRecords(tables).map { spaces[ExactString($0.name)] ?? $0 }
  }

  func update(_ record: SpaceRecord) {
    spaces[ExactString(record.name)] = record
    changedSpaces.insert(ExactString(record.name))
  }

  func forget(space name: String) {
    spaces[ExactString(name)] = nil
    changedSpaces.remove(ExactString(name))
  }

  /// The number of a word, given now if it is new.
  func word(_ bytes: [UInt8]) throws -> UInt32 {
    if let number = words[bytes] { return number }
    let key = BytesKey(bytes)
    let number: UInt32
    if let value = try transaction.get(tables.wordID, key) {
      number = try decodeNumber(value, key: bytes, "word.id", String(decoding: bytes, as: UTF8.self))
    } else {
      number = store.nextWord
      store.nextWord += 1
      try transaction.put(
        tables.wordID, key, bytes.withUnsafeBytes { NumberRecord.encode(number, key: $0) })
      try transaction.put(
        tables.word, number,
        Envelope.seal { writer in bytes.withUnsafeBytes { writer.append(contentsOf: $0) } })
    }
    words[bytes] = number
    return number
  }
}

extension EngineError {
  static func spaceNotFound(_ name: String, among names: [String]) -> EngineError {
    let list =
      names.isEmpty ? "it has none yet" : "it has \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
    return EngineError(.spaceNotFound, "the store has no space \"\(name)\"; \(list)")
  }
}

/// Page blocks changed in this transaction, written once at its end.
struct PageCache {
  private struct Key: Hashable {
    let kind: BlockKind
    let prefix: UInt32
    let block: UInt32
  }
  private final class Page {
    let bytes: UnsafeMutableRawBufferPointer = .allocate(byteCount: PageBlock.byteCount, alignment: 16)
    var isChanged = false
    deinit { bytes.deallocate() }
  }
  private var pages: [Key: Page] = [:]
  private var tables: [BlockKind: Table<BlockKey>] = [:]
  private var last: (key: Key, page: Page)?

  /// The bytes of a block: as changed before, as stored, or new with `fill` in every byte.
  /// - Parameter changing: whether the caller writes them, so that they must be stored at the end.
  mutating func page(
    _ kind: BlockKind, _ table: Table<BlockKey>, prefix: UInt32, block: UInt32, fill: UInt8, changing: Bool,
    _ transaction: borrowing WriteTransaction
  ) throws -> UnsafeMutableRawBufferPointer {
    let key = Key(kind: kind, prefix: prefix, block: block)
    let page: Page
    if let last, last.key == key {
      page = last.page
    } else {
      page = try pages[key] ?? load(key, table, fill, transaction)
      last = (key, page)
    }
    if changing { page.isChanged = true }
    return page.bytes
  }

  private mutating func load(
    _ key: Key, _ table: Table<BlockKey>, _ fill: UInt8, _ transaction: borrowing WriteTransaction
  ) throws -> Page {
    let page = Page()
    if let stored = try transaction.get(table, PairKey(key.prefix, key.block)) {
      try checkPageBlock(stored, key.kind, key.prefix, key.block)
      page.bytes.copyMemory(from: stored)
    } else {
      _ = page.bytes.initializeMemory(as: UInt8.self, repeating: fill)
    }
    pages[key] = page
    tables[key.kind] = table
    return page
  }

  /// Stores every page, in key order.
  mutating func flush(_ transaction: borrowing WriteTransaction) throws {
    let ordered = pages.sorted {
      ($0.key.kind.rawValue, $0.key.prefix, $0.key.block) < (
        $1.key.kind.rawValue, $1.key.prefix, $1.key.block
      )
    }
    for (key, page) in ordered where page.isChanged {
      BlockHeader.seal(page.bytes, kind: key.kind, generation: key.prefix, number: key.block)
      guard let table = tables[key.kind] else { continue }
      try transaction.put(table, PairKey(key.prefix, key.block), UnsafeRawBufferPointer(page.bytes))
    }
    pages.removeAll()
    last = nil
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Sets cell `index` of a page block of words.
  func setWord(_ index: Int, to value: UInt32) {
    storeBytes(of: value.littleEndian, toByteOffset: BlockHeader.byteCount + index * 4, as: UInt32.self)
  }
}
