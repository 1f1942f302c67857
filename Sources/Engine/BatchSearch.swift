import Dispatch
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
    guard (1...256).contains(threads) else {
      throw EngineError(.invalidArgument, "\(threads) threads are outside 1 to 256")
    }
    let dimension = view.record.shape.dimension
    guard vectors.count % dimension == 0 else {
      throw EngineError(
        .dimensionMismatch,
        "\(vectors.count) components are not whole vectors of \(dimension), the dimension of \"\(view.record.name)\""
      )
    }
    let batch = BatchSearch(
      searches: leavingOut.isEmpty ? [self] : leavingOut.map { self.leavingOut($0) }, vectors: vectors,
      dimension: dimension)
    return try batch.run(threads: threads)
  }
}

/// Many queries of one kind, on several threads.
private final class BatchSearch: Sendable {
  private struct Answers {
    var hits: [[Hit]]
    var microseconds: [Double]
    var distanceComputations = 0
    var failure: (any Error)?
  }
  /// One for all queries, or one for each.
  private let searches: [PreparedSearch]
  private let vectors: [Float]
  private let dimension: Int
  private let next = Atomic<Int>(0)
  private let answers: Mutex<Answers>
  private let count: Int

  init(searches: [PreparedSearch], vectors: [Float], dimension: Int) {
    self.searches = searches
    self.vectors = vectors
    self.dimension = dimension
    count = vectors.count / dimension
    answers = Mutex(
      Answers(hits: Array(repeating: [], count: count), microseconds: Array(repeating: 0, count: count)))
  }

  func run(threads: Int) throws -> SearchBatch {
    let clock = ContinuousClock()
    let start = clock.now
    DispatchQueue.concurrentPerform(iterations: min(threads, max(1, count))) { _ in self.work() }
    let seconds = (clock.now - start) / .seconds(1)
    return try answers.withLock { answers in
      if let failure = answers.failure { throw failure }
      let sorted = answers.microseconds.sorted()
      return SearchBatch(
        hits: answers.hits, seconds: seconds, distanceComputations: answers.distanceComputations,
        p50Microseconds: Self.quantile(0.5, of: sorted), p99Microseconds: Self.quantile(0.99, of: sorted))
    }
  }

  /// Takes queries in small runs until none is left.
  private func work() {
    let run = 16
    let clock = ContinuousClock()
    var computed = 0
    while true {
      let first = next.wrappingAdd(run, ordering: .relaxed).oldValue
      guard first < count else { break }
      var found: [[Hit]] = []
      var times: [Double] = []
      do {
        for index in first..<min(count, first + run) {
          let start = clock.now
          found.append(try answer(index, &computed))
          times.append((clock.now - start) / .microseconds(1))
        }
      } catch {
        answers.withLock { $0.failure = $0.failure ?? error }
        next.store(count, ordering: .relaxed)
        return
      }
      answers.withLock { [found, times] answers in
        for (offset, hits) in found.enumerated() {
          answers.hits[first + offset] = hits
          answers.microseconds[first + offset] = times[offset]
        }
      }
    }
    answers.withLock { [computed] in $0.distanceComputations += computed }
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
