import Basics
package import Records
import Synchronization

/// The answers to several queries, in their order, and what they cost.
package struct SearchBatch: Sendable {
  /// For each query its page of hits, the best first.
  package var hits: [[Hit]]
  package var seconds: Double
  package var distanceComputations: Int
  /// Of single queries.
  package var p50Microseconds: Double
  package var p99Microseconds: Double
}

extension PreparedSearch {
  /// Answers many queries.
  /// - Parameters:
  ///   - vectors: [queries, dimension], row after row.
  ///   - threads: 1 to 256.
  ///   - leavingOut: what each query leaves out beside the request's ids; empty for nothing.
  /// - Throws: as `answer`, naming the query; `.dimensionMismatch` for what is no whole number of vectors.
  package func answers(
    _ vectors: [Float], threads: Int, leavingOut: [Set<Ordinal>] = []
  ) throws -> SearchBatch {
    try ThreadCountError.check(threads)
    let dimension = view.record.shape.dimension
    guard vectors.count % dimension == 0 else {
      throw EngineError(
        .dimensionMismatch,
        "\(vectors.count) components are not whole vectors of \(dimension), the dimension of \"\(view.record.name)\""
      )
    }
    precondition(leavingOut.isEmpty || leavingOut.count * dimension == vectors.count)
    let searches = leavingOut.isEmpty ? [self] : leavingOut.map { self.leavingOut($0) }
    return try BatchSearch(searches: searches, vectors: vectors, dimension: dimension).run(threads: threads)
  }
}

/// Many queries of one kind, on several threads.
private struct BatchSearch {
  /// One for all queries, or one for each.
  let searches: [PreparedSearch]
  let vectors: [Float]
  let dimension: Int

  private struct Answers {
    var hits: [[Hit]]
    var microseconds: [Double]
    var distanceComputations = 0
  }

  func run(threads: Int) throws -> SearchBatch {
    let count = vectors.count / dimension
    let answers = Mutex(
      Answers(hits: Array(repeating: [], count: count), microseconds: Array(repeating: 0, count: count)))
    let clock = ContinuousClock()
    let start = clock.now
    try parallelFor(count: count, threads: threads, chunk: 16) { _, range in
      var (found, times, computed) = ([[Hit]](), [Double](), 0)
      for index in range {
        let start = clock.now
        found.append(try answer(index, &computed))
        times.append((clock.now - start) / .microseconds(1))
      }
      answers.withLock { [found, times, computed] answers in
        answers.hits.replaceSubrange(range, with: found)
        answers.microseconds.replaceSubrange(range, with: times)
        answers.distanceComputations += computed
      }
    }
    let seconds = (clock.now - start) / .seconds(1)
    let all = answers.withLock { $0 }
    let sorted = all.microseconds.sorted()
    return SearchBatch(
      hits: all.hits, seconds: seconds, distanceComputations: all.distanceComputations,
      p50Microseconds: Self.quantile(0.5, of: sorted), p99Microseconds: Self.quantile(0.99, of: sorted))
  }

  private func answer(_ index: Int, _ computed: inout Int) throws -> [Hit] {
    try vectors.withUnsafeBufferPointer { all in
      let row = UnsafeBufferPointer(rebasing: all[index * dimension..<(index + 1) * dimension])
      do { return try searches[searches.count == 1 ? 0 : index].answer(row, &computed) } catch var error
        as EngineError
      {
        error.message = "query \(index): \(error.message)"
        throw error
      }
    }
  }

  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.down)))]
  }
}
