import Basics
package import Evaluation
package import SessionEncoder
import Synchronization
import Tensors

/// Ranks the targets of a task among all items by a session model's scores.
package struct HeldOutRanks: Sendable {
  private let model: SessionModel
  private let threads: Int

  package init(_ model: SessionModel, threads: Int) {
    self.model = model
    self.threads = threads
  }

  /// Histories scored together: their scores stay in the cache.
  private static var chunk: Int { 64 }

  /// The rank of each target, from 0, ties to the lower item.
  /// - Parameters:
  ///   - task: of the model's items, with kinds and gaps; the newest events of each history are looked at.
  ///   - left: items that come after all others.
  package func ranks(
    _ parameters: UnsafePointer<Float>, _ task: RankingTask, leavingOut left: [UInt32] = []
  ) -> [Int] {
    let (width, items) = (model.configuration.dimension, model.configuration.itemCount)
    let vectors = UnsafeMutablePointer<Float>.allocate(capacity: items * width)
    defer { vectors.deallocate() }
    model.items.vectors(parameters, of: 0..<items, .none, into: vectors, Workspace())
    let found = Mutex([Int](repeating: 0, count: task.cases.count))
    let workers = (0..<threads).map { _ in (encoder: BatchEncoder<Float>(model), scores: Buffer<Float>()) }
    // unchecked: read by all
    nonisolated(unsafe) let (table, weights) = (UnsafePointer(vectors), parameters)
    parallelFor(count: task.cases.count, threads: threads, chunk: Self.chunk) { thread, chunk in
      let (encoder, scores) = workers[thread]
      let queries = encoder.encode(weights, chunk.map(task.historyRange), of: task.sequences, vectors: table)
      let interests = model.configuration.interestCount
      let scored = scores.reserve(chunk.count * interests * items)
      encoder.workspace.multiplyTransposed(
        queries, table, m: chunk.count * interests, n: items, k: width, into: scored)
      if interests > 1 { keepBest(scored, chunk.count, interests, items) }
      let ranks = chunk.map { index in
        let line = scored + (index - chunk.lowerBound) * items
        for item in left { line[Int(item)] = -.greatestFiniteMagnitude }
        return task.rank(index, in: UnsafeMutableBufferPointer(start: line, count: items))
      }
      found.withLock { $0.replaceSubrange(chunk, with: ranks) }
    }
    return found.withLock { $0 }
  }

  /// Of the scores [histories, interests, items] the best of an item's, to [histories, items] in place.
  private func keepBest(
    _ scores: UnsafeMutablePointer<Float>, _ histories: Int, _ interests: Int, _ items: Int
  ) {
    for history in 0..<histories {
      let target = scores + history * items
      let source = scores + history * interests * items
      for item in 0..<items {
        var best = source[item]
        for interest in 1..<interests { best = max(best, source[interest * items + item]) }
        target[item] = best
      }
    }
  }
}
