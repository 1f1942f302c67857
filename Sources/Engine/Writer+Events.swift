import Basics
import LMDB
package import Records

extension Writer {
  /// The number of a kind of event.
  package func eventKind(_ name: String) throws -> UInt32 {
    guard (1...Limits.kindBytes).contains(name.utf8.count) else {
      throw EngineError(
        .invalidArgument,
        "a kind of event has 1 to \(Limits.kindBytes) bytes; \"\(name.prefix(40))\" has \(name.utf8.count)")
    }
    return try word([Words.kind] + Array(name.utf8))
  }

  /// Appends one event behind those of the same user and time.
  /// - Returns: `.unchanged` when an equal event is stored already.
  package func append(_ event: EventRecord, user: Ordinal, time: Int64) throws -> Outcome {
    try append([event], user: user, time: time) == 1 ? .stored : .unchanged
  }

  /// Appends events of one user at one time, in their order, behind those that are stored.
  /// - Returns: how many were new; the others equal one that is stored or one before them.
  package func append(_ events: [EventRecord], user: Ordinal, time: Int64) throws -> Int {
    let storedTime = EventKey(user: user, time: time, number: 0).storedTime
    let first = EventTableKey(user.rawValue, .init(storedTime, 0))
    let last = EventTableKey(user.rawValue, .init(storedTime, .max))
    var next: UInt32 = 0
    // Equal events have equal bytes, so a damaged one merely does not match; verify names it.
    var known: Set<[UInt8]> = []
    try transaction.forEach(tables.event, from: first, through: last) { key, value in
      known.insert(Array(value))
      next = (EventKey(keyBytes: key)?.number ?? next) + 1
      return .next
    }
    var count = 0
    for event in events {
      let encoded = event.encoded(for: EventKey(user: user, time: time, number: next))
      guard known.insert(encoded).inserted else { continue }
      let key = EventKey(user: user, time: time, number: next)
      try countEvent(event, at: key)
      try transaction.put(tables.event, key.tableKey, encoded)
      try markNamed(event.item)
      next += 1
      count += 1
    }
    store.eventCount += UInt64(count)
    return count
  }
}
