package import Basics
package import Transformer

/// Sequences of events as a model reads them: with the place of each event in its sequence.
package struct SessionTokens: Sendable {
  package private(set) var events = SequenceSet()
  package private(set) var sequences = PackedSequences()

  package init() {}

  package var count: Int { sequences.tokenCount }
  package var items: [UInt32] { events.items }

  /// A number for an event's kind, 0 where it is not known.
  package func kind(_ token: Int) -> Int { events.kinds.isEmpty ? 0 : Int(events.kinds[token]) }

  /// A `TimeGap` bucket, 0 where it is not known.
  package func gap(_ token: Int) -> Int { events.gaps.isEmpty ? 0 : Int(events.gaps[token]) }

  /// Adds a part of one of a set's sequences.
  /// - Parameter firstPosition: of its first event in the sequence that it is a part of.
  package mutating func append(_ range: Range<Int>, of set: SequenceSet, firstPosition: Int = 0) {
    events.append(range, of: set)
    sequences.append(length: range.count, firstPosition: firstPosition)
  }

  package mutating func removeAll() {
    events.removeAll()
    sequences.removeAll()
  }
}
