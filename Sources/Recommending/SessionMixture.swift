import Platform
import SessionEncoder

/// The scores of items after one history by a model's encoder and rules together.
///
/// An item that no rule names has the encoder's score. That of an item that rules name is raised to what corresponds to
/// its probability under the mixture of both: `log((1 - share) e^score / sum + share · r) - log((1 - share) / sum)`,
/// with `r` its share of the rules' weights and `sum` that of `e^score` over all items.
struct SessionMixture {
  /// The items that rules name, by their numbers.
  let items: [UInt32]
  /// The raised score of each.
  let scores: [Float]

  /// The sum over items that neither rules nor the index name is estimated from an evenly spaced sample of at least
  /// this many; of fewer than twice as many items all are taken.
  static let sampleSize = 4_096

  /// - Parameters:
  ///   - queries: [interests, dimension], as `encoder` made them of the history.
  ///   - history: numbers of items, oldest first.
  ///   - nearest: numbers of items that score high, so that the sum does not rest on a sample of them.
  init(
    _ encoder: SessionEncoderModel, _ rules: SessionRules, queries: [Float], history: ArraySlice<UInt32>,
    nearest: [UInt32]
  ) {
    let (items, weights) = rules.named(after: history)
    self.items = items
    guard !items.isEmpty else {
      scores = []
      return
    }
    let own = encoder.scores(of: items, by: queries)
    let others = Set(nearest).subtracting(items)
    let known = items + others
    let knownScores = own + encoder.scores(of: others, by: queries)
    let logSum = Self.logSum(encoder, queries, known, knownScores)
    let odds = Float(log(rules.share / (1 - rules.share)) + logSum)
    let total = weights.reduce(0, +)
    scores = zip(own, weights).map { own, weight in
      let added = odds + log(weight / total)
      return max(own, added) + log1p(exp(-abs(own - added)))
    }
  }

  /// The logarithm of the sum of `e^score` over all items: those known as they are, the others by a sample.
  private static func logSum(
    _ encoder: SessionEncoderModel, _ queries: [Float], _ known: [UInt32], _ knownScores: [Float]
  ) -> Double {
    let step = UInt32(max(1, encoder.items.count / sampleSize))
    let sample = encoder.scores(
      of: stride(from: 0, to: UInt32(encoder.items.count), by: Int(step)), by: queries)
    let largest = max(knownScores.max() ?? -.infinity, sample.max() ?? -.infinity)
    var (sum, restSum, restCount) = (0.0, 0.0, sample.count)
    for score in sample { restSum += Double(exp(score - largest)) }
    for (item, score) in zip(known, knownScores) {
      let power = Double(exp(score - largest))
      sum += power
      if item % step == 0 {
        restSum -= power
        restCount -= 1
      }
    }
    if restCount > 0 {
      sum += max(0, restSum) * Double(encoder.items.count - known.count) / Double(restCount)
    }
    return Double(largest) + log(sum)
  }
}
