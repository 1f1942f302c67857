/// Sequences concatenated without padding.
package struct PackedSequences: Sendable {
  /// Where each sequence begins, and at last where the last one ends.
  package private(set) var offsets: [Int] = [0]
  /// The place of each token in its sequence, from 0.
  package private(set) var positions: [UInt32] = []

  package init() {}

  /// Tokens of all sequences.
  package var tokenCount: Int { positions.count }
  /// Sequences.
  package var count: Int { offsets.count - 1 }
  /// Elements of the attention probabilities of one head: the sum of the squares of the lengths.
  package var pairCount: Int {
    (0..<count).reduce(0) { $0 + (offsets[$1 + 1] - offsets[$1]) * (offsets[$1 + 1] - offsets[$1]) }
  }

  package mutating func append(length: Int, firstPosition: Int = 0) {
    for position in 0..<length { positions.append(UInt32(firstPosition + position)) }
    offsets.append(positions.count)
  }

  package mutating func removeAll() {
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    positions.removeAll(keepingCapacity: true)
  }
}
