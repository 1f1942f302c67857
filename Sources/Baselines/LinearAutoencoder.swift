package import Basics
import Evaluation

/// Item-to-item weights that predict each user's items from the others, in closed form (EASE; Steck 2019):
/// B = I - P / diag(P), P = (XᵀX + λ I)⁻¹.
package struct LinearAutoencoder: ItemScorer {
  /// How the matrix is fitted and a history weighed.
  package struct Configuration: Sendable, Hashable {
    package var lambda = 100.0
    /// The weight of an item of the history in that of the next one; 1 for all alike.
    package var decay = 0.5

    package init() {}
  }

  /// The most items: the matrix has their number squared, and its inverse takes their number cubed.
  package static let itemLimit = 13_000

  package let itemCount: Int
  private let decay: Float
  /// B [items, items], its diagonal 0.
  private let weights: [Float]

  /// - Returns: nil for more items than `itemLimit`.
  package init?(
    _ sequences: SequenceSet, itemCount: Int, threads: Int, _ configuration: Configuration = Configuration()
  ) {
    guard itemCount <= Self.itemLimit else { return nil }
    self.itemCount = itemCount
    decay = Float(configuration.decay)
    var matrix = [Float](repeating: 0, count: itemCount * itemCount)
    for sequence in sequences {
      let set = Set(sequence).map(Int.init)
      for item in set { for other in set { matrix[item * itemCount + other] += 1 } }
    }
    for item in 0..<itemCount { matrix[item * itemCount + item] += Float(configuration.lambda) }
    matrix.withUnsafeMutableBufferPointer { matrix in
      guard let start = matrix.baseAddress else { return }
      SymmetricInverse(threads: threads).invert(start, count: itemCount, stride: itemCount)
      for column in 0..<itemCount {
        let diagonal = start[column * itemCount + column]
        for row in 0..<itemCount {
          start[row * itemCount + column] = row == column ? 0 : -start[row * itemCount + column] / diagonal
        }
      }
    }
    weights = matrix
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    var share: Float = 1
    for item in history.reversed() {
      let row = Int(item) * itemCount
      for other in 0..<itemCount { scores[other] += share * weights[row + other] }
      share *= decay
      if share < 1e-4 { break }
    }
  }
}
