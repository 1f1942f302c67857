import Records

/// How a query is answered, and why so.
package struct QueryPlan: Sendable, Equatable {
  /// What is searched; the raw value is for people.
  package enum Strategy: String, Sendable {
    case graph = "graph search"
    case filteredGraph = "graph search, filter tested on the way"
    case exactMatches = "exact scan of the matches"
    case exact = "exact scan"
  }

  package var strategy: Strategy
  /// Candidates that a walk through the graph keeps; nil for scans.
  package var beamWidth: Int?
  /// Vectors of the graph that may be returned, deletions aside.
  package var matches: Int
  /// Vectors in the graph.
  package var vectors: Int
  /// Distances that a walk is expected to compute; nil where a scan was asked for.
  package var expectedWalk: Int?
  /// Distances that a scan computes, the look at each vector's owner counted as a part of one.
  package var expectedScan: Int
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
      return QueryPlan(strategy: .exact, beamWidth: nil, matches: matches, vectors: nodes, expectedScan: scan)
    }
    // A walk passes about (vectors / matches) nodes for each one that it may keep.
    let kept = max(width, k)
    let passed = Double(kept) * max(1, Double(nodes) / Double(max(1, matches)))
    let walk = Int(min(Double(nodes), expectedWalk(width: Int(min(passed, Double(max(1, nodes)))))))
    let strategy: QueryPlan.Strategy =
      restriction.allowed == nil ? .graph : scan <= walk ? .exactMatches : .filteredGraph
    return QueryPlan(
      strategy: strategy, beamWidth: strategy == .exactMatches ? nil : kept, matches: matches, vectors: nodes,
      expectedWalk: walk, expectedScan: scan)
  }
}
