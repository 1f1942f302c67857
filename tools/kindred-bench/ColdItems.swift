import Basics
import Evaluation
import SessionEncoder
import Tensors
import Training

/// Ranks the users' last items among all, those included that a training knew nothing of.
struct ColdItems {
  private let task: RankingTask
  /// Items from this number on are cold.
  private let known: Int
  private let described: Interactions.Described
  private let features: ItemFeatures?
  /// The features of cold items.
  private let coldFeatures: [[Int]]

  init(
    _ sequences: SequenceSet, _ known: Int, _ described: Interactions.Described, _ features: ItemFeatures?
  ) {
    let all = RankingTask(leavingOneOut: sequences, itemCount: described.names.count, isKeepingSeen: false)
    let cases = all.cases.indices.filter { $0 % 8 == 0 || Int(all.target($0)) >= known }.map { all.cases[$0] }
    task = RankingTask(all.sequences, cases: cases, itemCount: all.itemCount, isKeepingSeen: false)
    self.known = known
    self.described = described
    self.features = features
    let numbers = Dictionary(uniqueKeysWithValues: (features?.names ?? []).enumerated().map { ($1, $0) })
    coldFeatures = described.names[known...].map { Set($0.compactMap { numbers[$0] }).sorted() }
  }

  /// The vectors [items, width], of cold items by what is known of them.
  private func vectors(_ trainer: Trainer<Float>) -> [Float] {
    let (model, width) = (trainer.model, trainer.model.configuration.dimension)
    var vectors = [Float](repeating: 0, count: task.itemCount * width)
    model.items.vectors(trainer.trained, of: 0..<known, .none, into: &vectors, Workspace())
    let table = trainer.trained + model.items.rows.offset
    let contentWidth = described.contentWidth
    for (place, features) in coldFeatures.enumerated() {
      var sum = [Float](repeating: 0, count: width)
      if let projection = model.items.projection {
        let content = Array(
          described.content[((known + place) * contentWidth)..<((known + place + 1) * contentWidth)])
        projection.forward(trainer.trained, content, rows: 1, into: &sum, Workspace())
      }
      let weight = 1 / Float(max(1, features.count)).squareRoot()
      for feature in features { Float.add(table + (known + feature) * width, width, weight, &sum) }
      let length = max(1e-12, Float.dot(sum, sum, width).squareRoot())
      for index in 0..<width { vectors[(known + place) * width + index] = sum[index] / length }
    }
    return vectors
  }

  func judge(_ trainer: Trainer<Float>, threads: Int) {
    let width = trainer.model.configuration.dimension
    let vectors = vectors(trainer)
    let histories = (0..<task.cases.count).map { task.historyRange($0) }
    let encoder = BatchEncoder<Float>(trainer.model)
    var queries: [Float] = []
    for first in stride(from: 0, to: histories.count, by: 256) {
      let part = Array(histories[first..<min(histories.count, first + 256)])
      let found = encoder.encode(trainer.trained, part, of: task.sequences, vectors: vectors)
      queries += UnsafeBufferPointer(start: found, count: part.count * width)
    }
    let temperature = Float(trainer.model.configuration.temperature ?? 1)
    var scores = [Float](repeating: 0, count: task.cases.count * task.itemCount)
    Workspace<Float>().multiplyTransposed(
      queries, vectors, m: task.cases.count, n: task.itemCount, k: width, into: &scores)
    for heat: Float in [0, 5, 10, 15] {
      var raised = scores
      if heat > 0 {
        for (index, likeness) in likenesses().enumerated() {
          let line = index * task.itemCount
          for item in known..<task.itemCount { raised[line + item] += heat * likeness[item - known] }
        }
      }
      for share in [0.0833, 0.12] {
        var (low, high): (Float, Float) = (-30, 30)
        for _ in 0..<12 {
          let middle = (low + high) / 2
          if self.share(raised, middle) > share { high = middle } else { low = middle }
        }
        report("content \(heat), shift \(low * temperature)", raised, low)
      }
    }
    var content: [Float] = []
    for likeness in likenesses(all: true) { content += likeness }
    if !content.isEmpty { report("nearest by content", content, 0) }
  }

  /// The cosines of cold items, or all, with the last item of each history.
  private func likenesses(all: Bool = false) -> [[Float]] {
    let width = described.contentWidth
    guard width > 0 else { return [] }
    var unit = described.content
    for item in 0..<task.itemCount {
      let row = (item * width)..<((item + 1) * width)
      let length = max(1e-9, unit[row].reduce(0) { $0 + $1 * $1 }.squareRoot())
      for index in row { unit[index] /= length }
    }
    let first = all ? 0 : known
    let count = task.itemCount - first
    let workspace = Workspace<Float>()
    return task.cases.indices.map { index in
      let last = Int(task.history(index).last ?? 0)
      var found = [Float](repeating: 0, count: count)
      unit.withUnsafeBufferPointer { unit in
        let start = unit.baseAddress!
        workspace.multiplyTransposed(
          start + last * width, start + first * width, m: 1, n: count, k: width, into: &found)
      }
      return found
    }
  }

  private func share(_ scores: [Float], _ offset: Float) -> Double {
    var (cold, all) = (0, 0)
    for index in stride(from: 0, to: task.cases.count, by: 9) {
      var line = Array(scores[(index * task.itemCount)..<((index + 1) * task.itemCount)])
      for item in known..<task.itemCount { line[item] += offset }
      let tenth = line.sorted(by: >)[9]
      cold += line[known...].count { $0 >= tenth }
      all += 10
    }
    return Double(cold) / Double(all)
  }

  private func report(_ name: String, _ scores: [Float], _ offset: Float) {
    var (cold, warm, warmAlone): ([Int], [Int], [Int]) = ([], [], [])
    for index in task.cases.indices {
      var line = Array(scores[(index * task.itemCount)..<((index + 1) * task.itemCount)])
      for item in known..<task.itemCount { line[item] += offset }
      let rank = line.withUnsafeMutableBufferPointer { task.rank(index, in: $0) }
      if Int(task.target(index)) >= known {
        cold.append(rank)
      } else {
        warm.append(rank)
        let score = line[Int(task.target(index))]
        warmAlone.append(line[..<known].count { $0 > score })
      }
    }
    func ndcg(_ ranks: [Int]) -> String { fixed(RankingMetrics(ranks: ranks).ndcg(at: 10), 4) }
    print(
      "  \(name): cold \(cold.count) HR@10 \(fixed(RankingMetrics(ranks: cold).hitRate(at: 10), 4)) NDCG@10 "
        + "\(ndcg(cold)); warm NDCG@10 \(ndcg(warm)), without cold \(ndcg(warmAlone)); share of cold in the top "
        + "\(fixed(share(scores, offset), 4))")
  }
}
