import Engine
import Filters
import Interchange
import Records

/// Gathers the rows of a file of events and stores them by user and time.
final class EventImport {
  private struct Pending {
    var user: Int32
    var item: Int32
    var kind: Int32
    var session: Int32
    var hasValue: Bool
    var time: Int64
    var value: Double
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
    let kindIndex = kind.flatMap { kinds.index(of: row.cell($0)) } ?? kinds.index(of: defaultKind)
    if kinds.name(kindIndex).utf8.count > 100 { return "bad kind" }
    let sessionIndex = session.flatMap { sessions.index(of: row.cell($0)) }
    pending.append(
      Pending(
        user: userIndex, item: itemIndex, kind: kindIndex, session: sessionIndex ?? -1,
        hasValue: number != nil,
        time: milliseconds, value: number ?? 0))
    return nil
  }

  /// Events in a transaction when all need not be in one.
  private static let sliceCount = 200_000

  /// Stores what is pending, in slices.
  func store(_ engine: StorageEngine) throws {
    let all = pending
    for first in stride(from: 0, to: all.count, by: Self.sliceCount) {
      try Task.checkCancellation()
      let slice = all[first..<min(all.count, first + Self.sliceCount)]
      let (stored, unchanged) = try engine.write { writer in try store(slice, writer) }.result
      reader.count(stored: stored, unchanged: unchanged)
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Stores what is pending in the transaction at hand.
  func store(_ writer: Writer) throws {
    let (stored, unchanged) = try store(pending[...], writer)
    reader.count(stored: stored, unchanged: unchanged)
  }

  /// Stores events in key order, so that pages are filled one after the other; equal keys keep the file's order.
  private func store(_ slice: ArraySlice<Pending>, _ writer: Writer) throws -> (stored: Int, unchanged: Int) {
    var ordinals = OrdinalCache(writer)
    var resolved: [(user: Ordinal, time: Int64, position: Int, item: Ordinal)] = []
    resolved.reserveCapacity(slice.count)
    for (position, event) in zip(slice.indices, slice) {
      let user = try ordinals.ordinal(event.user, users, .users)
      let item = try ordinals.ordinal(event.item, items, .items)
      resolved.append((user, event.time, position, item))
    }
    resolved.sort { ($0.user, $0.time, $0.position) < ($1.user, $1.time, $1.position) }
    var kindNumbers: [Int32: UInt32] = [:]
    var (stored, unchanged) = (0, 0)
    var first = 0
    while first < resolved.count {
      var end = first + 1
      let (user, time) = (resolved[first].user, resolved[first].time)
      while end < resolved.count, resolved[end].user == user, resolved[end].time == time { end += 1 }
      var events: [EventRecord] = []
      for entry in resolved[first..<end] {
        let event = slice[entry.position]
        let number = try kindNumbers[event.kind] ?? writer.eventKind(kinds.name(event.kind))
        kindNumbers[event.kind] = number
        events.append(
          EventRecord(
            item: entry.item, kind: number, session: event.session < 0 ? nil : sessions.name(event.session),
            value: event.hasValue ? event.value : nil))
      }
      let new = try writer.append(events, user: user, time: time)
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
