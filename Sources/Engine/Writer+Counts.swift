package import Values
import Basics
import LMDB
import Records

/// Changes of what is counted of events in this transaction, written by item in the end.
struct CountChanges {
  /// Nil where the store keeps no counts.
  var strengths: EventStrengths?
  /// Changes of co-occurrences: the item above the other one, and the weight.
  private(set) var pairs: [(key: UInt64, weight: Int64)] = []
  /// Events that came, and with a negative strength ones that went, by item.
  private(set) var events: [UInt32: [CountedEvent]] = [:]
  private var eventCount = 0
  /// More pairs are written at once, so that they take no more memory.
  private let limit: Int
  private static let pairBytes = 40

  init(_ policy: SignalPolicy?, _ memoryLimitBytes: Int?) {
    strengths = policy.map { EventStrengths($0) }
    limit = min(4_000_000, max(1_000, (memoryLimitBytes ?? .max) / 4 / Self.pairBytes))
  }

  var isFull: Bool { max(pairs.count, eventCount) > limit }

  mutating func add(_ weight: Int64, _ other: UInt32, to item: UInt32) {
    pairs.append((UInt64(item) << 32 | UInt64(other), weight))
  }

  /// Hands out each item's changes by ascending item and other item, those of one pair added up.
  mutating func forEachList(_ body: (UInt32, [(ordinal: UInt32, change: Int64)]) throws -> Void) rethrows {
    pairs.sort { $0.key < $1.key }
    var rest = pairs[...]
    var list: [(ordinal: UInt32, change: Int64)] = []
    while let first = rest.first {
      let item = UInt32(first.key >> 32)
      list.removeAll(keepingCapacity: true)
      while let pair = rest.first, UInt32(pair.key >> 32) == item {
        let other = UInt32(truncatingIfNeeded: pair.key)
        if list.last?.ordinal == other {
          list[list.count - 1].change += pair.weight
        } else {
          list.append((other, pair.weight))
        }
        rest.removeFirst()
      }
      list.removeAll { $0.change == 0 }
      if !list.isEmpty { try body(item, list) }
    }
  }

  /// - Parameter sign: -1 for a pair that is there no longer.
  mutating func add(_ earlier: CountedEvent, _ later: CountedEvent, distance: Int, sign: Int64) {
    guard distance <= CoOccurrenceWeight.window else { return }
    add(sign * CoOccurrenceWeight.ofLater(later, distance: distance), later.item, to: earlier.item)
    add(sign * CoOccurrenceWeight.ofEarlier(earlier, distance: distance), earlier.item, to: later.item)
  }

  mutating func add(_ event: CountedEvent, sign: Int64) {
    var event = event
    event.strength *= sign
    events[event.item, default: []].append(event)
    eventCount += 1
  }

  mutating func removeAll() {
    pairs.removeAll(keepingCapacity: true)
    (events, eventCount) = ([:], 0)
  }
}

extension Transaction where Self: ~Copyable {
  func signalPolicy(_ tables: Tables) throws -> SignalPolicy? {
    try get(tables.meta, "signals").map { value in
      try EngineError.decoding("meta", "signals") { try SignalPolicy(decoding: value) }
    }
  }
}

extension Writer {
  private func readCounts() throws {
    if counts == nil { counts = CountChanges(try transaction.signalPolicy(tables), engine.memoryLimitBytes) }
  }

  private func counted(_ event: EventRecord, at time: Int64) throws -> CountedEvent? {
    let strength = try counts?.strengths?.strength(of: event) { try eventKindName($0) } ?? 0
    return strength > 0 ? CountedEvent(item: event.item.rawValue, strength: strength, time: time) : nil
  }

  /// A stored event; nil for one that counts nothing, and for a damaged one, which must not keep anybody from deleting
  /// it.
  private func counted(_ value: UnsafeRawBufferPointer, at key: EventKey) throws -> CountedEvent? {
    guard let event = try? EventRecord(decoding: value, of: key), event.item.rawValue < store.nextItem else {
      return nil
    }
    do { return try counted(event, at: key.time) } catch let error as EngineError
      where error.code == .corrupted
    {
      return nil
    }
  }

  /// Counts an event that is about to be stored.
  func countEvent(_ event: EventRecord, at key: EventKey) throws {
    try readCounts()
    guard let event = try counted(event, at: key.time) else { return }
    let before = try countedEvents(near: key, reverse: true)
    let after = try countedEvents(near: key, reverse: false)
    counts?.add(event, sign: 1)
    for (place, earlier) in before.enumerated() {
      counts?.add(earlier, event, distance: place + 1, sign: 1)
      // What was on both sides is one farther apart now.
      for (next, later) in after.enumerated() where place + next + 1 <= CoOccurrenceWeight.window {
        counts?.add(earlier, later, distance: place + next + 1, sign: -1)
        counts?.add(earlier, later, distance: place + next + 2, sign: 1)
      }
    }
    for (place, later) in after.enumerated() { counts?.add(event, later, distance: place + 1, sign: 1) }
    if counts?.isFull == true { try flushCounts() }
  }

  /// The nearest events of a user that count something, on one side of a key.
  private func countedEvents(near key: EventKey, reverse: Bool) throws -> [CountedEvent] {
    var found: [CountedEvent] = []
    try transaction.withCursor(tables.event) { cursor in
      try key.tableKey.withKeyBytes { bytes in
        var isThere = reverse ? try cursor.seekBefore(keyBytes: bytes) : try cursor.seek(keyBytes: bytes)
        while isThere, let other = EventKey(keyBytes: cursor.key), other.user == key.user {
          if let event = try counted(cursor.value, at: other) { found.append(event) }
          if found.count == CoOccurrenceWeight.window { return }
          isThere = reverse ? try cursor.previous() : try cursor.next()
        }
      }
    }
    return found
  }

  /// Takes all events of a user, who is about to be deleted, out of the counts.
  func uncountEvents(of user: Ordinal) throws {
    try readCounts()
    guard counts?.strengths != nil else { return }
    try addEvents(of: try countedEvents(of: user), sign: -1)
  }

  private func countedEvents(of user: Ordinal) throws -> [CountedEvent] {
    var events: [CountedEvent] = []
    try transaction.forEach(tables.event, prefix: user.rawValue) { key, value in
      if let key = EventKey(keyBytes: key), let event = try counted(value, at: key) { events.append(event) }
      return .next
    }
    return events
  }

  private func addEvents(of events: [CountedEvent], sign: Int64) throws {
    for event in events { counts?.add(event, sign: sign) }
    CoOccurrenceWeight.forEach(in: events) { counts?.add(sign * $2, $1, to: $0) }
    if counts?.isFull == true { try flushCounts() }
  }

  /// Writes what was changed, item by item.
  func flushCounts() throws {
    guard var changes = counts, let policy = changes.strengths?.policy else { return }
    counts = nil
    defer { counts = changes }
    try changes.forEachList { item, list in
      let prefix = ListKey.coOccurrences | item
      try mergeList(prefix, prefix: prefix, list) { (entry: CoOccurrence?, ordinal, change) in
        let weight = (entry?.weight ?? 0) + change
        return weight > 0 ? CoOccurrence(ordinal: ordinal, weight: weight) : nil
      }
    }
    let blocks = Dictionary(grouping: changes.events.keys) { $0 / UInt32(ItemCountBlock.capacity) }
    for (number, items) in blocks.sorted(by: { $0.key < $1.key }) {
      var block = try transaction.itemCounts(block: number, tables) ?? ItemCountBlock()
      for item in items {
        let place = Int(item) % ItemCountBlock.capacity
        for event in changes.events[item] ?? [] {
          block.counts[place].add(event, halfLife: policy.halfLifeSeconds * 1_000)
        }
      }
      try transaction.put(tables.column, PairKey(ListKey.counts, number), block.encoded(number: number))
    }
    changes.removeAll()
  }

  /// Makes a policy the store's, and counts all events by it from scratch.
  /// - Throws: `.invalidArgument` for a policy that cannot be.
  /// - Complexity: O(events), in one transaction.
  package func setSignalPolicy(_ policy: SignalPolicy) throws {
    if let fault = policy.fault { throw EngineError(.invalidArgument, fault) }
    try transaction.put(tables.meta, "signals", policy.encoded())
    try transaction.deleteRange(
      tables.column, from: PairKey(ListKey.coOccurrences, 0), through: ListKey.last(ListKey.coOccurrences))
    counts = CountChanges(policy, engine.memoryLimitBytes)
    var user = UInt32(0)
    while user < store.nextUser {
      try addEvents(of: try countedEvents(of: Ordinal(user)), sign: 1)
      user += 1
    }
    try flushCounts()
  }
}

extension ItemCount {
  /// Adds an event, or takes one of a negative strength away.
  mutating func add(_ event: CountedEvent, halfLife: Double) {
    events = UInt32(clamping: Int64(events) + (event.strength < 0 ? -1 : 1))
    strength = max(0, strength + event.strength)
    recent.add(Double(event.strength) / 1_000, at: event.time, halfLife: halfLife)
    // What is left of rounding.
    if events == 0 { self = ItemCount() }
  }
}
