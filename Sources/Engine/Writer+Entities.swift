package import Values
import Basics
import LMDB
package import Records

extension Writer {
  /// What a write did.
  package enum Outcome: Sendable {
    case stored
    case unchanged
  }

  /// The ordinal of `id`, with a bare record made for it if there is none (or only a deleted one).
  package func ordinalMakingRecord(of id: String, _ kind: RecordKind) throws -> Ordinal {
    guard let ordinal = try transaction.ordinal(of: id, kind, tables) else {
      return try insert(EntityRecord(id: id), kind)
    }
    if try transaction.identity(of: ordinal, kind, tables).isDeleted {
      try upsert(EntityRecord(id: id), kind)
    }
    return ordinal
  }

  /// The ordinal of `id`, whose record has these attributes from now on, null taking one away and others staying; a
  /// record is made if there is none.
  /// - Throws: `.invalidID`, `.invalidArgument` for an attribute that cannot be stored or a record that becomes too
  ///   large.
  package func ordinal(of id: String, _ kind: RecordKind, setting attributes: Attributes) throws -> Ordinal {
    guard !attributes.isEmpty else { return try ordinalMakingRecord(of: id, kind) }
    let before = try storedEntity(id, kind)
    var record = before.flatMap { $0.record.isDeleted ? nil : $0.record } ?? EntityRecord(id: id)
    // `nil` alone would be the value null here, which is a literal of it.
    for (name, value) in attributes {
      record.attributes[name] = value == .null ? AttributeValue?.none : value
    }
    try Self.check(record)
    try Self.requireRoom(for: record)
    return try put(record, kind, replacing: before).ordinal
  }

  /// The stored record of `id`; nil when there is none or it is deleted.
  package func entity(_ id: String, _ kind: RecordKind) throws -> EntityRecord? {
    try storedEntity(id, kind).flatMap { $0.record.isDeleted ? nil : $0.record }
  }

  /// Stores a record, replacing the one of the same id.
  /// - Throws: `.invalidID`, `.invalidArgument` for an attribute that cannot be stored.
  @discardableResult
  package func upsert(_ record: EntityRecord, _ kind: RecordKind) throws -> Outcome {
    try Self.check(record)
    return try put(record, kind, replacing: try storedEntity(record.id, kind)).outcome
  }

  /// What is stored under `id`, deleted or not.
  private func storedEntity(
    _ id: String, _ kind: RecordKind
  ) throws -> (ordinal: Ordinal, record: EntityRecord)? {
    guard let ordinal = try transaction.ordinal(of: id, kind, tables) else { return nil }
    return (
      ordinal, try transaction.entity(ordinal, kind, tables) ?? EntityRecord(id: id, isDeleted: true)
    )
  }

  /// Stores a record that was checked in the place of the one that is there.
  func put(
    _ record: EntityRecord, _ kind: RecordKind, replacing stored: (ordinal: Ordinal, record: EntityRecord)?
  ) throws -> (ordinal: Ordinal, outcome: Outcome) {
    guard let (ordinal, before) = stored else { return (try insert(record, kind), .stored) }
    var record = record
    record.isNamedByEvents = before.isNamedByEvents
    let encoded = record.encoded(for: ordinal)
    if before.encoded(for: ordinal) == encoded { return (ordinal, .unchanged) }
    try transaction.put(tables.entities(kind), ordinal.rawValue, encoded)
    if before.isDeleted { adjustCount(kind, by: 1) }
    noteText(of: ordinal, kind, from: before.text, to: record.text)
    try updateColumns(ordinal, kind, from: before.attributes, to: record.attributes)
    try updateTerms(ordinal, kind, from: before, to: record)
    return (ordinal, .stored)
  }

  /// The ids of all records of a kind that are not deleted.
  package func liveIDs(_ kind: RecordKind) throws -> [String] {
    var ids: [String] = []
    try transaction.forEach(tables.entities(kind)) { key, value in
      guard let ordinal = UInt32(keyBytes: key) else { return .next }
      let (id, isDeleted) = try EngineError.decoding(kind.rawValue, "\(ordinal)") {
        try EntityRecord.decodeID(value, of: Ordinal(ordinal))
      }
      if !isDeleted { ids.append(id) }
      return .next
    }
    return ids
  }

  /// How many records of a kind there are.
  package func count(_ kind: RecordKind) -> UInt64 { kind == .items ? store.itemCount : store.userCount }

  /// Whether a record is there and not deleted.
  func isLive(_ ordinal: Ordinal, _ kind: RecordKind) throws -> Bool {
    guard let value = try transaction.get(tables.entities(kind), ordinal.rawValue) else { return false }
    return try EngineError.decoding(kind.rawValue, "\(ordinal.rawValue)") {
      try !EntityRecord.decodeID(value, of: ordinal).isDeleted
    }
  }

  private func insert(_ record: EntityRecord, _ kind: RecordKind) throws -> Ordinal {
    try EntityID.check(record.id)
    let ordinal = Ordinal(UInt32(store.ordinalCount(kind)))
    guard ordinal.rawValue < ListKey.numbers - 1 else {
      throw EngineError(.unsupported, "a store holds at most \(ListKey.numbers - 1) \(kind)")
    }
    try restore(record, kind, at: ordinal)
    changedRecords.insert(ordinal, kind, changesText: record.text != nil)
    return ordinal
  }

  /// Stores a record, deleted ones too, under an ordinal that no record has.
  func restore(_ record: EntityRecord, _ kind: RecordKind, at ordinal: Ordinal) throws {
    if kind == .items {
      store.nextItem = max(store.nextItem, ordinal.rawValue + 1)
    } else {
      store.nextUser = max(store.nextUser, ordinal.rawValue + 1)
    }
    try transaction.put(
      tables.ids(kind), record.id,
      Array(record.id.utf8).withUnsafeBytes { NumberRecord.encode(ordinal.rawValue, key: $0) })
    try transaction.put(tables.entities(kind), ordinal.rawValue, record.encoded(for: ordinal))
    if !record.isDeleted { adjustCount(kind, by: 1) }
    try updateColumns(ordinal, kind, from: [:], to: record.attributes)
    try updateTerms(ordinal, kind, from: nil, to: record)
  }

  /// A text is no cell, but filters look at it: what they found before a change does not count behind it.
  private func noteText(of ordinal: Ordinal, _ kind: RecordKind, from before: String?, to after: String?) {
    let isChanged = before.map({ ExactString($0) }) != after.map({ ExactString($0) })
    if isChanged { store.attributeVersion += 1 }
    changedRecords.insert(ordinal, kind, changesText: isChanged)
  }

  /// A count that was stored wrong stays wrong, for `verify` to report; it ends no process.
  private func adjustCount(_ kind: RecordKind, by change: Int) {
    if kind == .items {
      store.itemCount = UInt64(max(0, Int64(store.itemCount) + Int64(change)))
    } else {
      store.userCount = UInt64(max(0, Int64(store.userCount) + Int64(change)))
    }
  }

  /// Says whether a record can be stored, without a look at the store.
  /// - Throws: `.invalidID`, `.invalidArgument` for an attribute that cannot be stored.
  package static func check(_ record: EntityRecord) throws {
    try EntityID.check(record.id)
    for (name, value) in record.attributes {
      guard (1...Limits.attributeNameBytes).contains(name.utf8.count) else {
        throw EngineError(
          .invalidArgument,
          "attribute names have 1 to \(Limits.attributeNameBytes) bytes; \"\(name.prefix(40))\" has \(name.utf8.count)"
        )
      }
      if !value.isFinite {
        throw EngineError(
          .invalidArgument, "attribute \(name) of \"\(record.id)\" is \(value); numbers are finite")
      }
      if !value.isNested(atMost: Limits.depth) {
        throw EngineError(
          .invalidArgument,
          "attribute \(name) of \"\(record.id)\" is nested more than \(Limits.depth) deep")
      }
    }
  }

  /// Whether a record fits into one stored value.
  package static func canHold(_ record: EntityRecord) -> Bool {
    func size(_ value: AttributeValue) -> Int {
      switch value {
      case .null, .number, .bool, .integer: 9
      case .string(let text): 10 + text.utf8.count
      case .strings(let texts): texts.reduce(10) { $0 + 10 + $1.utf8.count }
      case .integers(let numbers): 10 + 8 * numbers.count
      case .list(let values): values.reduce(10) { $0 + size($1) }
      case .object(let members): members.reduce(10) { $0 + 10 + $1.key.utf8.count + size($1.value) }
      }
    }
    // An upper bound costs little; only what comes near the limit is encoded.
    let bound = record.attributes.reduce(600 + (record.text?.utf8.count ?? 0)) {
      $0 + 10 + $1.key.utf8.count + size($1.value)
    }
    return bound <= Limits.valueBytes
      || record.encoded(for: Ordinal(0)).count <= Limits.valueBytes
  }

  /// - Throws: `.invalidArgument` for a record that is larger than a stored value can be.
  package static func requireRoom(for record: EntityRecord) throws {
    guard !canHold(record) else { return }
    let limit = Limits.valueBytes
    throw EngineError(
      .invalidArgument,
      "the record of \"\(record.id)\" would have \(record.encoded(for: Ordinal(0)).count) bytes with its text and "
        + "attributes; at most \(limit) can be stored"
    )
  }

  /// Deletes a record with its vectors; a user's events go too, an item's id stays where events name it.
  /// - Returns: false when there was none.
  package func delete(_ id: String, _ kind: RecordKind) throws -> Bool {
    guard let (ordinal, record) = try storedEntity(id, kind), !record.isDeleted else { return false }
    for space in try spaces(over: kind) { try space.remove(ordinal) }
    // Its vectors are gone already.
    if record.text != nil { store.attributeVersion += 1 }
    try updateColumns(ordinal, kind, from: record.attributes, to: [:])
    try updateTerms(ordinal, kind, from: record, to: nil)
    if kind == .users {
      try uncountEvents(of: ordinal)
      try deleteEvents(of: ordinal)
    }
    if record.isNamedByEvents {
      try transaction.put(
        tables.entities(kind), ordinal.rawValue,
        EntityRecord(id: id, isDeleted: true, isNamedByEvents: true).encoded(for: ordinal))
    } else {
      try transaction.delete(tables.ids(kind), id)
      try transaction.delete(tables.entities(kind), ordinal.rawValue)
    }
    adjustCount(kind, by: -1)
    return true
  }

  /// Notes that an event names an item, whose id has to stay from now on.
  func markNamed(_ item: Ordinal) throws {
    guard named.insert(item).inserted, var record = try transaction.entity(item, .items, tables),
      !record.isNamedByEvents
    else { return }
    record.isNamedByEvents = true
    try transaction.put(tables.item, item.rawValue, record.encoded(for: item))
  }

  private func deleteEvents(of user: Ordinal) throws {
    let first = EventTableKey(user.rawValue, .init(0, 0))
    let last = EventTableKey(user.rawValue, .init(.max, .max))
    let removed = try transaction.deleteRange(tables.event, from: first, through: last)
    store.eventCount -= min(store.eventCount, UInt64(removed))
  }
}
