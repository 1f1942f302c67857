package import Records
import VectorMath

/// What a query asks for, beside its vector and its space.
package struct SearchRequest: Sendable {
  /// How hard to look.
  package enum Effort: Sendable, Hashable {
    /// The beam whose measured recall is at least this, above 0 and up to 1; 1 compares everything.
    case recall(Double)
    /// A beam of this width, at least 1.
    case beam(Int)
    /// Every vector is compared.
    case exact
  }

  package var page: AnswerPage
  package var effort: Effort
  /// A condition in the filter language; nil for none.
  package var filter: String?
  /// Ids that are not to be returned; unknown ones are ignored.
  package var excluding: [String]

  package init(page: AnswerPage, effort: Effort, filter: String? = nil, excluding: [String] = []) {
    self.page = page
    self.effort = effort
    self.filter = filter
    self.excluding = excluding
  }
}

/// A request's space, effort and filter, resolved once for all vectors it is asked with.
package struct PreparedSearch: Sendable {
  package let view: SpaceView
  package let page: AnswerPage
  private let snapshot: Snapshot
  private let k: Int
  private let effort: Effort
  private var restriction: Restriction

  /// - Parameters:
  ///   - space: its name.
  ///   - leavingOut: ordinals that are not to be returned, beside the request's ids.
  /// - Throws: `.spaceNotFound`, `.invalidArgument`, `.badFilter`, `.corrupted`.
  package init(
    _ snapshot: Snapshot, _ space: String, _ request: SearchRequest, leavingOut: Set<Ordinal> = []
  ) throws {
    let view = try snapshot.space(space)
    try self.init(
      snapshot, view, request, allowed: try request.filter.map { try snapshot.matches($0, view.record.kind) },
      leavingOut: leavingOut)
  }

  /// - Parameter allowed: what passes the request's filter.
  package init(
    _ snapshot: Snapshot, _ view: SpaceView, _ request: SearchRequest, allowed: FilterMatches?,
    leavingOut: Set<Ordinal> = []
  ) throws {
    self.snapshot = snapshot
    self.view = view
    page = request.page
    // More than there are is the same as all there are.
    k = min(page.depth, max(1, view.record.liveCount))
    effort = try view.effort(request.effort, k: k)
    restriction = Restriction(
      allowed: allowed,
      excluded: leavingOut.union(
        try request.excluding.compactMap { try snapshot.ordinal(of: $0, view.record.kind) }))
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
    return page.of(try hits(vector, &computed)) { metric.score(fromInternal: $0.distance) }
  }
}

extension SpaceView {
  fileprivate func effort(_ asked: SearchRequest.Effort, k: Int) throws -> Effort {
    switch asked {
    case .recall(let target):
      guard target > 0, target <= 1 else {
        throw EngineError(.invalidArgument, "recall \(target) is outside 0 to 1")
      }
      return effort(forRecall: target, k: k)
    case .beam(let width):
      guard width >= 1 else { throw EngineError(.invalidArgument, "ef is \(width); it is at least 1") }
      return .beam(min(width, max(1, record.nodeCount)))
    case .exact: return .exact
    }
  }
}
