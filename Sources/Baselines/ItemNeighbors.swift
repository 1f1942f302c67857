package import Basics
import Evaluation

/// Items that the same users took: cosine of the items' sets of sequences, shrunk for small ones, the `neighborCount`
/// nearest of each item (Sarwar et al. 2001, Deshpande and Karypis 2004); newer items of a history count more.
package struct ItemNeighbors: ItemScorer {
  /// How neighbors are found and weighed.
  package struct Configuration: Sendable, Hashable {
    package var neighborCount = 200
    /// Added to the product of lengths: what few sequences say counts less.
    package var shrink = 10.0
    /// The weight of an item of the history in that of the next one; 1 for all alike.
    package var decay = 0.5
    /// Whether an item is its own nearest neighbor, for where items of the history are recommended too.
    package var includesItself = false

    package init() {}
  }

  package let itemCount: Int
  private let configuration: Configuration
  private let table: SparseTable

  package init(_ sequences: SequenceSet, itemCount: Int, _ configuration: Configuration = Configuration()) {
    self.itemCount = itemCount
    self.configuration = configuration
    let sets = sequences.map { Array(Set($0)).sorted() }
    var counts = [Int](repeating: 0, count: itemCount)
    for set in sets { for item in set { counts[Int(item)] += 1 } }
    let owners = Inverted(sets, itemCount: itemCount)
    var table = SparseTable()
    table.reserve(rows: itemCount)
    var common = [Float](repeating: 0, count: itemCount)
    var touched: [UInt32] = []
    for item in 0..<itemCount {
      for sequence in owners[item] {
        for other in sets[Int(sequence)] where Int(other) != item || configuration.includesItself {
          if common[Int(other)] == 0 { touched.append(other) }
          common[Int(other)] += 1
        }
      }
      var entries = touched.map { other in
        let lengths = (Double(counts[item]) * Double(counts[Int(other)])).squareRoot()
        return (other, common[Int(other)] / Float(lengths + configuration.shrink))
      }
      entries.sort { ($1.1, $0.0) < ($0.1, $1.0) }
      table.append(entries.prefix(configuration.neighborCount))
      for other in touched { common[Int(other)] = 0 }
      touched.removeAll(keepingCapacity: true)
    }
    self.table = table
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    table.add(history, decay: configuration.decay, to: scores)
  }
}
