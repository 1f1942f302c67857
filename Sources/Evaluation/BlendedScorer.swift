import Platform
import Synchronization

/// What a model's and a baseline's scores say together: a weighted mean of the probabilities they give each item. The
/// model's come from a softmax over its scores; the baseline's, none of which may be negative, are its scores' shares
/// of their sum.
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
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { other in
      other.initialize(repeating: 0)
      guard let others = other.baseAddress else { return }
      addProbabilities(task, cases, to: scores, others)
      for index in 0..<count { scores[index] = (1 - share) * scores[index] + share * others[index] }
    }
  }

  /// Adds each one's probabilities [cases.count, itemCount] to zeros.
  private func addProbabilities(
    _ task: RankingTask, _ cases: Range<Int>, to models: UnsafeMutablePointer<Float>,
    _ baselines: UnsafeMutablePointer<Float>
  ) {
    model.addScores(task, cases, to: models)
    baseline.addScores(task, cases, to: baselines)
    for line in 0..<cases.count {
      let start = line * task.itemCount
      exponentiate(models + start, task.itemCount)
      normalize(models + start, task.itemCount)
      normalize(baselines + start, task.itemCount)
    }
  }

  private func exponentiate(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    var largest = -Float.greatestFiniteMagnitude
    for index in 0..<count { largest = max(largest, x[index]) }
    for index in 0..<count { x[index] = exp(x[index] - largest) }
  }

  /// Brings a line to the sum 1; one of zeros, which says nothing, stays.
  private func normalize(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    var sum = 0.0
    for index in 0..<count { sum += Double(x[index]) }
    guard sum > 0 else { return }
    let factor = Float(1 / sum)
    for index in 0..<count { x[index] *= factor }
  }
}

extension BlendedScorer {
  /// The baseline's share with which a task's targets are ranked best by NDCG@10; the first of equally good ones.
  package static func bestShare(
    of shares: [Double], _ model: any CaseScorer, _ baseline: any CaseScorer, _ task: RankingTask,
    threads: Int
  ) -> Double {
    let blend = BlendedScorer(model, baseline, share: 0)
    let ranks = Mutex([[Int]](repeating: [Int](repeating: 0, count: task.cases.count), count: shares.count))
    task.forEachChunk(threads: threads) { cases in
      let width = task.itemCount
      let lines = cases.count * width
      let models = UnsafeMutablePointer<Float>.allocate(capacity: 2 * lines + width)
      defer { models.deallocate() }
      models.initialize(repeating: 0, count: 2 * lines + width)
      let (baselines, mixed) = (models + lines, models + 2 * lines)
      blend.addProbabilities(task, cases, to: models, baselines)
      for index in cases {
        let start = (index - cases.lowerBound) * width
        for (number, share) in shares.enumerated() {
          let share = Float(share)
          for item in 0..<width {
            mixed[item] = (1 - share) * models[start + item] + share * baselines[start + item]
          }
          let rank = task.rank(index, in: UnsafeMutableBufferPointer(start: mixed, count: width))
          ranks.withLock { $0[number][index] = rank }
        }
      }
    }
    let scores = ranks.withLock { $0.map { RankingMetrics(ranks: $0).ndcg(at: 10) } }
    var best = 0
    for number in scores.indices where scores[number] > scores[best] { best = number }
    return shares[best]
  }
}
