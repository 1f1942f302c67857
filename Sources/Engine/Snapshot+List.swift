package import Values
import Basics
import Filters
import LMDB
package import Records

extension Snapshot {
  /// Hands out the records of a kind that pass, in order.
  /// - Returns: the place behind the last one, where there are more; nil at the end of the list.
  /// - Throws: `.badFilter`, `.invalidArgument` for a wrong order or cursor, `.corrupted`; what `body` throws.
  /// - Complexity: O(records handed out) and, with a filter or an order, a few passes over all ordinals; one record is
  ///   in memory at a time, 8 bytes for each ordinal and name of the order, and the different texts of those names.
  package func list(
    _ kind: RecordKind, _ options: ListOptions, _ body: (EntityRecord) throws -> Void
  ) throws -> ListCursor? {
    let store = try store()
    let keys = try Self.keys(of: options)
    let digest = ListPlace.digest(of: kind.rawValue, options)
    let after = try options.after.map { try ListPlace($0, store: store.identity, list: digest) }
    let matches = try options.filter.map { try self.matches($0.text, kind) }
    var page = ListPage<(ordinal: Ordinal, record: EntityRecord)>(limit: options.limit ?? .max)
    try reading { transaction, tables in
      let rows = ListedRows(
        kind: kind, keys: keys, matches: matches?.ordinals, count: store.ordinalCount(kind),
        isGapless: store.recordCount(kind) == store.ordinalCount(kind), tables: tables,
        requireName: { try self.requireName($0, of: kind) })
      try rows.forEach(behind: after, limit: options.limit, transaction) { ordinal, known in
        guard let record = try known ?? transaction.entity(ordinal, kind, tables), !record.isDeleted else {
          return .next
        }
        return try page.take((ordinal, record)) { try body(record) }
      }
    }
    guard page.hasMore, let last = page.last else { return nil }
    return ListPlace(of: last.record, last.ordinal, by: keys).cursor(store: store.identity, list: digest)
  }

  /// The names of an order; at most as many bytes of them as a filter may have.
  static func keys(of options: ListOptions) throws -> [SortKey] {
    if let limit = options.limit, limit < 1 {
      throw EngineError(.invalidArgument, "a list of \(limit) rows was asked for; ask for at least 1")
    }
    let text = options.order.text
    guard text.utf8.count <= Limits.filterBytes else {
      throw EngineError(
        .invalidArgument, "an order of \(text.utf8.count) bytes; at most \(Limits.filterBytes) are read")
    }
    do { return try options.order.keys() } catch {
      throw EngineError(.invalidArgument, "\(error.message)\n\(error.excerpt(of: text))", cause: error)
    }
  }
}

/// The ordinals of a list in their order, those of deleted records among them.
private struct ListedRows {
  let kind: RecordKind
  let keys: [SortKey]
  let matches: Bitmap?
  /// Ordinals given so far.
  let count: Int
  /// Whether each has a record that is not deleted.
  let isGapless: Bool
  let tables: Tables
  /// Throws for a name that no record has.
  let requireName: (String) throws -> Void

  /// A record that is read anyway is handed on.
  typealias Body = (Ordinal, EntityRecord?) throws -> WalkStep

  func forEach(
    behind place: ListPlace?, limit: Int?, _ transaction: borrowing ReadTransaction, _ body: Body
  ) throws {
    switch keys.first {
    case nil: try forEachWritten(behind: place, transaction, body)
    case let key? where key.name.isExactly(RecordText.id.rawValue):
      try forEachByID(isDescending: key.isDescending, behind: place, transaction, body)
    default: try forEachSorted(behind: place, limit: limit, transaction, body)
    }
  }

  private func passes(_ ordinal: UInt32) -> Bool { matches?.contains(ordinal) ?? true }

  private func forEachWritten(
    behind place: ListPlace?, _ transaction: borrowing ReadTransaction, _ body: Body
  ) throws {
    var first: UInt32 = 0
    if case .record(let ordinal, _)? = place?.row { first = ordinal.rawValue &+ 1 }
    guard let matches else {
      return try transaction.forEach(tables.entities(kind), from: first) { key, value in
        guard let ordinal = UInt32(keyBytes: key) else { return .next }
        return try body(
          Ordinal(ordinal),
          try EngineError.decoding(kind.rawValue, "\(ordinal)") {
            try EntityRecord(decoding: value, of: Ordinal(ordinal))
          })
      }
    }
    try matches.forEach(from: first) { try body(Ordinal($0), nil) == .next }
  }

  private func forEachByID(
    isDescending: Bool, behind place: ListPlace?, _ transaction: borrowing ReadTransaction, _ body: Body
  ) throws {
    var last: [UInt8]?
    if case .record(_, let id)? = place?.row { last = Array(id.utf8) }
    try transaction.withCursor(tables.ids(kind)) { cursor in
      var isThere: Bool
      if let last {
        isThere = try last.withUnsafeBytes { bytes in
          if isDescending { return try cursor.seekBefore(keyBytes: bytes) }
          guard try cursor.seek(keyBytes: bytes) else { return false }
          return cursor.key.elementsEqual(bytes) ? try cursor.next() : true
        }
      } else {
        isThere = isDescending ? try cursor.last() : try cursor.first()
      }
      while isThere {
        let id = String(decoding: cursor.key, as: UTF8.self)
        let ordinal = try decodeNumber(cursor.value, key: Array(cursor.key), "\(kind.rawValue).id", id)
        if passes(ordinal), try body(Ordinal(ordinal), nil) == .stop { return }
        isThere = isDescending ? try cursor.previous() : try cursor.next()
      }
    }
  }

  private func forEachSorted(
    behind place: ListPlace?, limit: Int?, _ transaction: borrowing ReadTransaction, _ body: Body
  ) throws {
    var order = try RowOrder(
      keys, kind, count: count, tables, transaction, requireName: requireName)
    var last = place.flatMap { order.position(of: $0) }
    // One more than wanted says whether there are more; of deleted ones among them nobody knows before they are read.
    var wanted = limit.map { $0 == .max ? $0 : $0 + 1 } ?? .max
    while true {
      let rows = try order.first(wanted, behind: last, among: matches)
      for row in rows where try body(Ordinal(row), nil) == .stop { return }
      guard rows.count == wanted, !isGapless, let end = rows.last else { return }
      last = try order.position(of: end)
      wanted = wanted > count ? .max : 4 * wanted
    }
  }
}

/// Orders ordinals by the values of names.
private struct RowOrder {
  private let columns: [ColumnKeys]
  /// Whether ids decide what the columns leave open, and in which direction.
  private let isIDDescending: Bool?
  private let count: Int
  private let kind: RecordKind
  private let tables: Tables
  private let transaction: LentTransaction
  /// Ids that were compared.
  private var ids: [UInt32: ExactString] = [:]
  private static let idLimit = 100_000

  /// A place in the order, of a record that is there or not.
  struct Position {
    var keys: [UInt64]
    var id: ExactString?
    var ordinal: UInt32
  }

  init(
    _ keys: [SortKey], _ kind: RecordKind, count: Int, _ tables: Tables,
    _ transaction: borrowing ReadTransaction, requireName: (String) throws -> Void
  ) throws {
    let reader = ColumnReader(kind: kind, tables: tables, transaction: transaction)
    func isID(_ key: SortKey) -> Bool { key.name.isExactly(RecordText.id.rawValue) }
    columns = try keys.filter { !isID($0) }.map { key in
      let column = try ColumnKeys(
        named: key.name, isDescending: key.isDescending, ordinalCount: count,
        texts: { reader.texts($0) }, column: { try reader.source($0) })
      // Lists and objects are values without an order.
      if column.keys.allSatisfy({ $0 == ColumnKeys.none }) { try requireName(key.name) }
      return column
    }
    isIDDescending = keys.first(where: isID)?.isDescending
    (self.count, self.kind, self.tables) = (count, kind, tables)
    self.transaction = reader.transaction
  }

  /// nil for a place in a list of another kind of rows.
  func position(of place: ListPlace) -> Position? {
    guard case .record(let ordinal, let id) = place.row, place.values.count >= columns.count else {
      return nil
    }
    return Position(
      keys: zip(columns, place.values).map { $0.key(of: $1) }, id: ExactString(id), ordinal: ordinal.rawValue)
  }

  mutating func position(of ordinal: UInt32) throws -> Position {
    Position(
      keys: columns.map { $0.keys[Int(ordinal)] }, id: isIDDescending == nil ? nil : try id(ordinal),
      ordinal: ordinal)
  }

  /// The first ordinals behind a position.
  mutating func first(_ limit: Int, behind position: Position?, among matches: Bitmap?) throws -> [UInt32] {
    var found = FirstRows<UInt32>(limit)
    // Most rows are decided by the first name alone.
    let (main, least) = (columns[0].keys, position?.keys[0] ?? 0)
    let all = matches ?? Bitmap(count: count, filledWith: true)
    var most = ColumnKeys.none
    try main.withUnsafeBufferPointer { keys in
      for (place, word) in all.words.enumerated() {
        var rest = word
        while rest != 0 {
          let ordinal = UInt32(truncatingIfNeeded: place &* 64 &+ rest.trailingZeroBitCount)
          rest &= rest &- 1
          let key = keys[Int(ordinal)]
          guard key >= least, key <= most else { continue }
          if let position, key == least, try !isBehind(ordinal, position) { continue }
          try found.insert(ordinal) { try isBefore($0, $1) }
          if let last = found.last { most = keys[Int(last)] }
        }
      }
    }
    return try found.sorted { try isBefore($0, $1) }
  }

  private mutating func id(_ ordinal: UInt32) throws -> ExactString {
    if let id = ids[ordinal] { return id }
    // An ordinal without a record was a deleted one's: it is left out in any case.
    let record = try transaction.entity(Ordinal(ordinal), kind, tables)
    let id = ExactString(record?.id ?? "")
    if ids.count >= Self.idLimit { ids.removeAll(keepingCapacity: true) }
    ids[ordinal] = id
    return id
  }

  private mutating func isBefore(_ left: UInt32, _ right: UInt32) throws -> Bool {
    for column in columns {
      let (first, second) = (column.keys[Int(left)], column.keys[Int(right)])
      if first != second { return first < second }
    }
    if let isIDDescending {
      let (first, second) = (try id(left), try id(right))
      if first != second { return (first < second) != isIDDescending }
    }
    return left < right
  }

  private mutating func isBehind(_ ordinal: UInt32, _ position: Position) throws -> Bool {
    for (column, bound) in zip(columns, position.keys) {
      let key = column.keys[Int(ordinal)]
      if key != bound { return key > bound }
    }
    if let isIDDescending, let bound = position.id {
      let id = try id(ordinal)
      if id != bound { return (id > bound) != isIDDescending }
    }
    return ordinal > position.ordinal
  }
}
