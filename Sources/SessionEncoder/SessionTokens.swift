package import Basics
package import Transformer

/// Packed sequences of events as a model reads them.
package struct SessionTokens: Sendable {
  package private(set) var items: [UInt32] = []
  /// A number for each event's kind, 0 where it is not known; as many as items.
  package private(set) var kinds: [UInt8] = []
  /// A `TimeGap` bucket each.
  package private(set) var gaps: [UInt8] = []
  package private(set) var sequences = PackedSequences()

  package init() {}

  package var count: Int { items.count }

  /// Adds a sequence, oldest first. Kinds and gaps may be empty: then they are 0.
  /// - Parameter firstPosition: of its first event in the sequence that it is a part of.
  package mutating func append(
    items: some Collection<UInt32>, kinds: some Collection<UInt8>, gaps: some Collection<UInt8>,
    firstPosition: Int = 0
  ) {
    self.items += items
    if kinds.isEmpty { self.kinds += repeatElement(0, count: items.count) } else { self.kinds += kinds }
    if gaps.isEmpty { self.gaps += repeatElement(0, count: items.count) } else { self.gaps += gaps }
    sequences.append(length: items.count, firstPosition: firstPosition)
  }

  package mutating func removeAll() {
    items.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    gaps.removeAll(keepingCapacity: true)
    sequences.removeAll()
  }
}

extension SessionTokens {
  /// Adds a part of one of a set's sequences.
  package mutating func append(_ range: Range<Int>, of set: SequenceSet) {
    append(
      items: set.items[range], kinds: set.kinds.isEmpty ? [] : set.kinds[range],
      gaps: set.gaps.isEmpty ? [] : set.gaps[range])
  }
}
