package import Basics
package import Transformer

/// Sequences of events as a model reads them: with the place of each event in its sequence.
package struct SessionTokens: Sendable {
  package private(set) var events = SequenceSet()
  package private(set) var sequences = PackedSequences()
  /// Whether a token's item is left out, and asked for.
  package private(set) var isMasked: [Bool] = []

  package init() {}

  package var count: Int { sequences.tokenCount }
  package var items: [UInt32] { events.items }

  /// A number for an event's kind, 0 where it is not known.
  package func kind(_ token: Int) -> Int {
    events.kinds.isEmpty || isMasked[token] ? 0 : Int(events.kinds[token])
  }

  /// A `TimeGap` bucket, 0 where it is not known.
  package func gap(_ token: Int) -> Int {
    events.gaps.isEmpty || isMasked[token] ? 0 : Int(events.gaps[token])
  }

  /// Adds a part of one of a set's sequences.
  /// - Parameters:
  ///   - firstPosition: of its first event in the sequence that it is a part of.
  ///   - masking: the places of the events that are masked, from 0.
  package mutating func append(
    _ range: Range<Int>, of set: SequenceSet, firstPosition: Int = 0, masking: [Int] = []
  ) {
    events.append(range, of: set)
    sequences.append(length: range.count, firstPosition: firstPosition)
    isMasked += repeatElement(false, count: range.count)
    for place in masking { isMasked[isMasked.count - range.count + place] = true }
  }

  /// The same sequences, each with a masked token at its end that asks for what comes next, and the row of each
  /// token's item, that of a masked one any.
  package func askingForNext(rows: [UInt32]) -> (tokens: SessionTokens, rows: [UInt32]) {
    var (asking, itemRows) = (SessionTokens(), [UInt32]())
    for sequence in 0..<sequences.count {
      let range = sequences.offsets[sequence]..<sequences.offsets[sequence + 1]
      // The newest event a second time stands for the one that is asked for.
      let newest = range.upperBound - 1
      func extended<T>(_ values: [T]) -> [T] { values.isEmpty ? [] : values[range] + [values[newest]] }
      asking.events.append(
        items: extended(events.items), kinds: extended(events.kinds), gaps: extended(events.gaps))
      asking.sequences.append(
        length: range.count + 1, firstPosition: Int(sequences.positions[range.lowerBound]))
      asking.isMasked += extended(isMasked)
      asking.isMasked[asking.isMasked.count - 1] = true
      itemRows += extended(rows)
    }
    return (asking, itemRows)
  }

  package mutating func removeAll() {
    events.removeAll()
    sequences.removeAll()
    isMasked.removeAll(keepingCapacity: true)
  }
}
