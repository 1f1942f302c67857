import Values
import Basics
import Engine
import Interchange
import Records

/// Gathers the rows of a file of events and stores them by user and time.
final class EventImport {
  /// One event in 32 bytes, since millions of them wait in memory; names are numbers of the tables below.
  struct Pending {
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

  /// What an event takes until it is stored, with its place in their order.
  static let bytesPerEvent = MemoryLayout<Pending>.stride + MemoryLayout<Place>.stride

  let reader: RowReader
  private let values: RowValues
  private let map: ByName<String>
  private let fields: EventFields
  private let defaultKind: String
  private(set) var users = NameTable()
  private(set) var items = NameTable()
  private(set) var kinds = NameTable()
  private(set) var sessions = NameTable()
  private(set) var pending: [Pending] = []
  /// Ordinals by number of the name, as they were when the names were registered.
  private var ordinals: [RecordKind: [UInt32]] = [:]
  private static let noOrdinal = UInt32.max
  /// The first items that were made.
  private var newItems: [Int32] = []
  private static let namedCount = 5

  init(_ reader: RowReader, _ options: ImportOptions) throws {
    self.reader = reader
    values = try RowValues(options)
    fields = try EventFields(reader, options.map)
    map = options.map
    defaultKind = options.kind ?? "view"
  }

  /// Reads the file; every `chunkCount` good rows `flush` is called, which may store them.
  func read(chunkCount: Int, flush: () throws -> Void) throws {
    var isFirst = reader.columnNames == nil
    try reader.forEach { row in
      if isFirst {
        EventFields.noteUnread(keys: (0..<row.fieldCount).map { row.name(at: $0) }, reader, map)
        isFirst = false
      }
      let reason = add(row)
      if reason == nil, pending.count >= chunkCount { try flush() }
      return reason
    }
  }

  /// Takes one row; returns why it cannot be one event.
  private func add(_ row: Interchange.Record) -> String? {
    let (user, item, time) = (fields.user, fields.item, fields.time)
    guard let userIndex = users.index(of: row.cell(user)) else { return missing("no user", user, row) }
    guard let itemIndex = items.index(of: row.cell(item)) else { return missing("no item", item, row) }
    guard users.isValid(userIndex), items.isValid(itemIndex) else { return "bad id" }
    let timeCell = row.cell(time)
    guard !timeCell.isEmpty else { return missing("no time", time, row) }
    guard let milliseconds = timeCell.timeMilliseconds else {
      reader.explain("bad time") { Self.quoted(timeCell) }
      return "bad time"
    }
    var number: Double?
    if let value = fields.value {
      let cell = row.cell(value)
      if !cell.isEmpty {
        number = values.number(of: cell)
        if number == nil {
          reader.explain("bad value") { Self.quoted(cell) }
          return "bad value"
        }
      }
    }
    guard let kindIndex = index(of: fields.kind, in: &kinds, row) else { return "bad kind" }
    let named = kindIndex < 0 ? kinds.index(of: defaultKind) : kindIndex
    if kinds.name(named).utf8.count > Limits.kindBytes { return "bad kind" }
    guard let sessionIndex = index(of: fields.session, in: &sessions, row) else { return "bad session" }
    pending.append(
      Pending(
        time: milliseconds, value: number ?? .nan, user: userIndex, item: itemIndex, kind: named,
        session: sessionIndex))
    return nil
  }

  /// The number of the name in a column, -1 where the row has none; nil where what it has is no name, such as a list.
  private func index(of column: RecordColumn?, in table: inout NameTable, _ row: Interchange.Record) -> Int32?
  {
    guard let column else { return -1 }
    let cell = row.cell(column)
    return cell.isEmpty ? -1 : table.index(of: cell)
  }

  private static func quoted(_ cell: Cell) -> String {
    String((cell.string ?? "a list or an object").prefix(40)).debugDescription
  }

  private func missing(_ reason: String, _ column: RecordColumn, _ row: Interchange.Record) -> String {
    reader.explain(reason) {
      let keys = (0..<row.fieldCount).map { row.name(at: $0) }
      guard !keys.contains(where: { $0.isExactly(column.name) }) else { return "\"\(column.name)\" is empty" }
      let field = String(reason.dropFirst(3))
      return "the row has no \"\(column.name)\"; "
        + UsualNames.advice(for: field, of: "events", among: keys, taken: [])
    }
    return reason
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
    for kind in RecordKind.allCases {
      let unregistered = unregisteredNames(kind)
      for first in stride(from: 0, to: unregistered.count, by: Self.registrationCount) {
        try Task.checkCancellation()
        let slice = unregistered[first..<min(unregistered.count, first + Self.registrationCount)]
        let (found, new) = try engine.write { writer in try register(slice, kind, writer) }.result
        keep(found, of: slice, kind)
        count(new: new, kind)
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
    for kind in RecordKind.allCases {
      // The transaction may run twice, and the ordinals of the first time are gone.
      ordinals[kind] = nil
      let unregistered = unregisteredNames(kind)
      let (found, new) = try register(unregistered[...], kind, writer)
      keep(found, of: unregistered[...], kind)
      if kind == .items { newItems = [] }
      count(new: new, kind)
    }
    let (stored, unchanged) = try store(sortedPlaces()[...], writer)
    reader.count(stored: stored, unchanged: unchanged)
  }

  /// The numbers of the names that pending events use and that have no ordinal yet, in the order of the file. (Names
  /// of rows that were dropped are in the tables too.)
  func unregisteredNames(_ kind: RecordKind) -> [Int32] {
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
  /// - Returns: the ordinals, and the names that had none.
  private func register(
    _ names: ArraySlice<Int32>, _ kind: RecordKind, _ writer: Writer
  ) throws -> (ordinals: [UInt32], new: [Int32]) {
    let table = kind == .users ? users : items
    var new: [Int32] = []
    let ordinals = try names.map { name in
      let before = writer.count(kind)
      let ordinal = try writer.ordinalMakingRecord(of: table.name(name), kind).rawValue
      if writer.count(kind) > before { new.append(name) }
      return ordinal
    }
    return (ordinals, new)
  }

  func count(new names: [Int32], _ kind: RecordKind) {
    reader.report { counts in
      if kind == .users { counts.newUsers += names.count } else { counts.newItems += names.count }
    }
    if kind == .items { newItems += names.prefix(max(0, Self.namedCount - newItems.count)) }
  }

  /// Says which items nobody had described before, where others were: a misspelt id makes an item too.
  func noteNewItems() {
    let count = reader.counts.newItems
    guard count > 0, count < usedItemCount else { return }
    let names = newItems.map { items.name($0) }.joined(separator: ", ")
    reader.note(
      "\(count) of the items that events name had no record and got one without text: "
        + "\(names)\(count > newItems.count ? " …" : "")"
    )
  }

  /// How many items the events name.
  private var usedItemCount: Int { ordinals[.items]?.reduce(0) { $0 + ($1 == Self.noOrdinal ? 0 : 1) } ?? 0 }

  func keep(_ found: [UInt32], of names: ArraySlice<Int32>, _ kind: RecordKind) {
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
