import Basics
import Baselines
import Evaluation
import Platform
import Testing

@Suite struct RankingTests {
  private let sequences: SequenceSet = [[0, 1, 2], [3], [2, 2, 0, 1]]

  /// Scores items by number, the highest first.
  private struct ByNumber: ItemScorer {
    let itemCount = 5
    func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
      for item in scores.indices { scores[item] += Float(item) }
    }
  }

  @Test func casesOfTheSplits() {
    func cases(_ task: RankingTask) -> [[UInt32]] {
      task.cases.indices.map { Array(task.history($0)) + [task.target($0)] }
    }
    #expect(
      cases(RankingTask(leavingOneOut: sequences, itemCount: 5, isKeepingSeen: false)) == [
        [0, 1, 2], [2, 2, 0, 1],
      ])
    #expect(
      cases(RankingTask(leavingOneOut: sequences, after: 1, itemCount: 5, isKeepingSeen: false)) == [
        [0, 1], [2, 2, 0],
      ])
    #expect(
      cases(RankingTask(everyPrefixOf: sequences, itemCount: 5, isKeepingSeen: true)) == [
        [0, 1], [0, 1, 2], [2, 2], [2, 2, 0], [2, 2, 0, 1],
      ])
    #expect(
      cases(RankingTask(from: [2, 0, 9], of: sequences, itemCount: 5, isKeepingSeen: true)) == [[0, 1, 2]])
    let all = RankingTask(everyPrefixOf: sequences, itemCount: 5, isKeepingSeen: true)
    #expect(all.sampled(2).cases == [all.cases[0], all.cases[2]])
    let drawn = all.sampled(3, seed: 3)
    #expect(drawn.cases.count == 3 && drawn.cases == all.cases.filter(drawn.cases.contains))
    #expect(drawn.cases == all.sampled(3, seed: 3).cases)
    #expect((0..<20).contains { all.sampled(3, seed: $0).cases != drawn.cases })
    #expect(all.sampled(5, seed: 3).cases == all.cases)
  }

  @Test func seenItemsAreLeftOutUnlessKept() {
    let kept = RankingTask(everyPrefixOf: [[4, 2, 4]], itemCount: 5, isKeepingSeen: true)
    let ranking = Ranking(kept, by: HistoryScorer(ByNumber()), k: 3, threads: 2)
    #expect(ranking.ranks == [2, 0])
    #expect(ranking.best == [[4, 3, 2], [4, 3, 2]])
    let removed = RankingTask(everyPrefixOf: [[4, 2, 4]], itemCount: 5, isKeepingSeen: false)
    let other = Ranking(removed, by: HistoryScorer(ByNumber()), k: 3, threads: 1)
    // The second target was seen: nothing that is served could show it.
    #expect(other.ranks == [1, RankingMetrics.unranked])
    #expect(other.best == [[3, 2, 1], [3, 1, 0]])
    #expect(removed.isRepeated(1) && !removed.isRepeated(0))
    #expect(removed.skippingRepeats().cases == [removed.cases[0]])
  }

  /// Where seen items were removed, a target that had been seen stayed in the race as the only one of its history, so
  /// that repeating the history "won" an evaluation of purchases that no list could have held.
  @Test func ownHistoryDoesNotWinByTheRule() {
    // Each shopper buys item u again at the end; item 9 is what everybody has in common.
    let sequences = SequenceSet((0..<8).map { [$0, 9, 8 - $0, $0] as [UInt32] })
    let task = RankingTask(leavingOneOut: sequences, itemCount: 10, isKeepingSeen: false)
    let history = HistoryScorer(OwnHistory(sequences, itemCount: 10, decay: 0.9))
    #expect(Ranking(task, by: history, k: 5, threads: 1).metrics.hitRate(at: 10) == 0)
    let kept = RankingTask(leavingOneOut: sequences, itemCount: 10, isKeepingSeen: true)
    #expect(Ranking(kept, by: history, k: 5, threads: 1).metrics.hitRate(at: 3) == 1)
  }

  @Test func listsOfAnIndex() {
    let ranking = Ranking(lists: [[4, 2], [1]], targets: [2, 0])
    #expect(ranking.ranks == [1, RankingMetrics.unranked])
  }

  @Test func whatListsAreLike() {
    // Items 0 and 1 twice and once among four; training shares 1/2, 1/4, 1/4 and 0.
    let lists = ListMetrics([[0, 3], [0, 1, 2]], k: 2, popularity: [4, 2, 2, 0])
    #expect(lists.coverage == 0.75)
    // Counts 0, 1, 1, 2: sum (2 i - n - 1) x / (n sum) = (-3·0 - 1·1 + 1·1 + 3·2) / 16.
    #expect(abs(lists.gini - 6.0 / 16) < 1e-12)
    // Bits 1, 3 (an item without events as one of 8), 1 and 2.
    #expect(abs(lists.novelty - 7.0 / 4) < 1e-12)
    #expect(ListMetrics([], k: 5, popularity: [1]).gini == 0)
  }

  @Test func listsAreAsDiverseAsTheirPairs() {
    // 0 in sequences 0 and 1, 1 in 0 and 1, 2 in 1 and 2, 3 in 3, 4 in none. Cosines: 0-1 1, 0-2 and 1-2 1/2, others 0.
    let diversity = ListDiversity([[0, 1, 0], [2, 1, 0], [2], [3]], itemCount: 5)
    #expect(diversity.mean([[0, 1]], k: 2) == 0)
    #expect(abs(diversity.mean([[0, 1, 2, 4]], k: 4) - 1.0 / 3) < 1e-12)
    #expect(abs(diversity.mean([[0, 1, 2], [2, 3, 0]], k: 2) - 0.5) < 1e-12)
    #expect(diversity.mean([[4, 0], []], k: 2) == 0)
  }

  @Test func blendsAreMeansOfProbabilities() {
    struct Scores: ItemScorer {
      let values: [Float]
      var itemCount: Int { values.count }
      func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
        for item in scores.indices { scores[item] += values[item] }
      }
    }
    let task = RankingTask(leavingOneOut: [[0, 1]], itemCount: 4, isKeepingSeen: true)
    // Probabilities 1/7, 2/7, 4/7 and none; 500 of 800, 300 of 800.
    let model = HistoryScorer(Scores(values: [0, log(2), log(4), -.greatestFiniteMagnitude]))
    let baseline = HistoryScorer(Scores(values: [500, 0, 0, 300]))
    func blended(_ share: Double) -> [Float] {
      var scores = [Float](repeating: 0, count: 4)
      BlendedScorer(model, baseline, share: share).addScores(task, 0..<1, to: &scores)
      return scores
    }
    for share in [0, 0.25, 1] {
      let expected = [
        (1 - share) / 7 + share * 5 / 8, (1 - share) * 2 / 7, (1 - share) * 4 / 7, share * 3 / 8,
      ]
      #expect(zip(blended(share), expected).allSatisfy { abs(Double($0) - $1) < 1e-6 }, "share \(share)")
    }
    // A baseline that knows nothing leaves the model's order.
    let silent = HistoryScorer(Scores(values: [0, 0, 0, 0]))
    #expect(
      Ranking(task, by: BlendedScorer(model, silent, share: 0.9), k: 3, threads: 1).best == [[2, 1, 0]])
  }

  /// One target that only the baseline knows, two that only the model does: a share ranks them as a blend of it would.
  @Test func theBestShareIsThatOfTheBestBlend() {
    struct ByLast: ItemScorer {
      let rows: [[Float]]
      var itemCount: Int { 6 }
      func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
        for item in scores.indices { scores[item] += rows[Int(history.last ?? 0)][item] }
      }
    }
    let task = RankingTask(
      leavingOneOut: [[0, 3], [1, 4], [2, 5]], itemCount: 6, isKeepingSeen: false)
    let model = HistoryScorer(
      ByLast(rows: [[0, 0, 0, 0, 2, 2], [0, 0, 0, 0, 2, 1], [0, 0, 0, 1, 1, 2]]))
    let baseline = HistoryScorer(
      ByLast(rows: [[0, 0, 0, 1, 0, 0], [0, 0, 1, 1, 1, 1], [0, 0, 0, 3, 3, 1]]))
    let shares = (0...10).map { Double($0) / 10 }
    let scores = shares.map {
      Ranking(task, by: BlendedScorer(model, baseline, share: $0), k: 3, threads: 1).metrics.ndcg(at: 10)
    }
    #expect(scores.max() == 1 && scores.first! < 1 && scores.last! < 1)
    let found = BlendedScorer.bestShare(of: shares, model, baseline, task, threads: 2)
    #expect(found == shares[scores.firstIndex(of: 1)!])
  }

  @Test func bootstrapIntervalsHoldTheMean() {
    let values = (0..<400).map { $0 % 4 == 0 ? 1.0 : 0 }
    let interval = Bootstrap(meanOf: values)
    // The deviation of the mean is 0.0217: about two of them to each side.
    #expect(abs(interval.low - (0.25 - 0.0424)) < 0.008)
    #expect(abs(interval.high - (0.25 + 0.0424)) < 0.008)
    #expect(Bootstrap(meanOf: [3, 3]).low == 3)
    #expect(Bootstrap(meanOf: []).high == 0)
  }
}

/// Events that are no targets, and dislikes.
@Suite struct SignalTaskTests {
  private let set: SequenceSet = {
    var set = SequenceSet()
    let (like, look, dislike) = (EventSignal(), EventSignal(isTarget: false), EventSignal(strength: -1))
    set.append(items: [0, 1, 2, 3, 4], signals: [like, dislike, like, look, dislike])
    set.append(items: [5, 6], signals: [like, dislike])
    set.append(items: [7], signals: [like])
    return set
  }()

  @Test func onlyTargetsAreRanked() {
    let last = RankingTask(leavingOneOut: set, itemCount: 8, isKeepingSeen: true)
    #expect(last.cases.map(\.sequence) == [0] && last.cases.map(\.place) == [2])
    #expect(Array(last.history(0)) == [0, 1] && Array(last.likedHistory(0)) == [0])
    #expect(RankingTask(leavingOneOut: set, after: 1, itemCount: 8, isKeepingSeen: true).cases.isEmpty)
    let all = RankingTask(everyPrefixOf: set, itemCount: 8, isKeepingSeen: true)
    #expect(all.cases.map(\.sequence) == [0] && all.cases.map(\.place) == [2])
    let from = RankingTask(from: [3, 0, 0], of: set, itemCount: 8, isKeepingSeen: true)
    #expect(from.cases.isEmpty)
  }

  @Test func sequencesEndBeforeTheirLastTargets() {
    #expect(set.droppingLast(1).map { Array($0) } == [[0, 1], [], []])
    #expect(set.droppingLast(0).map(\.count) == [5, 2, 1])
    #expect(set.liked.map { Array($0) } == [[0, 2, 3], [5], [7]])
    #expect(set.liked.signals.map(\.isTarget) == [true, true, false, true, true])
  }
}
