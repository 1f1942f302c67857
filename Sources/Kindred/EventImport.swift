import Engine
import Filters
import Interchange
import Records

/// Gathers the rows of a file of events and stores them by user and time.
final class EventImport {
  /// One event in 32 bytes, since millions of them wait in memory; names are numbers of the tables below.
  private struct Pending {
    var time: Int64
    /// NaN where there is none: a stored value is finite.
    var value: Double
    var user: Int32
    var item: Int32
    var kind: Int32
    /// -1 where there is none.
    var session: Int32
  }

  /// The place of one pending event in the order of the event table's keys.
  private struct Place: Comparable {
    var user: UInt32
    var position: UInt32
    var time: Int64

    static func < (left: Place, right: Place) -> Bool {
      if left.user != right.user { return left.user < right.user }
      if left.time != right.time { return left.time < right.time }
      return left.position < right.position
    }
  }

  private let reader: RowReader
  private let user: RecordColumn?
  private let item: RecordColumn?
  private let time: RecordColumn?
  private let kind: RecordColumn?
  private let session: RecordColumn?
  private let value: RecordColumn?
  private let defaultKind: String
  private var users = NameTable()
  private var items = NameTable()
  private var kinds = NameTable()
  private var sessions = NameTable()
  private var pending: [Pending] = []
  /// Ordinals by number of the name, as they were when the names were registered.
  private var ordinals: [EntityKind: [UInt32]] = [:]
  private static let noOrdinal = UInt32.max

  init(_ reader: RowReader, _ options: ImportOptions) throws {
    self.reader = reader
    user = try reader.column("user", options.map)
    item = try reader.column("item", options.map)
    time = try reader.column("time", options.map)
    kind = try reader.column("kind", options.map)
    session = try reader.column("session", options.map)
    value = try reader.column("value", options.map)
    defaultKind = options.kind ?? "view"
    for (field, column) in [("user", user), ("item", item), ("time", time)] where column == nil {
      throw StoreError(
        code: .badInput,
        message:
          "no column \"\(field)\" in \(reader.columnNames?.joined(separator: ", ") ?? ""); name it with map \(field)=Column"
      )
    }
  }

  /// Reads the file; every `chunkCount` good rows `flush` is called, which may store them.
  func read(chunkCount: Int, flush: () throws -> Void) throws {
    try reader.forEach { row in
      let reason = add(row)
      if reason == nil, pending.count >= chunkCount { try flush() }
      return reason
    }
  }

  /// Takes one row; returns why it cannot be one event.
  private func add(_ row: Interchange.Record) -> String? {
    guard let user, let item, let time else { return "no user" }
    guard let userIndex = users.index(of: row.cell(user)) else { return "no user" }
    guard let itemIndex = items.index(of: row.cell(item)) else { return "no item" }
    guard users.isValid(userIndex), items.isValid(itemIndex) else { return "bad id" }
    let timeCell = row.cell(time)
    guard !timeCell.isEmpty else { return "no time" }
    guard let milliseconds = timeCell.timeMilliseconds else { return "bad time" }
    var number: Double?
    if let value {
      let cell = row.cell(value)
      if !cell.isEmpty {
        number = cell.number
        if number == nil { return "bad value" }
      }
    }
    let givenKind = kind.flatMap { kinds.index(of: row.cell($0)) }
    if givenKind == nil, let kind, !row.cell(kind).isEmpty { return "bad kind" }
    let kindIndex = givenKind ?? kinds.index(of: defaultKind)
    if kinds.name(kindIndex).utf8.count > 100 { return "bad kind" }
    let sessionIndex = session.flatMap { sessions.index(of: row.cell($0)) }
    if sessionIndex == nil, let session, !row.cell(session).isEmpty { return "bad session" }
    pending.append(
      Pending(
        time: milliseconds, value: number ?? .nan, user: userIndex, item: itemIndex, kind: kindIndex,
        session: sessionIndex ?? -1))
    return nil
  }

  /// Events in a transaction when all need not be in one.
  private static let sliceCount = 200_000
  /// Names that one transaction makes records for.
  private static let registrationCount = 100_000

  /// Stores what is pending, in slices.
  ///
  /// All of it is put into the order of the table's keys first. Stored in the order of the file, where users come
  /// as they came to the shop, each slice would change most pages of the table: 5,000,000 events of 300,000 users
  /// then made a file 3.8 times as large as its contents.
  func store(_ engine: StorageEngine) throws {
    for kind in EntityKind.allCases {
      let unregistered = unregisteredNames(kind)
      for first in stride(from: 0, to: unregistered.count, by: Self.registrationCount) {
        try Task.checkCancellation()
        let slice = unregistered[first..<min(unregistered.count, first + Self.registrationCount)]
        keep(try engine.write { writer in try register(slice, kind, writer) }.result, of: slice, kind)
      }
    }
    let places = sortedPlaces()
    for first in stride(from: 0, to: places.count, by: Self.sliceCount) {
      try Task.checkCancellation()
      let slice = places[first..<min(places.count, first + Self.sliceCount)]
      let (stored, unchanged) = try engine.write { writer in try store(slice, writer) }.result
      reader.count(stored: stored, unchanged: unchanged)
      reader.reportProgress("storing events", completed: slice.endIndex, total: places.count)
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Stores what is pending in the transaction at hand.
  func store(_ writer: Writer) throws {
    for kind in EntityKind.allCases {
      // The transaction may run twice, and the ordinals of the first time are gone.
      ordinals[kind] = nil
      let unregistered = unregisteredNames(kind)
      keep(try register(unregistered[...], kind, writer), of: unregistered[...], kind)
    }
    let (stored, unchanged) = try store(sortedPlaces()[...], writer)
    reader.count(stored: stored, unchanged: unchanged)
  }

  /// The numbers of the names that pending events use and that have no ordinal yet, in the order of the file. (Names
  /// of rows that were dropped are in the tables too.)
  private func unregisteredNames(_ kind: EntityKind) -> [Int32] {
    let count = kind == .users ? users.count : items.count
    var known = ordinals[kind] ?? []
    known += repeatElement(Self.noOrdinal, count: count - known.count)
    ordinals[kind] = known
    var found: [Int32] = []
    for event in pending {
      let name = kind == .users ? event.user : event.item
      guard known[Int(name)] == Self.noOrdinal else { continue }
      known[Int(name)] = 0
      found.append(name)
    }
    return found
  }

  /// Makes records for names that have none, in the order of the file, so that ordinals are in that order too.
  private func register(_ names: ArraySlice<Int32>, _ kind: EntityKind, _ writer: Writer) throws -> [UInt32] {
    let table = kind == .users ? users : items
    return try names.map { try writer.ordinalMakingRecord(of: table.name($0), kind).rawValue }
  }

  private func keep(_ found: [UInt32], of names: ArraySlice<Int32>, _ kind: EntityKind) {
    for (name, ordinal) in zip(names, found) { ordinals[kind]?[Int(name)] = ordinal }
  }

  /// The pending events by user, time and position in the file.
  private func sortedPlaces() -> [Place] {
    let users = ordinals[.users] ?? []
    var places: [Place] = []
    places.reserveCapacity(pending.count)
    for (position, event) in pending.enumerated() {
      places.append(Place(user: users[Int(event.user)], position: UInt32(position), time: event.time))
    }
    places.sort()
    return places
  }

  /// Stores events in key order, so that pages are filled one after the other; equal keys keep the file's order.
  ///
  /// Ordinals are looked up again in each transaction: somebody may have deleted a record since it was registered.
  private func store(_ slice: ArraySlice<Place>, _ writer: Writer) throws -> (stored: Int, unchanged: Int) {
    var cache = OrdinalCache(writer)
    var kindNumbers: [Int32: UInt32] = [:]
    var (stored, unchanged) = (0, 0)
    var first = slice.startIndex
    while first < slice.endIndex {
      let (user, time) = (pending[Int(slice[first].position)].user, slice[first].time)
      var events: [EventRecord] = []
      var end = first
      while end < slice.endIndex {
        let event = pending[Int(slice[end].position)]
        guard event.user == user, event.time == time else { break }
        let number = try kindNumbers[event.kind] ?? writer.eventKind(kinds.name(event.kind))
        kindNumbers[event.kind] = number
        events.append(
          EventRecord(
            item: try cache.ordinal(event.item, items, .items), kind: number,
            session: event.session < 0 ? nil : sessions.name(event.session),
            value: event.value.isNaN ? nil : event.value))
        end += 1
      }
      let new = try writer.append(events, user: try cache.ordinal(user, users, .users), time: time)
      stored += new
      unchanged += events.count - new
      first = end
    }
    return (stored, unchanged)
  }
}

/// Names met in a file, numbered in the order they came.
private struct NameTable {
  private var indices: [ExactString: Int32] = [:]
  private var names: [String] = []
  private var last: (name: ExactString, index: Int32)?

  /// The number of a cell's text; nil where there is none.
  mutating func index(of cell: Cell) -> Int32? {
    guard let name = cell.identifier else { return nil }
    return index(of: name)
  }

  mutating func index(of name: String) -> Int32 {
    let exact = ExactString(name)
    if let last, last.name == exact { return last.index }
    let index = indices[exact] ?? Int32(names.count)
    if index == names.count {
      indices[exact] = index
      names.append(name)
    }
    last = (exact, index)
    return index
  }

  var count: Int { names.count }

  func name(_ index: Int32) -> String { names[Int(index)] }

  func isValid(_ index: Int32) -> Bool { EntityID.isValid(names[Int(index)]) }
}

/// The ordinals of names, looked up once in each transaction.
private struct OrdinalCache {
  private let writer: Writer
  private var users: [Int32: Ordinal] = [:]
  private var items: [Int32: Ordinal] = [:]

  init(_ writer: Writer) { self.writer = writer }

  mutating func ordinal(_ index: Int32, _ names: NameTable, _ kind: EntityKind) throws -> Ordinal {
    if let known = kind == .users ? users[index] : items[index] { return known }
    let ordinal = try writer.ordinalMakingRecord(of: names.name(index), kind)
    if kind == .users { users[index] = ordinal } else { items[index] = ordinal }
    return ordinal
  }
}
