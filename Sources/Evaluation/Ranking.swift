import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a task's targets are ranked by.
package protocol CaseScorer: Sendable {
  /// Adds to `scores` [cases.count, itemCount], which are 0, what speaks for each item in each case.
  func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>)
}

/// Scores a case by its history's items alone.
package struct HistoryScorer: CaseScorer {
  private let scorer: any ItemScorer

  package init(_ scorer: any ItemScorer) { self.scorer = scorer }

  package func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>) {
    for index in cases {
      scorer.addScores(
        after: task.history(index),
        to: UnsafeMutableBufferPointer(
          start: scores + (index - cases.lowerBound) * task.itemCount, count: task.itemCount))
    }
  }
}

/// What a model's and a baseline's scores say together: a weighted mean of the probabilities they give each item. The
/// model's come from a softmax over its scores; the baseline's, none of which may be negative, are its scores' shares of
/// their sum.
package struct BlendedScorer: CaseScorer {
  private let model: any CaseScorer
  private let baseline: any CaseScorer
  private let share: Float

  /// - Parameter share: the baseline's weight, 0 to 1.
  package init(_ model: any CaseScorer, _ baseline: any CaseScorer, share: Double) {
    self.model = model
    self.baseline = baseline
    self.share = Float(share)
  }

  package func addScores(_ task: RankingTask, _ cases: Range<Int>, to scores: UnsafeMutablePointer<Float>) {
    let count = cases.count * task.itemCount
    model.addScores(task, cases, to: scores)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { other in
      other.initialize(repeating: 0)
      guard let others = other.baseAddress else { return }
      baseline.addScores(task, cases, to: others)
      for line in 0..<cases.count {
        let (mine, theirs) = (scores + line * task.itemCount, others + line * task.itemCount)
        exponentiate(mine, task.itemCount)
        normalize(mine, task.itemCount, weight: 1 - share)
        normalize(theirs, task.itemCount, weight: share)
        for item in 0..<task.itemCount { mine[item] += theirs[item] }
      }
    }
  }

  private func exponentiate(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    var largest = -Float.greatestFiniteMagnitude
    for index in 0..<count { largest = max(largest, x[index]) }
    for index in 0..<count { x[index] = exp(x[index] - largest) }
  }

  /// Brings a line to the sum `weight`; one of zeros, which says nothing, stays.
  private func normalize(_ x: UnsafeMutablePointer<Float>, _ count: Int, weight: Float) {
    var sum = 0.0
    for index in 0..<count { sum += Double(x[index]) }
    guard sum > 0 else { return }
    let factor = Float(Double(weight) / sum)
    for index in 0..<count { x[index] *= factor }
  }
}

/// Where a task's targets were ranked, and what came first.
package struct Ranking: Sendable {
  /// From 0, ties to the lower item.
  package var ranks: [Int]
  /// The best items of each case, best first.
  package var best: [[UInt32]]

  package var metrics: RankingMetrics { RankingMetrics(ranks: ranks) }

  /// Ranks every target among all items.
  /// - Parameters:
  ///   - k: how many of the best items to keep of each case.
  package init(_ task: RankingTask, by scorer: any CaseScorer, k: Int, threads: Int) {
    let chunk = 32
    let found = Mutex(
      (
        ranks: [Int](repeating: 0, count: task.cases.count),
        best: [[UInt32]](repeating: [], count: task.cases.count)
      ))
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      let scores = UnsafeMutablePointer<Float>.allocate(capacity: chunk * task.itemCount)
      defer { scores.deallocate() }
      while true {
        let first = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
        guard first < task.cases.count else { break }
        let cases = first..<min(task.cases.count, first + chunk)
        scores.initialize(repeating: 0, count: cases.count * task.itemCount)
        scorer.addScores(task, cases, to: scores)
        var part: [(rank: Int, best: [UInt32])] = []
        for index in cases {
          let line = UnsafeMutableBufferPointer(
            start: scores + (index - first) * task.itemCount, count: task.itemCount)
          let target = task.target(index)
          if !task.isKeepingSeen {
            for item in task.history(index) where item != target { line[Int(item)] = -.infinity }
          }
          let rank = RankingMetrics.rank(of: Int(target), in: UnsafeBufferPointer(line), excluding: [])
          part.append((rank, Self.best(k, of: line)))
        }
        found.withLock { [part] found in
          for (offset, one) in part.enumerated() {
            found.ranks[first + offset] = one.rank
            found.best[first + offset] = one.best
          }
        }
      }
    }
    (ranks, best) = found.withLock { ($0.ranks, $0.best) }
  }

  /// Made from lists that something else ranked: a target outside its list has no rank within it.
  package init(lists: [[UInt32]], targets: [UInt32], itemCount: Int) {
    best = lists
    ranks = zip(lists, targets).map { list, target in list.firstIndex(of: target) ?? itemCount }
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
