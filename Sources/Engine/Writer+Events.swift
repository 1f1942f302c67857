import LMDB
package import Records

extension Writer {
  /// The number of a kind of event.
  package func eventKind(_ name: String) throws -> UInt32 {
    guard (1...100).contains(name.utf8.count) else {
      throw EngineError(.invalidArgument, "a kind of event has 1 to 100 bytes; \"\(name.prefix(40))\" has \(name.utf8.count)")
    }
    return try word([Words.kind] + Array(name.utf8))
  }

  /// Appends one event behind those of the same user and time.
  /// - Returns: `.unchanged` when an equal event is stored already.
  package func append(_ event: EventRecord, user: Ordinal, time: Int64) throws -> Outcome {
    let first = EventTableKey(user.rawValue, .init(EventKey(user: user, time: time, number: 0).storedTime, 0))
    let last = EventTableKey(user.rawValue, .init(first.second.first, .max))
    var next: UInt32 = 0
    var isThere = false
    let encoded = event.encoded()
    try transaction.forEach(tables.event, from: first, through: last) { key, value in
      // Equal events have equal bytes, so a damaged one merely does not match; verify names it.
      isThere = encoded.withUnsafeBytes { $0.elementsEqual(value) }
      next = (EventKey(keyBytes: key)?.number ?? next) + 1
      return isThere ? .stop : .next
    }
    if isThere { return .unchanged }
    try transaction.put(tables.event, EventKey(user: user, time: time, number: next).tableKey, encoded)
    store.eventCount += 1
    return .stored
  }
}
