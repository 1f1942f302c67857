import Basics
import LMDB
import Records
package import Values

/// The ids and kinds that events name, looked up once each.
struct EventNames {
  let tables: Tables
  private var items: [Ordinal: String] = [:]
  private var kinds: [UInt32: String] = [:]
  private var lastUser: (ordinal: Ordinal, id: String)?

  init(tables: Tables) { self.tables = tables }

  mutating func event(
    _ key: EventKey, _ record: EventRecord, _ transaction: borrowing ReadTransaction
  ) throws -> Event {
    Event(
      key, record, user: try user(key.user, transaction), item: try item(record.item, transaction),
      kind: try kind(record.kind, transaction))
  }

  mutating func item(_ ordinal: Ordinal, _ transaction: borrowing ReadTransaction) throws -> String {
    if let id = items[ordinal] { return id }
    let id = try transaction.id(of: ordinal, .items, tables)
    items[ordinal] = id
    return id
  }

  mutating func user(_ ordinal: Ordinal, _ transaction: borrowing ReadTransaction) throws -> String {
    if let lastUser, lastUser.ordinal == ordinal { return lastUser.id }
    let id = try transaction.id(of: ordinal, .users, tables)
    lastUser = (ordinal, id)
    return id
  }

  mutating func kind(_ number: UInt32, _ transaction: borrowing ReadTransaction) throws -> String {
    if let name = kinds[number] { return name }
    let name = String(decoding: try transaction.word(number, tables).dropFirst(), as: UTF8.self)
    kinds[number] = name
    return name
  }
}

/// What events have, by the names that exports and imports use.
package enum EventField: String, CaseIterable, Sendable {
  case user, item, time, kind, session, value

  /// The value by which events are compared: of a time its milliseconds, whose text has fewer digits where they are 0.
  func comparable(of event: Event) -> AttributeValue {
    self == .time ? AttributeValue(exactly: event.time.milliseconds) : value(of: event)
  }

  /// The value as it is shown; of a time its text, ISO 8601 in UTC.
  package func value(of event: Event) -> AttributeValue {
    switch self {
    case .user: .string(event.user)
    case .item: .string(event.item)
    case .time: .string(event.time.description)
    case .kind: .string(event.kind)
    case .session: event.session.map { .string($0) } ?? .null
    case .value: event.value.map { .number($0) } ?? .null
    }
  }

  /// What a value takes in an event: user and time in its key, item and kind as numbers.
  func storedBytes(of value: AttributeValue) -> Int {
    switch self {
    case .user, .item, .kind: 4
    case .time, .value: 8
    case .session: ByteWriter.bytes(of: value).count - 1
    }
  }

  /// - Throws: an error of `code` for a name that no event has.
  package static func require(_ name: String, _ code: EngineError.Code) throws {
    guard EventField(rawValue: name) == nil else { return }
    throw EngineError(
      code, "events have no \(name); they have \(allCases.map(\.rawValue).joined(separator: ", "))")
  }
}
