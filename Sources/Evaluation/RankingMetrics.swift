import Platform

/// What ranks of single targets among all items amount to.
///
/// Ranks count from 0; nil stands for a target that was not ranked at all.
package struct RankingMetrics: Sendable {
  private let ranks: [Int?]

  /// The rank of a target that cannot be in any list.
  package static let unranked = Int.max

  package init(ranks: [Int?]) { self.ranks = ranks }

  /// The share of targets among the first k (recall@k, as there is one target each).
  package func hitRate(at k: Int) -> Double { mean { $0 < k ? 1 : 0 } }

  /// 1 / log2(rank + 2) for targets among the first k.
  package func ndcg(at k: Int) -> Double { mean { $0 < k ? 1 / log2(Double($0) + 2) : 0 } }

  /// 1 / (rank + 1) for targets among the first k.
  package func meanReciprocalRank(at k: Int) -> Double { mean { $0 < k ? 1 / Double($0 + 1) : 0 } }

  /// What each target adds to `ndcg`.
  package func ndcgValues(at k: Int) -> [Double] {
    ranks.map { rank in rank.map { $0 < k ? 1 / log2(Double($0) + 2) : 0 } ?? 0 }
  }

  private func mean(_ gain: (Int) -> Double) -> Double {
    ranks.isEmpty ? 0 : ranks.reduce(0) { $0 + ($1.map(gain) ?? 0) } / Double(ranks.count)
  }
}

extension RankingMetrics {
  /// The rank of `target` among all items: how many score higher, ties to the lower item.
  package static func rank(of target: Int, in scores: UnsafeBufferPointer<Float>) -> Int {
    let score = scores[target]
    var rank = 0
    for item in 0..<target { rank += scores[item] >= score ? 1 : 0 }
    for item in target..<scores.count { rank += scores[item] > score ? 1 : 0 }
    return rank
  }
}
