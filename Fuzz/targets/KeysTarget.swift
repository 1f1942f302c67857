import Basics
import LMDB
import Records

extension FuzzTarget {
  /// Keys of the tables: what is read of one gives the same bytes, and numbers are ordered as bytes are.
  static let keys = FuzzTarget("keys", maximumBytes: 64) { bytes in
    var input = FuzzInput(bytes)
    let kind = input.below(4)
    let half = input.rest.count / 2
    let (first, second) = (input.take(half), input.rest)
    switch kind {
    case 0: try checkNumbers(UInt32.self, first, second)
    case 1: try checkNumbers(UInt64.self, first, second)
    case 2:
      typealias Key = PairKey<UInt32, PairKey<UInt64, UInt32>>
      func event(_ bytes: UnsafeRawBufferPointer) throws -> EventKey? {
        guard let key = try rewritten(Key.self, bytes) else { return nil }
        let event = EventKey(
          user: Ordinal(key.first), time: EventKey.time(fromStored: key.second.first),
          number: key.second.second)
        try hold(event.storedTime == key.second.first, "time \(event.time) is stored otherwise")
        return event
      }
      guard let left = try event(first), let right = try event(second) else { return }
      try hold((left < right) == first.lexicographicallyPrecedes(second), "\(left) and \(right)")
    default:
      guard let left = try rewritten(String.self, first), let right = try rewritten(String.self, second)
      else { return }
      let isLess = ExactString(left) < ExactString(right)
      try hold(isLess == first.lexicographicallyPrecedes(second), "\(left) and \(right)")
      try hold((ExactString(left) == ExactString(right)) == first.elementsEqual(second), "\(left)")
      _ = try rewritten(BytesKey.self, first)
    }
  } samples: {
    let events = PairKey<UInt32, PairKey<UInt64, UInt32>>(7, PairKey(1 << 63 | 5_000, 3))
    let event = events.withKeyBytes { Array($0) }
    let text = Array("item-1ä".utf8)
    return [
      [0, 0, 0, 0, 9, 0, 0, 1, 2], [1] + [UInt8](repeating: 1, count: 16), [2] + event + event,
      [3] + text + text,
    ]
  }

  /// The key in `bytes`; nil where they are none.
  private static func rewritten<Key: LMDBKey>(_: Key.Type, _ bytes: UnsafeRawBufferPointer) throws -> Key? {
    guard let key = Key(keyBytes: bytes) else { return nil }
    let same = key.withKeyBytes { $0.elementsEqual(bytes) }
    try hold(same, "\(Array(bytes)) is read as \(key)")
    return key
  }

  private static func checkNumbers<Key: LMDBKey & Comparable>(
    _: Key.Type, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
  ) throws {
    guard let left = try rewritten(Key.self, first), let right = try rewritten(Key.self, second) else {
      return
    }
    try hold((left < right) == first.lexicographicallyPrecedes(second), "\(left) and \(right)")
  }
}
