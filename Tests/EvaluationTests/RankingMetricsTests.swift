import Evaluation
import Testing

@Suite struct RankingMetricsTests {
  @Test func metricsOfAHandWorkedTable() {
    // Ranks 0, 2, 9, 10 and none: 1/log2(2) = 1, 1/log2(4) = 0.5, 1/log2(11) = 0.289065, nothing for the others.
    let metrics = RankingMetrics(ranks: [0, 2, 9, 10, nil])
    #expect(metrics.hitRate(at: 10) == 0.6)
    #expect(metrics.hitRate(at: 1) == 0.2)
    #expect(abs(metrics.ndcg(at: 10) - (1 + 0.5 + 0.2890648263) / 5) < 1e-9)
    #expect(abs(metrics.meanReciprocalRank(at: 20) - (1 + 1.0 / 3 + 0.1 + 1.0 / 11) / 5) < 1e-12)
    #expect(RankingMetrics(ranks: []).ndcg(at: 10) == 0)
  }

  @Test func ranksBreakTiesByItem() {
    let scores: [Float] = [0.5, 0.9, 0.5, 0.1, 0.9]
    let ranks = [1, 4, 0, 2, 3].map { target in
      scores.withUnsafeBufferPointer { RankingMetrics.rank(of: target, in: $0) }
    }
    #expect(ranks == [0, 1, 2, 3, 4])
  }

  @Test func whatWasSeenIsLeftOut() {
    func rank(_ sequence: [UInt32]) -> Int {
      var scores: [Float] = [0.5, 0.9, 0.5, 0.1, 0.9]
      let task = RankingTask(leavingOneOut: [sequence], itemCount: 5, isKeepingSeen: false)
      return scores.withUnsafeMutableBufferPointer { task.rank(0, in: $0) }
    }
    #expect(rank([1, 1, 0, 2]) == 1)
    // A target that was seen itself cannot be in a list.
    #expect(rank([2, 3, 2]) == RankingMetrics.unranked)
  }
}
