import Engine
import Records

/// A part of a list.
public struct Page<Row: Sendable>: Sendable {
  /// The rows, in the order that was asked for.
  public var rows: [Row]
  /// Where the list goes on: `ListOptions.after` of the next page. nil at the end of the list.
  public var next: ListCursor?
}

/// A catalogue to look through.
extension Snapshot {
  /// Visits the records of a kind that pass, in order; with one of them in memory at a time.
  /// - Returns: where the list goes on, if `limit` ended it; nil at its end.
  /// - Throws: `StoreError` `.badFilter`, `.invalidArgument` for a limit below 1, a wrong order or a cursor of another
  ///   list, `.corrupted`; what `body` throws.
  /// - Complexity: O(records visited) and, with a filter or an order, O(records) steps that read no record. An order
  ///   takes 8 bytes for each record and name, and the different texts of those names.
  @discardableResult
  public func forEachRecord(
    _ kind: RecordKind, _ options: ListOptions, _ body: (any Record) throws -> Void
  ) throws -> ListCursor? {
    try StoreError.translating { try base.list(kind, options) { try body(kind.record($0)) } }
  }

  /// Visits the events that pass: by user in the order users were first written and by time, or in another order.
  /// Filters and orders name `user`, `item`, `time`, `kind`, `session` and `value`; a time is compared by its text,
  /// ISO 8601 in UTC.
  /// - Returns: where the list goes on, if `limit` ended it; nil at its end.
  /// - Throws: as `forEachRecord(_:_:_:)`; `.badFilter` also for names that events do not have.
  /// - Complexity: O(events); ordered, with as many in memory as the limit allows.
  @discardableResult
  public func forEachEvent(_ options: ListOptions, _ body: (Event) throws -> Void) throws -> ListCursor? {
    try StoreError.translating { try base.listEvents(options, body) }
  }

  /// A page of items.
  /// - Throws: as `forEachRecord(_:_:_:)`.
  public func listItems(_ options: ListOptions = .init()) throws -> Page<Item> {
    try StoreError.translating {
      var page = Page<Item>(rows: [])
      page.next = try base.list(.items, options) { page.rows.append(Item($0)) }
      return page
    }
  }

  /// A page of users.
  /// - Throws: as `forEachRecord(_:_:_:)`.
  public func listUsers(_ options: ListOptions = .init()) throws -> Page<User> {
    try StoreError.translating {
      var page = Page<User>(rows: [])
      page.next = try base.list(.users, options) { page.rows.append(User($0)) }
      return page
    }
  }

  /// A page of events.
  /// - Throws: as `forEachEvent(_:_:)`.
  public func listEvents(_ options: ListOptions = .init()) throws -> Page<Event> {
    var page = Page<Event>(rows: [])
    page.next = try forEachEvent(options) { page.rows.append($0) }
    return page
  }

  /// How many events pass a filter; all without one.
  /// - Throws: `StoreError` `.badFilter`, `.corrupted`.
  /// - Complexity: O(1) without a filter, else O(events).
  public func countEvents(where filter: Filter? = nil) throws -> Int {
    try StoreError.translating { try base.countEvents(where: filter?.text) }
  }

  /// How the values of an attribute are distributed among the records that pass a filter.
  /// - Parameters:
  ///   - kind: items or users.
  ///   - field: an attribute, a path into one, `id` or `text`.
  ///   - filter: what a record must pass; nil takes all.
  ///   - limit: values that are listed at most, at least 1; of more different numbers ranges are.
  /// - Throws: `StoreError` `.badFilter`, `.invalidArgument` for a name that no record has, `.corrupted`.
  /// - Complexity: O(records).
  public func facet(
    _ kind: RecordKind, field: String, where filter: Filter? = nil, limit: Int = 20
  ) throws -> Facet {
    try StoreError.translating { try base.facet(kind, field: field, where: filter?.text, limit: limit) }
  }

  /// How the values of a field are distributed among the events that pass a filter; see `forEachEvent(_:_:)` for names.
  /// - Throws: as `facet(_:field:where:limit:)`.
  /// - Complexity: O(events).
  public func eventFacet(field: String, where filter: Filter? = nil, limit: Int = 20) throws -> Facet {
    try StoreError.translating { try base.eventFacet(field: field, where: filter?.text, limit: limit) }
  }

  /// What the records of a kind have: id and text, then each attribute by name.
  /// - Throws: `StoreError` `.corrupted`.
  /// - Complexity: O(records · attributes).
  public func schema(of kind: RecordKind) throws -> [AttributeSummary] {
    try StoreError.translating { try base.schema(kind) }
  }

  /// What events have, field by field.
  /// - Throws: `StoreError` `.corrupted`.
  /// - Complexity: O(events).
  public func eventSchema() throws -> [AttributeSummary] {
    try StoreError.translating { try base.eventSchema() }
  }

  /// Says whether a name stands for a value of some record of a kind: an attribute, a path into one, `id` or `text`.
  /// Where there are no records every name does.
  /// - Throws: `StoreError` `.invalidArgument` where it does not, with the nearest names that do; `.corrupted`.
  /// - Complexity: O(records).
  public func requireName(_ name: String, of kind: RecordKind) throws {
    try StoreError.translating { try base.requireName(name, of: kind) }
  }
}
