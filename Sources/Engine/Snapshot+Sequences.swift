import Values
package import Basics
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
  /// What each event counts by the store's signal policy; empty where every event counts 1 and is to be predicted.
  package internal(set) var signals: [EventSignal] = []
  /// The bounds of the policy's signals, which `EventSignal.bounds` counts from 1.
  package internal(set) var bounds: [String] = []

  package init() {}

  /// Adds a sequence of which nothing but its items is known, of no user that is stored.
  package mutating func append(items: [Ordinal]) {
    users.append(Ordinal(.max))
    self.items += items
    kinds += repeatElement(.max, count: items.count)
    times += repeatElement(0, count: items.count)
    if !signals.isEmpty { signals += repeatElement(EventSignal(), count: items.count) }
    offsets.append(self.items.count)
  }

  /// Adds an event to the last sequence.
  /// - Parameter bounds: those of the policy's signals.
  package mutating func extendLast(
    _ item: Ordinal, kind: UInt32, time: Int64, signal: EventSignal, bounds: @autoclosure () -> [String]
  ) {
    if signal != EventSignal(), signals.isEmpty {
      signals = [EventSignal](repeating: EventSignal(), count: items.count)
      self.bounds = bounds()
    }
    // Where all before it counted 1 there are none yet.
    if !signals.isEmpty || signal != EventSignal() { signals.append(signal) }
    items.append(item)
    kinds.append(kind)
    times.append(time)
    offsets[offsets.count - 1] += 1
  }

  /// The newest events of the only sequence.
  package func newest(_ count: Int) -> EventSequences {
    var rest = EventSequences()
    rest.users = users
    (rest.items, rest.kinds, rest.times) = (items.suffix(count), kinds.suffix(count), times.suffix(count))
    (rest.signals, rest.bounds) = (signals.suffix(count), bounds)
    rest.offsets = [0, rest.items.count]
    return rest
  }

  /// What an event counts.
  package func strength(_ place: Int) -> Float { signals.isEmpty ? 1 : signals[place].strength }

  /// Whether an event is to be predicted.
  package func isTarget(_ place: Int) -> Bool { signals.isEmpty || signals[place].isTarget }

  /// The kind of an event with the bounds that it is within.
  /// - Parameter kindName: the name of a kind by its number.
  package func kindLabel(_ place: Int, _ kindName: (UInt32) throws -> String) rethrows -> String {
    let name = try kindName(kinds[place])
    let number = signals.isEmpty ? 0 : Int(signals[place].bounds)
    return number == 0 || number > bounds.count ? name : name + bounds[number - 1]
  }

  /// What distinguishes the kinds of events, by which labels can be kept.
  package func kindKey(_ place: Int) -> UInt64 {
    UInt64(kinds[place]) << 16 | UInt64(signals.isEmpty ? 0 : signals[place].bounds)
  }

  package func range(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }
}

extension Snapshot {
  /// The events of all users in the order users were first written, those of deleted users and items left out.
  /// - Parameter before: only events earlier than this, in milliseconds since 1970.
  package func sequences(before: Int64? = nil) throws -> EventSequences {
    try reading { transaction, tables in
      var signals = SignalReader(try transaction.signalPolicy(tables))
      let store = try transaction.storeRecord(tables)
      let items = try transaction.live(.items, count: Int(store.nextItem), tables)
      let users = try transaction.live(.users, count: Int(store.nextUser), tables)
      var found = EventSequences()
      // Counted and not taken from the record: a number that is stored wrong asks for no memory.
      let count = try transaction.count(tables.event)
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
        try signals.append(event, to: &found) { try transaction.eventKindName($0, tables) }
        return .next
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
    var signals = SignalReader(try signalPolicy(tables))
    try forEach(tables.event, prefix: user.rawValue, reverse: true) { key, value in
      let (key, event) = try Snapshot.decode(key, value)
      found.items.append(event.item)
      found.kinds.append(event.kind)
      found.times.append(key.time)
      try signals.append(event, to: &found) { try eventKindName($0, tables) }
      return found.items.count < limit ? .next : .stop
    }
    found.items.reverse()
    found.kinds.reverse()
    found.times.reverse()
    found.signals.reverse()
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
