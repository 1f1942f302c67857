package import Records
package import Values
import Basics
import LMDB

extension Transaction where Self: ~Copyable {
  /// The counts of a block of items; nil where none of them has any.
  func itemCounts(block number: UInt32, _ tables: Tables) throws -> ItemCountBlock? {
    try get(tables.column, PairKey(ListKey.counts, number)).map { value in
      try EngineError.decoding("counts of items, block", "\(number)") {
        try ItemCountBlock(decoding: value, number: number)
      }
    }
  }
}

extension Snapshot {
  /// What events mean; nil where the store keeps no counts, as one of a format before 9 does not.
  package func signalPolicy() throws -> SignalPolicy? { try reading { try $0.signalPolicy($1) } }

  /// Which part of some events has an item that the same user had before.
  /// - Parameter limit: how many events, those of the first users.
  package func repeatedShare(of limit: Int) throws -> Double {
    try reading { transaction, tables in
      var (count, repeated) = (0, 0)
      var (user, seen) = (Ordinal?.none, Set<Ordinal>())
      try transaction.forEach(tables.event) { key, value in
        let (key, event) = try Snapshot.decode(key, value)
        if key.user != user {
          user = key.user
          seen.removeAll(keepingCapacity: true)
        }
        count += 1
        if !seen.insert(event.item).inserted { repeated += 1 }
        return count < limit ? .next : .stop
      }
      return Double(repeated) / Double(max(1, count))
    }
  }

  /// The kinds of events that there are or were, sorted by bytes.
  package func eventKinds() throws -> [String] {
    try reading { transaction, tables in
      var kinds: [String] = []
      try transaction.forEach(tables.wordID, prefix: BytesKey([Words.kind])) { key, _ in
        kinds.append(String(decoding: key.dropFirst(), as: UTF8.self))
        return .next
      }
      return kinds
    }
  }

  /// What is counted of each item, by ordinal, up to the last one that has events.
  /// - Complexity: O(items).
  package func itemCounts() throws -> [ItemCount] {
    try reading { transaction, tables in
      let limit = Int(try transaction.storeRecord(tables).nextItem)
      var counts: [ItemCount] = []
      try transaction.forEach(tables.column, prefix: ListKey.counts) { key, value in
        guard let number = BlockKey(keyBytes: key)?.second, Int(number) * ItemCountBlock.capacity < limit
        else { return .stop }
        let block = try EngineError.decoding("counts of items, block", "\(number)") {
          try ItemCountBlock(decoding: value, number: number)
        }
        let gap = Int(number) * ItemCountBlock.capacity - counts.count
        counts += [ItemCount](repeating: ItemCount(), count: max(0, gap))
        counts += block.counts
        return .next
      }
      return Array(counts.prefix(limit))
    }
  }

  /// Hands out the items that occur near another one in users' sequences, by ascending ordinal.
  /// - Complexity: O(items handed out).
  package func forEachCoOccurrence(of item: Ordinal, _ body: (CoOccurrence) -> Void) throws {
    let prefix = ListKey.coOccurrences | item.rawValue
    try reading { transaction, tables in
      try transaction.forEach(tables.column, prefix: prefix) { key, value in
        guard let first = BlockKey(keyBytes: key)?.second else { return .next }
        try EngineError.decoding("co-occurrences of item \(item.rawValue) from", "\(first)") {
          try CoOccurrence.forEach(in: value, list: prefix, first: first, body)
        }
        return .next
      }
    }
  }

  /// What is counted must be what the stored events give.
  func verifyCounts(_ result: inout VerifyReport) throws {
    guard let policy = try signalPolicy() else {
      return try reading { transaction, tables in
        try transaction.forEach(tables.column, from: PairKey(ListKey.coOccurrences, 0)) { _, _ in
          result.report("there are counts of events, and no record of what events mean")
          return .stop
        }
      }
    }
    let halfLife = policy.halfLifeSeconds * 1_000
    var expected = [ItemCount](repeating: ItemCount(), count: Int(try store().nextItem))
    // Sums of weights times mixed numbers: any other weight changes them, but for one chance in 2⁶⁴.
    var (expectedSum, sum, pairs) = (UInt64(0), UInt64(0), 0)
    // A damaged event is reported as such.
    var isWhole = true
    func mixed(_ of: UInt32, _ item: UInt32, _ weight: Int64) -> UInt64 {
      SeededGenerator.mixed(UInt64(of) << 32 | UInt64(item)) &* UInt64(bitPattern: weight)
    }
    try reading { transaction, tables in
      var strengths = EventStrengths(policy)
      var (user, events) = (Ordinal?.none, [CountedEvent]())
      func finishUser() {
        for event in events {
          expected[Int(event.item)].add(event, halfLife: halfLife)
        }
        CoOccurrenceWeight.forEach(in: events) { expectedSum &+= mixed($0, $1, $2) }
        events = []
      }
      try transaction.forEach(tables.event) { key, value in
        guard let (key, event) = try? Snapshot.decode(key, value), Int(event.item.rawValue) < expected.count
        else {
          isWhole = false
          return .stop
        }
        if key.user != user {
          finishUser()
          user = key.user
        }
        let strength = try strengths.strength(of: event) { try transaction.eventKindName($0, tables) }
        if strength > 0 {
          events.append(CountedEvent(item: event.item.rawValue, strength: strength, time: key.time))
        }
        return .next
      }
      finishUser()
      try transaction.forEach(
        tables.column, from: PairKey(ListKey.coOccurrences, 0), through: PairKey(ListKey.counts - 1, .max)
      ) { key, value in
        guard let place = BlockKey(keyBytes: key) else { return .next }
        let item = place.first & ~ListKey.coOccurrences
        do {
          try CoOccurrence.forEach(in: value, list: place.first, first: place.second) {
            sum &+= mixed(item, $0.ordinal, $0.weight)
            pairs += 1
          }
        } catch { result.report("co-occurrences of item \(item) from \(place.second): \(error)") }
        return .next
      }
    }
    result.count("co-occurrences", pairs)
    guard isWhole else { return }
    if sum != expectedSum {
      result.report(
        "co-occurrences of items are not those of the stored events; count again with: rebuild --counts")
    }
    let found = try itemCounts()
    for (item, count) in expected.enumerated() {
      let stored = item < found.count ? found[item] : ItemCount()
      if !count.equals(stored, halfLife: halfLife) {
        result.report(
          "item \(item): its counts are not those of the stored events; count again with: rebuild --counts")
        break
      }
    }
  }
}

extension ItemCount {
  /// Whether two counts are the same but for the rounding of the decayed sums.
  func equals(_ other: ItemCount, halfLife: Double) -> Bool {
    let time = max(recent.time, other.recent.time)
    let (mine, others) = (
      recent.value(at: time, halfLife: halfLife), other.recent.value(at: time, halfLife: halfLife)
    )
    return events == other.events && strength == other.strength
      && abs(mine - others) <= 1e-9 * max(1, Double(strength) / 1_000)
  }
}
