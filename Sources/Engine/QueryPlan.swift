import Records

/// How a query is answered: the way that is expected to compute fewer distances.
public struct QueryPlan: Sendable, Hashable, Codable {
  /// The ways there are.
  public enum Strategy: String, Sendable, Hashable, Codable {
    /// A walk through the graph.
    case graph = "graph search"
    /// A walk through the graph that tests the filter on the way.
    case filteredGraph = "graph search, filter tested on the way"
    /// All that pass the filter are compared.
    case exactMatches = "exact scan of the matches"
    /// All are compared.
    case exact = "exact scan"
  }

  /// The way that was taken.
  public var strategy: Strategy
  /// Candidates that a graph search keeps (ef); nil for scans.
  public var ef: Int?
  /// Vectors that the filter lets through, at most.
  public var matches: Int
  /// Vectors in the graph.
  public var vectors: Int
  /// Distances that a graph search was expected to compute for a query; nil where a scan was asked for.
  public var expectedGraphDistances: Int?
  /// Distances that a scan computes for a query, the look at each vector's attributes counted as a part of one.
  public var expectedScanDistances: Int
}

extension SpaceView {
  /// Distances that an unfiltered walk with a beam of `width` computes: as measured, or about a dozen a candidate where
  /// nothing was.
  private func expectedWalk(width: Int) -> Double {
    guard let points = graph.curve?.points, let point = points.first(where: { $0.ef >= width }) ?? points.last
    else { return Double(width) * 12 }
    // More slowly than in proportion (measured on titles and clustered sets); straight from the nearest point is
    // enough.
    return point.distances * Double(width) / Double(point.ef)
  }

  /// The plan for `k` results with `effort` under `restriction`.
  package func plan(k: Int, effort: Effort, _ restriction: Restriction) -> QueryPlan {
    let nodes = record.nodeCount
    // Attributes belong to ordinals with and without a vector here: their number is an upper bound.
    let matches = min(nodes, restriction.allowed?.count ?? nodes)
    let scan = restriction.allowed == nil ? nodes : matches + graph.slotCount / 50
    guard case .beam(let width) = effort else {
      return QueryPlan(
        strategy: .exact, ef: nil, matches: matches, vectors: nodes, expectedScanDistances: scan)
    }
    // A walk passes about (vectors / matches) nodes for each one that it may keep.
    let kept = max(width, k)
    let passed = Double(kept) * max(1, Double(nodes) / Double(max(1, matches)))
    let walk = Int(min(Double(nodes), expectedWalk(width: Int(min(passed, Double(max(1, nodes)))))))
    let strategy: QueryPlan.Strategy =
      restriction.allowed == nil ? .graph : scan <= walk ? .exactMatches : .filteredGraph
    return QueryPlan(
      strategy: strategy, ef: strategy == .exactMatches ? nil : kept, matches: matches, vectors: nodes,
      expectedGraphDistances: walk, expectedScanDistances: scan)
  }
}
