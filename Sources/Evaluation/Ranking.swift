import Basics
import Synchronization

/// What a task's targets are ranked by.
package protocol CaseScorer: Sendable {
  /// Adds to `scores` [cases.count, itemCount], which are 0, the score of each item in each case.
  func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>)
}

/// Scores a case by those items of its history alone whose events count something.
package struct HistoryScorer: CaseScorer {
  private let scorer: any ItemScorer

  package init(_ scorer: any ItemScorer) { self.scorer = scorer }

  package func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>) {
    scorer.addScores(afterEach: cases.map { task.likedHistory($0) }, to: scores)
  }
}

/// Where a task's targets were ranked, and what came first.
package struct Ranking: Sendable {
  /// From 0, ties to the lower item; `RankingMetrics.unranked` for a target that cannot be in a list.
  package var ranks: [Int]
  /// The best items of each case, best first.
  package var best: [[UInt32]]

  package var metrics: RankingMetrics { RankingMetrics(ranks: ranks) }

  /// Ranks every target among all items.
  /// - Parameters:
  ///   - k: how many of the best items to keep of each case.
  package init(_ task: RankingTask, by scorer: any CaseScorer, k: Int, threads: Int) {
    let found = Mutex(
      (
        ranks: [Int](repeating: 0, count: task.cases.count),
        best: [[UInt32]](repeating: [], count: task.cases.count)
      ))
    task.forEachChunk(threads: threads) { cases in
      let scores = UnsafeMutablePointer<Float>.allocate(capacity: cases.count * task.itemCount)
      defer { scores.deallocate() }
      scores.initialize(repeating: 0, count: cases.count * task.itemCount)
      scorer.addScores(task, cases, to: scores)
      var part: [(rank: Int, best: [UInt32])] = []
      for index in cases {
        let line = UnsafeMutableBufferPointer(
          start: scores + (index - cases.lowerBound) * task.itemCount, count: task.itemCount)
        part.append((task.rank(index, in: line), Self.best(k, of: line)))
      }
      found.withLock { [part] found in
        for (index, one) in zip(cases, part) {
          found.ranks[index] = one.rank
          found.best[index] = one.best
        }
      }
    }
    (ranks, best) = found.withLock { ($0.ranks, $0.best) }
  }

  /// Made from lists that something else ranked: a target outside its list has no rank within it.
  package init(lists: [[UInt32]], targets: [UInt32]) {
    best = lists
    ranks = zip(lists, targets).map { list, target in list.firstIndex(of: target) ?? RankingMetrics.unranked }
  }

  private static func best(_ k: Int, of scores: UnsafeMutableBufferPointer<Float>) -> [UInt32] {
    var best: [(score: Float, item: UInt32)] = []
    best.reserveCapacity(k + 1)
    for item in scores.indices {
      let score = scores[item]
      guard score > -.infinity, best.count < k || score > best[best.count - 1].score else { continue }
      var place = best.count
      while place > 0, best[place - 1].score < score { place -= 1 }
      best.insert((score, UInt32(item)), at: place)
      if best.count > k { best.removeLast() }
    }
    return best.map(\.item)
  }
}

extension RankingTask {
  /// Calls `body` with all cases, those that are scored together at a time, on several threads.
  func forEachChunk(threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    parallelFor(count: cases.count, threads: threads, chunk: 32) { _, range in body(range) }
  }

  /// The rank of a case's target, from 0, by scores of which those of seen items are struck out where they do not
  /// count.
  ///
  /// A target that was seen is struck out with them: what serves could not recommend it. (It used to stay, as the only
  /// seen item among all others, so that whatever liked the history had found it.)
  package func rank(_ index: Int, in scores: UnsafeMutableBufferPointer<Float>) -> Int {
    let target = target(index)
    let hidden = hidden(index)
    for item in hidden { scores[Int(item)] = -.infinity }
    if hidden.contains(target) { return RankingMetrics.unranked }
    return RankingMetrics.rank(of: Int(target), in: UnsafeBufferPointer(scores))
  }
}

/// Scores all items for a history.
package protocol ItemScorer: Sendable {
  /// Items that are scored, numbered from 0.
  var itemCount: Int { get }

  /// Adds to `scores` [itemCount], which are 0, the score of each item after `history`, oldest first.
  func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>)

  /// Adds to `scores` [histories.count, itemCount], which are 0, the same for each of several histories.
  func addScores(afterEach histories: [ArraySlice<UInt32>], to scores: UnsafeMutablePointer<Float>)
}

extension ItemScorer {
  /// One history after the other.
  package func addScores(
    afterEach histories: [ArraySlice<UInt32>], to scores: UnsafeMutablePointer<Float>
  ) {
    for (line, history) in histories.enumerated() {
      addScores(
        after: history,
        to: UnsafeMutableBufferPointer(start: scores + line * itemCount, count: itemCount))
    }
  }
}
