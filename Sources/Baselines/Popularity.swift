package import Basics
import Evaluation

/// Scores an item by how often it occurs, whatever the history.
package struct Popularity: ItemScorer {
  private let counts: [Float]

  package var itemCount: Int { counts.count }

  /// - Parameter recent: only this many last events of each sequence count; nil for all.
  package init(_ sequences: SequenceSet, itemCount: Int, recent: Int? = nil) {
    var counts = [Float](repeating: 0, count: itemCount)
    for sequence in sequences {
      for item in sequence.suffix(recent ?? sequence.count) { counts[Int(item)] += 1 }
    }
    self.counts = counts
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    for item in counts.indices { scores[item] += counts[item] }
  }
}
