import Basics
public import Filters
import Records
import Values

/// Which records or events are listed, in which order, and from where on.
public struct ListOptions: Sendable {
  /// What must pass; nil for all.
  public var filter: Filter?
  /// The order; that of writing if nothing is said, for events by user and time.
  public var order: SortOrder
  /// How many rows at most; nil for all.
  public var limit: Int?
  /// Behind which place of the same list; nil for its beginning.
  public var after: ListCursor?

  /// See the properties.
  public init(
    where filter: Filter? = nil, orderedBy order: SortOrder = .written, limit: Int? = nil,
    after: ListCursor? = nil
  ) {
    self.filter = filter
    self.order = order
    self.limit = limit
    self.after = after
  }
}

/// A place in a list: behind the last row of a page.
///
/// It stays good while the store is written to: rows that do not change are on one page, whatever is stored, changed
/// or deleted between two. It belongs to one store, one kind of rows, one filter and one order.
public struct ListCursor: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The cursor as text, for a program to keep and to hand back.
  public let text: String

  /// A cursor by its text; a text that is none is an error where it is used.
  public init(_ text: String) { self.text = text }

  /// The text.
  public var description: String { text }
}

/// What a `ListCursor` says: the row behind which a list goes on, by what it was ordered by.
struct ListPlace: Equatable {
  /// The row itself.
  enum Row: Equatable {
    case record(Ordinal, id: String)
    case event(EventKey)
  }

  var row: Row
  /// By name of the order; nil for no value.
  var values: [SortValue?]

  private static let version: UInt8 = 1

  /// - Parameters:
  ///   - store: the store's identity.
  ///   - list: what was listed, as `digest` says.
  func cursor(store: UInt64, list: UInt32) -> ListCursor {
    var writer = ByteWriter(reservingCapacity: 64)
    writer.append(Self.version)
    writer.append(store)
    writer.append(list)
    switch row {
    case .record(let ordinal, let id):
      writer.append(0 as UInt8)
      writer.append(ordinal.rawValue)
      writer.append(id)
    case .event(let key):
      writer.append(1 as UInt8)
      writer.append(key.user.rawValue)
      writer.append(key.time)
      writer.append(key.number)
    }
    writer.append(varint: values.count)
    for value in values { writer.append(value.map(AttributeValue.init) ?? .null) }
    let checksum = writer.bytes.withUnsafeBytes { crc32c($0) }
    writer.append(checksum)
    return ListCursor(Hexadecimal.text(of: writer.bytes))
  }

  /// - Throws: `.invalidArgument` for a text that is no cursor, or one of another store or another list.
  init(_ cursor: ListCursor, store: UInt64, list: UInt32) throws {
    let advice = "begin the list again without it"
    let found: (store: UInt64, list: UInt32, place: ListPlace)
    do {
      guard let bytes = Hexadecimal.bytes(of: cursor.text.utf8), bytes.count > 4 else {
        throw RecordError.invalid("a cursor")
      }
      found = try bytes.withUnsafeBytes { try Self.decode($0) }
    } catch is RecordError {
      throw EngineError(
        .invalidArgument,
        "the cursor \"\(cursor.text.prefix(40))\" is damaged or none; copy it whole, or \(advice)")
    }
    guard found.store == store else {
      throw EngineError(.invalidArgument, "the cursor is of another store; \(advice)")
    }
    guard found.list == list else {
      throw EngineError(
        .invalidArgument,
        "the cursor is of a list of other records, with another filter or in another order; "
          + "list the same as before, or \(advice)")
    }
    self = found.place
  }

  private init(row: Row, values: [SortValue?]) {
    self.row = row
    self.values = values
  }

  init(of record: EntityRecord, _ ordinal: Ordinal, by keys: [SortKey]) {
    row = .record(ordinal, id: record.id)
    values = keys.map { record.sortValue(named: $0.name) }
  }

  init(of key: EventKey, values: [SortValue?]) {
    row = .event(key)
    self.values = values
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer
  ) throws(RecordError) -> (store: UInt64, list: UInt32, place: ListPlace) {
    let body = UnsafeRawBufferPointer(rebasing: bytes.dropLast(4))
    var end = ByteReader(UnsafeRawBufferPointer(rebasing: bytes.suffix(4)))
    var reader = ByteReader(body)
    guard try end.read(UInt32.self) == crc32c(body), try reader.read(UInt8.self) == version else {
      throw .invalid("a cursor")
    }
    let (store, list) = (try reader.read(UInt64.self), try reader.read(UInt32.self))
    let row: Row
    if try reader.read(UInt8.self) == 0 {
      row = .record(Ordinal(try reader.read(UInt32.self)), id: try reader.readText())
    } else {
      row = .event(
        EventKey(
          user: Ordinal(try reader.read(UInt32.self)), time: try reader.read(Int64.self),
          number: try reader.read(UInt32.self)))
    }
    let count = try reader.readVarint()
    guard count >= 0, count <= reader.remaining else { throw .invalid("\(count) values") }
    var values: [SortValue?] = []
    for _ in 0..<count {
      let value = try reader.readAttributeValue()
      guard value.isFinite else { throw .invalid("a number that is not finite") }
      values.append(SortValue(value))
    }
    return (store, list, ListPlace(row: row, values: values))
  }

  /// A number that is another one for another list.
  static func digest(of rows: String, _ options: ListOptions) -> UInt32 {
    var writer = ByteWriter()
    for text in [rows, options.filter?.text ?? "", options.order.text] { writer.append(text) }
    return writer.bytes.withUnsafeBytes { crc32c($0) }
  }
}

extension AttributeValue {
  /// The value that is ordered so.
  init(_ value: SortValue) {
    switch value {
    case .number(let number): self = number.whole.map { .integer($0) } ?? .number(number.value)
    case .text(let text): self = .string(text.value)
    case .bool(let flag): self = .bool(flag)
    }
  }
}

extension EntityRecord {
  /// What a record is ordered by under a name.
  func sortValue(named name: String) -> SortValue? {
    switch RecordText(rawValue: name) {
    case .id: SortValue(text: id)
    case .text: text.map { SortValue(text: $0) }
    case nil: SortValue(ParsedFilter.value(named: name) { attributes[$0] ?? .null })
    }
  }
}
