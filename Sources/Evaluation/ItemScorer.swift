/// Scores all items for a history.
package protocol ItemScorer: Sendable {
  /// Items that are scored, numbered from 0.
  var itemCount: Int { get }

  /// Adds to `scores` [itemCount], which are 0, the score of each item after `history`, oldest first.
  func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>)
}
