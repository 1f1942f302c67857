import Basics
package import Records
import Synchronization

/// What answering queries cost.
public struct QueryStatistics: Sendable, Hashable, Codable {
  /// Queries answered.
  public var queries: Int
  /// Wall time of the search alone.
  public var seconds: Double
  /// Distances computed, all queries together.
  public var distanceComputations: Int
  /// The median time of one query.
  public var p50Microseconds: Double
  /// The time that 99 of 100 queries stayed within.
  public var p99Microseconds: Double
  /// Threads used.
  public var threads: Int
  /// How the queries were answered, and why so.
  public var plan: QueryPlan
}

extension PreparedSearch {
  /// Answers many queries.
  /// - Parameters:
  ///   - vectors: [queries, dimension], row after row.
  ///   - threads: 1 to 256.
  ///   - leavingOut: what each query leaves out beside those of the options; empty for nothing.
  /// - Throws: as `answer`, naming the query; `.dimensionMismatch` for what is no whole number of vectors.
  package func answers(
    _ vectors: [Float], threads: Int, leavingOut: [Set<Ordinal>] = []
  ) throws -> (hits: [[Hit]], statistics: QueryStatistics) {
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
    return try BatchSearch(plan: plan, searches: searches, vectors: vectors, dimension: dimension)
      .run(threads: threads)
  }
}

/// Many queries of one kind, on several threads.
private struct BatchSearch {
  let plan: QueryPlan
  /// One for all queries, or one for each.
  let searches: [PreparedSearch]
  let vectors: [Float]
  let dimension: Int

  private struct Answers {
    var hits: [[Hit]]
    var microseconds: [Double]
    var distanceComputations = 0
  }

  func run(threads: Int) throws -> (hits: [[Hit]], statistics: QueryStatistics) {
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
    return (
      all.hits,
      QueryStatistics(
        queries: count, seconds: seconds, distanceComputations: all.distanceComputations,
        p50Microseconds: Self.quantile(0.5, of: sorted), p99Microseconds: Self.quantile(0.99, of: sorted),
        threads: threads, plan: plan)
    )
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
