import Engine
import Records
import Values

/// Recommends at most so many items of each value of an attribute: from longer and longer lists of what serves.
struct GroupedRecommender: Recommender {
  private let snapshot: Snapshot
  private let models: ModelCache
  private let options: RecommendOptions
  private let grouping: Grouping
  let version: UInt32?

  init(
    _ snapshot: Snapshot, _ models: ModelCache, _ options: RecommendOptions, _ grouping: Grouping
  ) throws {
    self.snapshot = snapshot
    self.models = models
    self.options = options
    self.grouping = grouping
    var inner = options
    inner.grouping = nil
    version = try snapshot.recommender(models, inner).version
  }

  func recommend(
    after events: EventSequences?, kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] { try grouped { try $0.recommend(after: events, kindName: kindName) } }

  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [Ordinal], leavingOut seen: Set<Ordinal>
  ) throws -> [Recommendation] {
    try grouped { try $0.recommend(by: vectors, of: version, after: history, leavingOut: seen) }
  }

  private func grouped(_ ask: (any Recommender) throws -> [Recommendation]) throws -> [Recommendation] {
    let page = try options.page
    let found = try snapshot.grouped(by: grouping, of: .items, depth: page.depth) {
      try snapshot.ordinal(of: $0.id, .items)
    } _: { depth in
      var inner = options
      (inner.grouping, inner.k, inner.offset, inner.minScore) = (nil, depth, 0, nil)
      return try ask(try snapshot.recommender(models, inner))
    }
    return page.of(found) { $0.score }
  }
}
