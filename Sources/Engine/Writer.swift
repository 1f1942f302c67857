import Values
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
  /// Spaces read or changed so far.
  private var spaces: [ExactString: SpaceWriter] = [:]
  private var hasAllSpaces = false
  var pages = PageCache()
  var words: [[UInt8]: UInt32] = [:]
  var columns: [ExactString: UInt32] = [:]
  /// Items that this transaction knows to be named by events.
  var named: Set<Ordinal> = []
  /// Changes of the word index; nil until there is one.
  var terms: PostingChanges?
  /// Changes of what is counted of events; nil until there is one.
  var counts: CountChanges?
  /// Whether items are changed whose words stay the same.
  var keepsTerms = false
  var due = DueWork()
  var changedRecords = ChangedRecords()
  /// Whether spaces, by their numbers, go into another one's vectors, as far as somebody asked.
  var isSource: [UInt32: Bool] = [:]
  /// Whether texts that are changed become vectors of the spaces that have an encoder; else their old vectors go.
  package var embedsTexts = true

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
    _ = try deriveVectors()
    try flushTerms()
    try flushCounts()
    try pages.flush(transaction)
    for (name, space) in spaces.sorted(by: { $0.key < $1.key }) where space.isChanged {
      let record = space.record
      try transaction.put(tables.space, name.value, record.encoded())
      if engine.policy.wantsMerge(record) { due.spaces.insert(name) }
      if engine.policy.holdsWriterUp(record) { due.holdsWriterUp = true }
    }
    if store != storeBefore { try transaction.put(tables.meta, "store", store.encoded()) }
  }

  /// The space of that name.
  /// - Throws: `.spaceNotFound`, which names the spaces there are.
  package func space(_ name: String) throws -> SpaceWriter {
    if let space = try existingSpace(name) { return space }
    throw EngineError.spaceNotFound(name, among: try transaction.spaceRecords(tables).map(\.name))
  }

  /// The space of that name; nil where there is none.
  package func existingSpace(_ name: String) throws -> SpaceWriter? {
    if let space = spaces[ExactString(name)] { return space }
    return try transaction.spaceRecord(name, tables).map { keep($0) }
  }

  /// All spaces over one kind of records, in the order they were made.
  func spaces(over kind: RecordKind) throws -> [SpaceWriter] {
    if !hasAllSpaces {
      for record in try transaction.spaceRecords(tables) where spaces[ExactString(record.name)] == nil {
        keep(record)
      }
      hasAllSpaces = true
    }
    return spaces.values.filter { $0.record.kind == kind }.sorted { $0.record.number < $1.record.number }
  }

  /// Keeps a space that is stored.
  @discardableResult
  func keep(_ record: SpaceRecord) -> SpaceWriter {
    let space = SpaceWriter(record, self)
    spaces[ExactString(record.name)] = space
    return space
  }

  func forget(space name: String) { spaces[ExactString(name)] = nil }

  /// The number of a word, given now if it is new.
  func word(_ bytes: [UInt8]) throws -> UInt32 {
    if let number = words[bytes] { return number }
    let key = BytesKey(bytes)
    let number: UInt32
    if let value = try transaction.get(tables.wordID, key) {
      number = try decodeNumber(value, key: bytes, "word.id", String(decoding: bytes, as: UTF8.self))
    } else {
      number = store.nextWord
      guard number < ListKey.numbers else {
        throw EngineError(.unsupported, "a store holds at most \(ListKey.numbers) different words")
      }
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
