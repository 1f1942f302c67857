package import Values
import Basics
import Filters
import LMDB
import Records

extension Snapshot {
  /// Hands out the events that pass, by user in the order users were first written and by time, or sorted.
  /// - Returns: the place behind the last one, where there are more; nil at the end of the list.
  /// - Throws: as `list`; `.badFilter` also for a name that events do not have.
  /// - Complexity: O(events) with a filter or an order, else O(events handed out); sorted, as many as the limit are in
  ///   memory.
  package func listEvents(_ options: ListOptions, _ body: (Event) throws -> Void) throws -> ListCursor? {
    let store = try store()
    let keys = try Self.keys(of: options)
    for key in keys { try EventField.require(key.name, .invalidArgument) }
    let filter = try options.filter.map { try Self.parsedOfEvents($0.text) }
    let digest = ListPlace.digest(of: "events", options)
    let after = try options.after.map { try ListPlace($0, store: store.identity, list: digest) }
    var page = ListPage<ListPlace>(limit: options.limit ?? .max)
    try reading { transaction, tables in
      var events = ListedEvents(filter: filter, tables: tables)
      guard !keys.isEmpty else {
        var first: EventKey?
        if case .event(let key)? = after?.row { first = key }
        return try events.forEach(behind: first, transaction) { key, event in
          try page.take(ListPlace(of: key, values: [])) { try body(event) }
        }
      }
      let order = EventOrder(keys: keys)
      var first = FirstRows<EventOrder.Row>(options.limit.map { $0 == .max ? $0 : $0 + 1 } ?? .max)
      try events.forEach(behind: nil, transaction) { key, event in
        let row = order.row(key, event)
        if let after, !order.isBehind(row, after) { return .next }
        first.insert(row) { order.isBefore($0, $1) }
        return .next
      }
      for row in first.sorted({ order.isBefore($0, $1) }) {
        let event = try events.event(row.key, transaction)
        let step = try page.take(ListPlace(of: row.key, values: row.values)) { try body(event) }
        if step == .stop { return }
      }
    }
    guard page.hasMore, let last = page.last else { return nil }
    return last.cursor(store: store.identity, list: digest)
  }

  /// A filter over the fields of events, with instants as milliseconds.
  private static func parsedOfEvents(_ text: String) throws -> ParsedFilter {
    let filter = try parsed(text)
    for name in filter.attributes { try EventField.require(name, .badFilter) }
    do throws(FilterError) {
      return try filter.reading(
        EventField.time.rawValue, as: "instants, such as '2011-01-31T12:00:00Z' or seconds since 1970"
      ) { Timestamp($0)?.milliseconds }
    } catch {
      throw EngineError(.badFilter, "\(error.message)\n\(error.excerpt(of: text))", cause: error)
    }
  }
}

/// The events that pass, in the order of their keys.
private struct ListedEvents {
  let filter: ParsedFilter?
  let tables: Tables
  private var names: EventNames

  init(filter: ParsedFilter?, tables: Tables) {
    self.filter = filter
    self.tables = tables
    names = EventNames(tables: tables)
  }

  mutating func forEach(
    behind key: EventKey?, _ transaction: borrowing ReadTransaction,
    _ visit: (EventKey, Event) throws -> WalkStep
  ) throws {
    try transaction.forEach(tables.event, from: key?.tableKey) { found, value in
      let (found, record) = try Snapshot.decode(found, value)
      if found == key { return .next }
      let event = try names.event(found, record, transaction)
      guard let filter else { return try visit(found, event) }
      let passes = filter.evaluate { EventField(rawValue: $0)?.comparable(of: event) ?? .null }
      return passes ? try visit(found, event) : .next
    }
  }

  mutating func event(_ key: EventKey, _ transaction: borrowing ReadTransaction) throws -> Event {
    guard let value = try transaction.get(tables.event, key.tableKey) else {
      throw EngineError.corrupted("an event of user \(key.user.rawValue) is missing")
    }
    let record = try EngineError.decoding("event of user \(key.user.rawValue) at", "\(key.time)") {
      try EventRecord(decoding: value, of: key)
    }
    return try names.event(key, record, transaction)
  }
}

/// Orders events by the values of names, then by user and time.
private struct EventOrder {
  let keys: [SortKey]

  struct Row {
    let key: EventKey
    let values: [SortValue?]
  }

  func row(_ key: EventKey, _ event: Event) -> Row {
    Row(
      key: key,
      values: keys.map { key in
        EventField(rawValue: key.name).flatMap { SortValue($0.comparable(of: event)) }
      })
  }

  func isBefore(_ left: Row, _ right: Row) -> Bool {
    isBefore(left.values, right.values) ?? (left.key < right.key)
  }

  func isBehind(_ row: Row, _ place: ListPlace) -> Bool {
    guard case .event(let key) = place.row, place.values.count == keys.count else { return true }
    return isBefore(place.values, row.values) ?? (key < row.key)
  }

  /// nil where all values are equal.
  private func isBefore(_ left: [SortValue?], _ right: [SortValue?]) -> Bool? {
    for (place, key) in keys.enumerated() {
      switch (left[place], right[place]) {
      case (nil, nil): continue
      case (nil, _): return false
      case (_, nil): return true
      case (let left?, let right?):
        if left != right { return (left < right) != key.isDescending }
      }
    }
    return nil
  }
}
