package import Records
import VectorMath

/// The space, effort and filter of a query's options, resolved once for all vectors it is asked with.
package struct PreparedSearch: Sendable {
  package let view: SpaceView
  package let page: AnswerPage
  private let snapshot: Snapshot
  private let k: Int
  private let asked: QueryOptions.Effort
  private let effort: Effort
  private let grouping: Grouping?
  private var restriction: Restriction

  /// - Parameters:
  ///   - space: its name.
  ///   - leavingOut: ordinals that are not to be returned, beside those of the options.
  /// - Throws: `.spaceNotFound`, `.invalidArgument`, `.badFilter`, `.corrupted`.
  package init(
    _ snapshot: Snapshot, _ space: String, _ options: QueryOptions, leavingOut: Set<Ordinal> = []
  ) throws {
    _ = try options.page
    let view = try snapshot.space(space)
    try self.init(
      snapshot, view, options,
      allowed: try options.filter.map { try snapshot.matches($0.text, view.record.kind) },
      leavingOut: leavingOut)
  }

  /// - Parameter allowed: what passes the filter of the options.
  package init(
    _ snapshot: Snapshot, _ view: SpaceView, _ options: QueryOptions, allowed: FilterMatches?,
    leavingOut: Set<Ordinal> = []
  ) throws {
    self.snapshot = snapshot
    self.view = view
    page = try options.page
    // More than there are is the same as all there are.
    k = min(page.depth, max(1, view.record.liveCount))
    asked = options.effort
    effort = try view.effort(asked, k: k)
    grouping = options.grouping
    restriction = Restriction(
      allowed: allowed,
      excluded: leavingOut.union(
        try options.excluding.compactMap { try snapshot.ordinal(of: $0, view.record.kind) }))
  }

  /// The search that leaves out more records.
  package func leavingOut(_ ordinals: Set<Ordinal>) -> PreparedSearch {
    var search = self
    search.restriction = Restriction(
      allowed: restriction.allowed, excluded: restriction.excluded.union(ordinals))
    return search
  }

  /// The plan its queries follow.
  package var plan: QueryPlan { view.plan(k: k, effort: effort, restriction) }

  /// What is nearest to a vector, the nearest first.
  /// - Parameters:
  ///   - vector: the space's dimension of finite components; need not be of unit length.
  ///   - computed: is raised by the number of distances computed.
  /// - Throws: `.dimensionMismatch`, `.invalidVector`, `.corrupted`.
  package func hits(_ vector: UnsafeBufferPointer<Float>, _ computed: inout Int) throws -> [Hit] {
    try hits(vector, k: k, effort, &computed)
  }

  private func hits(
    _ vector: UnsafeBufferPointer<Float>, k: Int, _ effort: Effort, _ computed: inout Int
  ) throws -> [Hit] {
    let shape = view.record.shape
    return try withUnsafeTemporaryAllocation(of: Float.self, capacity: shape.dimension) { scratch in
      guard let query = scratch.baseAddress else { return [] }
      do throws(VectorError) { try shape.prepare(vector, into: query) } catch {
        throw EngineError(
          error.code == .dimensionMismatch ? .dimensionMismatch : .invalidVector,
          "\(error.message) (space \"\(view.record.name)\")", cause: error)
      }
      return try snapshot.nearest(
        to: query, in: view, k: k, effort: effort, restriction: restriction, distanceComputations: &computed)
    }
  }

  /// The hits of several query vectors [_, dimension] together: each record once, by the nearest of them.
  package func hits(toAnyOf vectors: [Float], _ computed: inout Int) throws -> [Hit] {
    let dimension = view.record.shape.dimension
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

  /// The page of the answer that was asked for.
  package func answer(_ vector: UnsafeBufferPointer<Float>, _ computed: inout Int) throws -> [Hit] {
    let metric = view.record.shape.metric
    let found = try snapshot.grouped(by: grouping, of: view.record.kind, depth: k) {
      $0.ordinal
    } _: { depth in
      guard depth != k else { return try hits(vector, &computed) }
      // More than there are is the same as all there are.
      let depth = min(depth, max(1, view.record.liveCount))
      return try hits(vector, k: depth, try view.effort(asked, k: depth), &computed)
    }
    return page.of(found) { metric.score(fromInternal: $0.distance) }
  }
}

extension SpaceView {
  fileprivate func effort(_ asked: QueryOptions.Effort, k: Int) throws -> Effort {
    switch asked {
    case .automatic: return effort(forRecall: 0.98, k: k)
    case .recall(let target):
      guard target > 0, target <= 1 else {
        throw EngineError(.invalidArgument, "recall \(target) is outside 0 to 1")
      }
      return effort(forRecall: target, k: k)
    case .ef(let width):
      guard width >= 1 else { throw EngineError(.invalidArgument, "ef is \(width); it is at least 1") }
      return .beam(min(width, max(1, record.nodeCount)))
    case .exact: return .exact
    }
  }
}
