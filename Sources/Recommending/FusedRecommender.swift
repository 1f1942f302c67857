import Basics
import Engine
import Records
import Values

/// Recommends what several spaces say together: the model that serves, and likeness to the items of the history.
struct FusedRecommender: Recommender {
  private let snapshot: Snapshot
  private let options: RecommendOptions
  /// What serves, with a longer list.
  private let serving: any Recommender
  private let popular: PopularRecommender
  private let isRepeating: Bool
  /// What chose an item that the model did not choose.
  private let contentSource: RecommendationSource
  /// How each of the spaces is asked.
  private let query: QueryOptions

  init(_ snapshot: Snapshot, _ models: ModelCache, _ options: RecommendOptions) throws {
    let kind = try options.spaces.requireFusable(snapshot)
    guard kind == .items else {
      throw RecommendingError(
        code: .invalidArgument, message: "items are recommended by spaces of items, and these are of \(kind)")
    }
    guard options.diversity == 0 else {
      throw RecommendingError(
        code: .invalidArgument, message: "a list of several spaces is not varied; ask for a diversity of 0")
    }
    var inner = options
    inner.spaces = []
    inner.method = nil
    contentSource = options.method == .similar ? .similar : .content
    inner.k = FusedList.depth(try options.page.depth)
    (inner.offset, inner.minScore, inner.records) = (0, nil, false)
    self.snapshot = snapshot
    self.options = options
    query = QueryOptions(
      k: inner.k, effort: options.effort, filter: options.filter, excluding: options.excluding)
    serving = try snapshot.recommender(models, inner)
    if let version = serving.version {
      let model = try models.model(version, snapshot)
      isRepeating = model.manifest.isRepeating
      popular = try PopularRecommender(snapshot, model.popularity, options)
    } else {
      let counted = try models.counts.items(snapshot)
      isRepeating = counted.isRepeating
      popular = try PopularRecommender(snapshot, counted.trending, options)
    }
  }

  var version: UInt32? { serving.version }

  func recommend(
    after events: EventSequences?, kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    try answer(after: events, kindName) {
      try serving.recommend(after: events, kindName: kindName)
    }
  }

  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [Ordinal], of events: EventSequences,
    kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    try answer(after: events, kindName) {
      try serving.recommend(by: vectors, of: version, after: history, of: events, kindName: kindName)
    }
  }

  private func answer(
    after events: EventSequences?, _ kindName: (UInt32) throws -> String,
    served: () throws -> [Recommendation]
  ) throws -> [Recommendation] {
    let taken = try options.hidden(in: events, isRepeating: isRepeating, kindName)
    var rankings: [FusedList.Ranking] = []
    var known: [ExactString: Recommendation] = [:]
    for space in options.spaces {
      if space.space == SessionSpaces.items {
        let list = try served().filter { $0.source != .popularity }
        for entry in list { known[ExactString(entry.id)] = entry }
        if !list.isEmpty {
          rankings.append(.init(weight: space.weight, entries: list.map { ($0.id, $0.score) }))
        }
      } else if let events,
        let profile = try ContentProfile.query(after: events, in: space.space, snapshot)
      {
        rankings.append(try .init(snapshot, space, profile, query, leavingOut: taken))
      }
    }
    var found: [Recommendation] = []
    if !rankings.isEmpty {
      found = try FusedList(rankings, by: options.fusion).entries.prefix(popular.depth).map { entry in
        var one =
          known[ExactString(entry.id)]
          ?? Recommendation(id: entry.id, score: 0, source: contentSource, because: [])
        one.score = entry.score
        return one
      }
    }
    let ordinals = try found.compactMap { try snapshot.ordinal(of: $0.id, .items) }
    try popular.finish(&found, leavingOut: taken.union(popular.excluded).union(ordinals))
    return found
  }
}
