import Values
import Basics
import LMDB
package import Records

/// Events of many users, one user behind the other, oldest first.
package struct EventSequences: Sendable {
  package internal(set) var users: [Ordinal] = []
  /// Where each user's events begin, and at last where the last one's end.
  package internal(set) var offsets: [Int] = [0]
  package internal(set) var items: [Ordinal] = []
  /// The number of each event's kind.
  package internal(set) var kinds: [UInt32] = []
  /// Milliseconds since 1970.
  package internal(set) var times: [Int64] = []
  /// What each event counts by the store's signal policy; empty where every event counts 1.
  package internal(set) var strengths: [Float] = []

  package init() {}

  /// Adds a sequence of which nothing but its items is known, of no user that is stored.
  package mutating func append(items: [Ordinal]) {
    users.append(Ordinal(.max))
    self.items += items
    kinds += repeatElement(.max, count: items.count)
    times += repeatElement(0, count: items.count)
    if !strengths.isEmpty { strengths += repeatElement(1, count: items.count) }
    offsets.append(self.items.count)
  }

  /// Adds a sequence of events of no user that is stored, oldest first.
  package mutating func append(_ events: [(item: Ordinal, kind: UInt32, time: Int64, strength: Float)]) {
    append(items: events.map(\.item))
    kinds.replaceSubrange((kinds.count - events.count)..., with: events.map(\.kind))
    times.replaceSubrange((times.count - events.count)..., with: events.map(\.time))
    guard !strengths.isEmpty || events.contains(where: { $0.strength != 1 }) else { return }
    if strengths.isEmpty { strengths = [Float](repeating: 1, count: items.count) }
    strengths.replaceSubrange((strengths.count - events.count)..., with: events.map(\.strength))
  }

  /// Adds an event to the last sequence.
  package mutating func extendLast(_ item: Ordinal, kind: UInt32, time: Int64, strength: Float) {
    if strength != 1, strengths.isEmpty { strengths = [Float](repeating: 1, count: items.count) }
    if !strengths.isEmpty { strengths.append(strength) }
    items.append(item)
    kinds.append(kind)
    times.append(time)
    offsets[offsets.count - 1] += 1
  }

  /// What an event counts.
  package func strength(_ place: Int) -> Float { strengths.isEmpty ? 1 : strengths[place] }

  package func range(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }
}

extension Snapshot {
  /// The events of all users in the order users were first written, those of deleted users and items left out.
  /// - Parameters:
  ///   - before: only events earlier than this, in milliseconds since 1970.
  ///   - limit: only so many events, of the first users.
  package func sequences(before: Int64? = nil, limit: Int = .max) throws -> EventSequences {
    try reading { transaction, tables in
      var strengths = StrengthReader(try transaction.signalPolicy(tables))
      let store = try transaction.storeRecord(tables)
      let items = try transaction.live(.items, count: Int(store.nextItem), tables)
      let users = try transaction.live(.users, count: Int(store.nextUser), tables)
      var found = EventSequences()
      // Counted and not taken from the record: a number that is stored wrong asks for no memory.
      let count = min(limit, try transaction.count(tables.event))
      found.items.reserveCapacity(count)
      found.kinds.reserveCapacity(count)
      found.times.reserveCapacity(count)
      var user: Ordinal?
      try transaction.forEach(tables.event) { key, value in
        let (key, event) = try Self.decode(key, value)
        guard Int(key.user.rawValue) < users.count, users[Int(key.user.rawValue)] else { return .next }
        guard Int(event.item.rawValue) < items.count, items[Int(event.item.rawValue)] else { return .next }
        if let before, key.time >= before { return .next }
        if user != key.user {
          if user != nil { found.offsets.append(found.items.count) }
          user = key.user
          found.users.append(key.user)
        }
        found.items.append(event.item)
        found.kinds.append(event.kind)
        found.times.append(key.time)
        try strengths.append(event, to: &found.strengths) { try transaction.eventKindName($0, tables) }
        return found.items.count < limit ? .next : .stop
      }
      if user != nil { found.offsets.append(found.items.count) }
      return found
    }
  }

  /// The newest events of one user, oldest first; nil where there is no such user.
  package func recentEvents(ofUser id: String, last limit: Int) throws -> EventSequences? {
    try reading { try $0.recentEvents(ofUser: id, last: limit, $1) }
  }

  /// The name of a kind of event by its number.
  package func eventKindName(_ number: UInt32) throws -> String {
    try reading { try $0.eventKindName(number, $1) }
  }
}

extension Writer {
  /// The newest events of one user, those of this transaction among them, oldest first; nil where there is no such
  /// user.
  package func recentEvents(ofUser id: String, last limit: Int) throws -> EventSequences? {
    try transaction.recentEvents(ofUser: id, last: limit, tables)
  }

  /// The name of a kind of event by its number.
  package func eventKindName(_ number: UInt32) throws -> String {
    try transaction.eventKindName(number, tables)
  }
}

extension Transaction where Self: ~Copyable {
  func eventKindName(_ number: UInt32, _ tables: Tables) throws -> String {
    String(decoding: try word(number, tables).dropFirst(), as: UTF8.self)
  }

  fileprivate func recentEvents(
    ofUser id: String, last limit: Int, _ tables: Tables
  ) throws -> EventSequences? {
    guard let user = try ordinal(of: id, .users, tables), let value = try get(tables.user, user.rawValue)
    else { return nil }
    let record = try EngineError.decoding("users", "\(user.rawValue)") {
      try EntityRecord.decodeID(value, of: user)
    }
    if record.isDeleted { return nil }
    var found = EventSequences()
    found.users = [user]
    guard limit > 0 else {
      found.offsets.append(0)
      return found
    }
    var strengths = StrengthReader(try signalPolicy(tables))
    try forEach(tables.event, prefix: user.rawValue, reverse: true) { key, value in
      let (key, event) = try Snapshot.decode(key, value)
      found.items.append(event.item)
      found.kinds.append(event.kind)
      found.times.append(key.time)
      try strengths.append(event, to: &found.strengths) { try eventKindName($0, tables) }
      return found.items.count < limit ? .next : .stop
    }
    found.items.reverse()
    found.kinds.reverse()
    found.times.reverse()
    found.strengths.reverse()
    found.offsets.append(found.items.count)
    return found
  }

  /// For each ordinal whether its record is there and not deleted.
  fileprivate func live(_ kind: RecordKind, count: Int, _ tables: Tables) throws -> [Bool] {
    var live = [Bool](repeating: false, count: count)
    try forEach(tables.entities(kind)) { key, value in
      guard let ordinal = UInt32(keyBytes: key), Int(ordinal) < count else { return .next }
      live[Int(ordinal)] = try EngineError.decoding("\(kind)", "\(ordinal)") {
        try !EntityRecord.decodeID(value, of: Ordinal(ordinal)).isDeleted
      }
      return .next
    }
    return live
  }
}
