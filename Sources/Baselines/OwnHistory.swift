package import Basics
import Evaluation

/// Recommends the items of the history again: each occurrence of an item adds to its score, less the older it is. Items
/// that do not occur there follow by popularity.
package struct OwnHistory: ItemScorer {
  private let decay: Float
  /// Of each item, so small that an event of the history counts more.
  private let popularity: [Float]

  package var itemCount: Int { popularity.count }

  /// - Parameter decay: what an event keeps of its weight with each event after it, above 0 and at most 1.
  package init(_ sequences: SequenceSet, itemCount: Int, decay: Double) {
    var counts = [Float](repeating: 0, count: itemCount)
    for sequence in sequences { for item in sequence { counts[Int(item)] += 1 } }
    let factor = 1e-30 / max(1, counts.max() ?? 1)
    self.decay = Float(decay)
    popularity = counts.map { $0 * factor }
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    for item in popularity.indices { scores[item] += popularity[item] }
    var weight: Float = 1
    for item in history.reversed() {
      scores[Int(item)] += weight
      weight *= decay
    }
  }
}
