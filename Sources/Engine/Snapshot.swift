package import Values
import Basics
import Filters
package import LMDB
package import Records
import Synchronization

/// One commit of the store: everything read through it belongs together.
// `transaction` is used under `lock` only; views do not change
package final class Snapshot: @unchecked Sendable {
  package let transactionID: Int
  package let engine: StorageEngine
  private let lock = RecursiveLock()
  private let transaction: ReadTransaction
  private let views = Mutex<[ExactString: SpaceView]>([:])
  private let filters: Mutex<[FilterKey: FilterMatches]>
  /// Views of the snapshot before this one, for what did not change. Dropped once looked at.
  private let older: Mutex<[ExactString: SpaceView]>

  private struct FilterKey: Hashable {
    let text: ExactString
    let kind: RecordKind
  }

  /// A snapshot of its own, not shared with queries.
  convenience init(_ engine: StorageEngine) throws {
    self.init(engine, try engine.environment.beginRead(), previous: nil)
  }

  init(_ engine: StorageEngine, _ transaction: consuming ReadTransaction, previous: Snapshot?) {
    self.engine = engine
    transactionID = transaction.id
    self.transaction = transaction
    older = Mutex(previous?.views.withLock { $0 } ?? [:])
    filters = Mutex(previous?.filters.withLock { $0 } ?? [:])
  }

  /// Runs `body` with the transaction, one thread at a time.
  func reading<R>(_ body: (borrowing ReadTransaction, Tables) throws -> R) throws -> R {
    try lock.withLock { try StorageEngine.translated { try body(transaction, engine.tables) } }
  }

  package func store() throws -> StoreRecord { try reading { try $0.storeRecord($1) } }

  package func spaces() throws -> [SpaceRecord] { try reading { try $0.spaceRecords($1) } }

  /// The space of that name; nil where there is none.
  package func existingSpace(_ name: String) throws -> SpaceRecord? {
    try reading { try $0.spaceRecord(name, $1) }
  }

  /// What was measured of the recall of a space; nil where nothing was.
  package func recallCurve(of record: SpaceRecord) throws -> RecallCurve? {
    try reading { try $0.curve(of: record, $1) }
  }

  /// The resolved space of that name.
  /// - Throws: `.spaceNotFound`, which names the spaces there are.
  package func space(_ name: String) throws -> SpaceView {
    let key = ExactString(name)
    if let view = views.withLock({ $0[key] }) { return view }
    let previous = older.withLock { $0.removeValue(forKey: key) }
    let view = try reading { transaction, tables in
      guard let record = try transaction.spaceRecord(name, tables) else {
        throw EngineError.spaceNotFound(name, among: try transaction.spaceRecords(tables).map(\.name))
      }
      return try SpaceView(record, previous: previous, kernels: engine.kernels, tables, transaction)
    }
    return views.withLock { views in
      if let other = views[key] { return other }
      views[key] = view
      return view
    }
  }

  // MARK: Records

  /// The record of `id`; nil when there is none or it is deleted.
  package func entity(_ id: String, _ kind: RecordKind) throws -> EntityRecord? {
    try reading { transaction, tables in
      guard let ordinal = try transaction.ordinal(of: id, kind, tables),
        let record = try transaction.entity(ordinal, kind, tables), !record.isDeleted
      else { return nil }
      return record
    }
  }

  /// The record of an ordinal, deleted or not; nil where it was never given.
  package func entity(at ordinal: Ordinal, _ kind: RecordKind) throws -> EntityRecord? {
    try reading { try $0.entity(ordinal, kind, $1) }
  }

  package func ordinal(of id: String, _ kind: RecordKind) throws -> Ordinal? {
    try reading { try $0.ordinal(of: id, kind, $1) }
  }

  package func id(of ordinal: Ordinal, _ kind: RecordKind) throws -> String {
    try reading { try $0.id(of: ordinal, kind, $1) }
  }

  /// Every record of a kind that is not deleted, by ordinal.
  package func forEachEntity(_ kind: RecordKind, _ body: (Ordinal, EntityRecord) throws -> Void) throws {
    try reading { transaction, tables in
      try transaction.forEach(tables.entities(kind)) { key, value in
        guard let ordinal = UInt32(keyBytes: key) else { return .next }
        let record = try EngineError.decoding("\(kind)", "\(ordinal)") {
          try EntityRecord(decoding: value, of: Ordinal(ordinal))
        }
        if !record.isDeleted { try body(Ordinal(ordinal), record) }
        return .next
      }
    }
  }

  /// As `forEachEntity`, from an ordinal on until `body` has enough.
  package func forEachEntity(
    _ kind: RecordKind, from first: Ordinal, _ body: (Ordinal, EntityRecord) throws -> WalkStep
  ) throws {
    try reading { transaction, tables in
      try transaction.forEach(tables.entities(kind), from: first.rawValue) { key, value in
        guard let ordinal = UInt32(keyBytes: key) else { return .next }
        let record = try EngineError.decoding("\(kind)", "\(ordinal)") {
          try EntityRecord(decoding: value, of: Ordinal(ordinal))
        }
        return record.isDeleted ? .next : try body(Ordinal(ordinal), record)
      }
    }
  }

  // MARK: Events

  /// The events of one user in time order, or the last `limit` of them; nil when there is no such user.
  package func events(ofUser id: String, last limit: Int?) throws -> [Event]? {
    try reading { transaction, tables in
      guard let user = try transaction.ordinal(of: id, .users, tables),
        let record = try transaction.entity(user, .users, tables), !record.isDeleted
      else { return nil }
      var found: [(EventKey, EventRecord)] = []
      try transaction.forEach(tables.event, prefix: user.rawValue, reverse: limit != nil) { key, value in
        if let limit, found.count >= limit { return .stop }
        found.append(try Self.decode(key, value))
        return .next
      }
      if limit != nil { found.reverse() }
      var names = EventNames(tables: tables)
      return try found.map { key, event in
        Event(
          key, event, user: id, item: try names.item(event.item, transaction),
          kind: try names.kind(event.kind, transaction))
      }
    }
  }

  /// Every event, by user, then by time.
  package func forEachEvent(_ body: (Event) throws -> Void) throws {
    try reading { transaction, tables in
      var names = EventNames(tables: tables)
      try transaction.forEach(tables.event) { key, value in
        let (key, event) = try Self.decode(key, value)
        try body(try names.event(key, event, transaction))
        return .next
      }
    }
  }

  static func decode(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws -> (EventKey, EventRecord) {
    guard let decoded = EventKey(keyBytes: key) else {
      throw EngineError.corrupted("an event has a key of \(key.count) bytes")
    }
    return try EngineError.decoding("event of user \(decoded.user.rawValue) at", "\(decoded.time)") {
      (decoded, try EventRecord(decoding: value, of: decoded))
    }
  }

  // MARK: Vectors

  /// The stored row of an ordinal in a space, decoded; nil when it has none there.
  package func hasVector(of ordinal: Ordinal, in view: SpaceView) throws -> Bool {
    try reading { try $0.place(of: ordinal, generation: view.record.generation, $1) } != .none
  }

  package func vector(of ordinal: Ordinal, in view: SpaceView) throws -> [Float]? {
    let place = try reading { try $0.place(of: ordinal, generation: view.record.generation, $1) }
    switch place {
    case .none: return nil
    case .graph(let slot):
      guard Int(slot) < view.graph.slotCount else {
        throw EngineError.corrupted("the place of ordinal \(ordinal.rawValue) lies outside the graph")
      }
      return view.layout.decoded(try view.row(slot))
    case .tail(let sequence):
      guard let index = view.tail.sequences.firstIndex(of: sequence), let row = view.tail.rows[index] else {
        throw EngineError.corrupted("row \(sequence) of the tail of \"\(view.record.name)\" is missing")
      }
      return view.layout.decoded(row)
    }
  }

  /// Every live vector of a space: the graph's by slot, then the tail's.
  package func forEachVector(
    _ view: SpaceView, _ body: (Ordinal, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: view.layout.dimension)
    defer { buffer.deallocate() }
    guard let start = buffer.baseAddress else { return }
    try view.forEachRow { ordinal, row, _ in
      view.layout.decode(row, into: start)
      try body(ordinal, UnsafeBufferPointer(buffer))
    }
  }

  /// The state of a space's encoder as it was stored; empty where there is none.
  package func encoderState(of record: SpaceRecord) throws -> [UInt8] {
    try reading { try $0.encoderState(of: record, $1) }
  }

  // MARK: Filters

  /// What passes a filter, kept for queries with the same text until an attribute changes.
  package func matches(_ text: String, _ kind: RecordKind) throws -> FilterMatches {
    let key = FilterKey(text: ExactString(text), kind: kind)
    let store = try store()
    let count = store.ordinalCount(kind)
    // Made by an earlier snapshot perhaps: the same, if nothing was changed or added since.
    let known = filters.withLock { $0[key] }
    if let known, known.attributeVersion == store.attributeVersion, known.ordinals.count == count {
      return known
    }
    let filter = try Self.parsed(text)
    let bitmap = try reading { transaction, tables in
      let columns = ColumnReader(kind: kind, tables: tables, transaction: transaction)
      return try filter.evaluate(
        ordinalCount: count, texts: { columns.texts($0) }, column: { try columns.source($0) })
    }
    let matches = FilterMatches(bitmap, attributeVersion: store.attributeVersion)
    filters.withLock { filters in
      if filters.count >= 64 { filters.removeAll() }
      filters[key] = matches
    }
    return matches
  }

  static func parsed(_ text: String) throws -> ParsedFilter {
    do { return try ParsedFilter.parse(text) } catch {
      throw EngineError(.badFilter, "\(error.message)\n\(error.excerpt(of: text))", cause: error)
    }
  }
}
