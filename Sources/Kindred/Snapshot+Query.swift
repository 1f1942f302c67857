import Dispatch
import Engine
import Records
import Synchronization
import VectorMath

extension Snapshot {
  /// Returns the vectors of a space nearest to `vector`, by distance, then by id.
  /// - Parameters:
  ///   - vector: the space's dimension of finite components; need not be of unit length.
  ///   - options: how many, how hard to look, and which records may be returned.
  /// - Returns: min(k, matching) matches.
  /// - Throws: `StoreError` `.spaceNotFound`, `.dimensionMismatch`, `.invalidVector`, `.invalidArgument`, `.badFilter`,
  ///   `.corrupted`.
  /// - Complexity: about O(ef · 2m) distance computations, and one per row of the tail.
  public func query(_ space: String, vector: [Float], options: QueryOptions = .init()) throws -> [Match] {
    try StoreError.translating {
      let search = try PreparedSearch(base, space, options)
      var computed = 0
      return try vector.withUnsafeBufferPointer { try search.run($0, &computed) }
    }
  }

  /// Returns the vectors nearest to what the space's encoder makes of `text`; none when there is nothing to encode.
  /// - Throws: as `query(_:vector:)`; `.unsupported` when the space has no encoder.
  public func query(_ space: String, text: String, options: QueryOptions = .init()) throws -> [Match] {
    guard let vector = try vector(space, encoding: text) else { return [] }
    return try query(space, vector: vector, options: options)
  }

  /// Returns the vectors nearest to that of `id`, which is left out itself.
  /// - Throws: as `query(_:vector:)`; `.recordNotFound` when `id` has no vector in the space.
  public func query(_ space: String, like id: String, options: QueryOptions = .init()) throws -> [Match] {
    guard let vector = try vector(space, id) else {
      throw StoreError(code: .recordNotFound, message: "\"\(id)\" has no vector in space \"\(space)\"")
    }
    var options = options
    options.excluding.append(id)
    return try query(space, vector: vector, options: options)
  }

  /// What the space's encoder makes of `text`: the space's dimension of components, nil when there is nothing to encode.
  /// - Throws: `StoreError` `.spaceNotFound`, `.unsupported` when the space has no encoder.
  public func vector(_ space: String, encoding text: String) throws -> [Float]? {
    try StoreError.translating {
      let view = try base.space(space)
      let vector = try encoders.encoder(of: view.record, base).encode(text)
      return vector.contains { $0 != 0 } ? vector : nil
    }
  }

  /// Answers many queries on one snapshot.
  /// - Parameters:
  ///   - vectors: [queries, dimension], row after row.
  ///   - threads: threads to search with, 1 to 256.
  /// - Throws: as `query(_:vector:)`; the message names the row.
  public func query(
    _ space: String, vectors: [Float], threads: Int = 1, options: QueryOptions = .init()
  ) throws -> QueryBatch {
    try StoreError.translating {
      let search = try PreparedSearch(base, space, options)
      let dimension = search.view.record.dimension
      guard vectors.count % dimension == 0 else {
        throw StoreError(
          code: .dimensionMismatch,
          message:
            "\(vectors.count) components are not whole vectors of \(dimension), the dimension of \"\(space)\""
        )
      }
      return try search.run(vectors, threads: threads)
    }
  }
}

/// A query's space, effort and filter, resolved once for all vectors it is asked with.
struct PreparedSearch: Sendable {
  let snapshot: Engine.Snapshot
  let view: SpaceView
  let k: Int
  let effort: Engine.Effort
  private(set) var restriction: Restriction
  private let page: AnswerPage
  private let hasRecords: Bool

  /// - Parameter leavingOut: ordinals that are not to be returned, beside the options' ids.
  init(
    _ snapshot: Engine.Snapshot, _ space: String, _ options: QueryOptions, leavingOut: Set<Ordinal> = []
  ) throws {
    page = options.page
    try page.check()
    self.snapshot = snapshot
    hasRecords = options.records
    let view = try snapshot.space(space)
    self.view = view
    // More than there are is the same as all there are.
    k = min(page.depth, max(1, view.record.liveCount))
    switch options.effort {
    case .automatic: effort = view.effort(forRecall: 0.98, k: k)
    case .recall(let target):
      guard target > 0, target <= 1 else {
        throw StoreError(code: .invalidArgument, message: "recall \(target) is outside 0 to 1")
      }
      effort = view.effort(forRecall: target, k: k)
    case .ef(let width):
      guard width >= 1 else {
        throw StoreError(code: .invalidArgument, message: "ef is \(width); it is at least 1")
      }
      effort = .beam(min(width, max(1, view.record.nodeCount)))
    case .exact: effort = .exact
    }
    restriction = Restriction(
      allowed: try options.filter.map { try snapshot.matches($0, view.record.kind) },
      excluded: leavingOut.union(
        try options.excluding.compactMap { try snapshot.ordinal(of: $0, view.record.kind) }))
  }

  /// The search that leaves out more records.
  private func leavingOut(_ ordinals: Set<Ordinal>) -> PreparedSearch {
    var search = self
    search.restriction = Restriction(
      allowed: restriction.allowed, excluded: restriction.excluded.union(ordinals))
    return search
  }

  /// Answers many queries.
  /// - Parameters:
  ///   - vectors: [queries, dimension], row after row.
  ///   - leavingOut: what each query leaves out beside the options' ids; empty for nothing.
  func run(_ vectors: [Float], threads: Int, leavingOut: [Set<Ordinal>] = []) throws -> QueryBatch {
    guard (1...256).contains(threads) else {
      throw StoreError(code: .invalidArgument, message: "\(threads) threads are outside 1 to 256")
    }
    let batch = BatchSearch(
      searches: leavingOut.isEmpty ? [self] : leavingOut.map { self.leavingOut($0) }, vectors: vectors,
      dimension: view.record.dimension)
    return try batch.run(threads: threads)
  }

  /// The plan its queries follow.
  var plan: QueryPlan {
    let plan = view.plan(k: k, effort: effort, restriction)
    return QueryPlan(
      strategy: plan.strategy.rawValue, ef: plan.beamWidth, matches: plan.matches, vectors: plan.vectors,
      expectedGraphDistances: plan.expectedWalk, expectedScanDistances: plan.expectedScan)
  }

  /// The hits of several query vectors [_, dimension] together: each item once, by the nearest of them.
  func hits(toAnyOf vectors: [Float], _ computed: inout Int) throws -> [Hit] {
    let dimension = view.record.dimension
    return try vectors.withUnsafeBufferPointer { all in
      if all.count == dimension { return try hits(all, &computed) }
      var best: [Ordinal: Hit] = [:]
      for start in stride(from: 0, to: all.count, by: dimension) {
        for hit in try hits(UnsafeBufferPointer(rebasing: all[start..<(start + dimension)]), &computed) {
          if let known = best[hit.ordinal], known.distance <= hit.distance { continue }
          best[hit.ordinal] = hit
        }
      }
      let order = best.values.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
      return Array(order.prefix(k))
    }
  }

  func run(_ vector: UnsafeBufferPointer<Float>, _ computed: inout Int) throws -> [Match] {
    let metric = view.record.metric
    let found = page.of(try hits(vector, &computed)) { metric.score(fromInternal: $0.distance) }
    return try found.map { hit in
      Match(
        id: hit.id, score: metric.score(fromInternal: hit.distance),
        distance: metric.userDistance(fromInternal: hit.distance),
        record: hasRecords ? try snapshot.entity(at: hit.ordinal, view.record.kind).map { Record($0) } : nil)
    }
  }

  /// What is nearest to a vector, in the engine's words.
  func hits(_ vector: UnsafeBufferPointer<Float>, _ computed: inout Int) throws -> [Hit] {
    let metric = view.record.metric
    do {
      try validate(vector, dimension: view.record.dimension, metric: metric)
    } catch {
      let code: StoreError.Code = error.code == .dimensionMismatch ? .dimensionMismatch : .invalidVector
      throw StoreError(code: code, message: "\(error.message) (space \"\(view.record.name)\")", cause: error)
    }
    return try withUnsafeTemporaryAllocation(of: Float.self, capacity: view.record.dimension) { scratch in
      guard let query = scratch.baseAddress, let source = vector.baseAddress else { return [Hit]() }
      if metric == .cosine {
        try normalize(source, into: query, dimension: view.record.dimension)
      } else {
        query.update(from: source, count: view.record.dimension)
      }
      return try snapshot.nearest(
        to: query, in: view, k: k, effort: effort, restriction: restriction, distanceComputations: &computed)
    }
  }
}

/// Many queries of one kind, on several threads.
private final class BatchSearch: Sendable {
  private struct Answers {
    var matches: [[Match]]
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
      Answers(matches: Array(repeating: [], count: count), microseconds: Array(repeating: 0, count: count)))
  }

  func run(threads: Int) throws -> QueryBatch {
    let clock = ContinuousClock()
    let start = clock.now
    DispatchQueue.concurrentPerform(iterations: min(threads, max(1, count))) { _ in self.work() }
    let seconds = (clock.now - start) / .seconds(1)
    return try answers.withLock { answers in
      if let failure = answers.failure { throw failure }
      let sorted = answers.microseconds.sorted()
      return QueryBatch(
        matches: answers.matches,
        statistics: QueryStatistics(
          queries: count, seconds: seconds, distanceComputations: answers.distanceComputations,
          p50Microseconds: Self.quantile(0.5, of: sorted), p99Microseconds: Self.quantile(0.99, of: sorted),
          threads: threads, plan: searches[0].plan))
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
      var found: [[Match]] = []
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
        for (offset, matches) in found.enumerated() {
          answers.matches[first + offset] = matches
          answers.microseconds[first + offset] = times[offset]
        }
      }
    }
    answers.withLock { [computed] in $0.distanceComputations += computed }
  }

  private func answer(_ index: Int, _ computed: inout Int) throws -> [Match] {
    try vectors.withUnsafeBufferPointer { all in
      let row = UnsafeBufferPointer(rebasing: all[index * dimension..<(index + 1) * dimension])
      do { return try searches[searches.count == 1 ? 0 : index].run(row, &computed) } catch var error
        as StoreError
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
