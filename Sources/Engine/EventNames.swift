import LMDB
import Records
import Values

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
