package import Engine
package import Records
import Values

/// What is asked of a recommender.
package struct RecommendationRequest: Sendable {
  /// Which part of the list, how hard to look, the filter on items, and ids that are not to be returned.
  package var search: SearchRequest
  /// Whether items of the history may come back; nil leaves that to what the events are like.
  package var keepsSeen: Bool?
  /// How varied the list is, from 0 (score only) to 1 (most varied).
  package var diversity: Double
  /// Whether reasons are looked up.
  package var explains: Bool
  /// Whether each item comes with its record.
  package var hasRecords: Bool

  /// - Throws: `RecommendingError` `.invalidArgument`.
  package init(
    _ search: SearchRequest, keepsSeen: Bool? = nil, diversity: Double = 0, explains: Bool = false,
    hasRecords: Bool = false
  ) throws {
    guard (0...1).contains(diversity) else {
      throw RecommendingError(code: .invalidArgument, message: "diversity \(diversity) is outside 0 to 1")
    }
    self.search = search
    self.keepsSeen = keepsSeen
    self.diversity = diversity
    self.explains = explains
    self.hasRecords = hasRecords
  }

  /// Events of a user that are looked at to leave out what was seen.
  package static let seenLimit = 10_000

  /// How many of the best are to be found.
  var depth: Int { search.page.depth }
}

/// Recommends from one snapshot by one request.
package protocol Recommender: Sendable {
  /// The version of the model that it recommends with; nil where no model serves.
  var version: UInt32? { get }

  /// Recommends after one sequence of events; nil for a user that is not there.
  /// - Parameter kindName: the name of a kind of event by its number.
  func recommend(
    after events: EventSequences?, kindName: (UInt32) throws -> String
  ) throws -> [Recommendation]

  /// Recommends by query vectors [interests, dimension] that the model of `version` made; what is popular where there
  /// are none.
  /// - Parameter history: numbers of the items that they were made of, oldest first.
  /// - Throws: `RecommendingError` `.unsupported` for vectors of another model, or of one where none serves.
  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [UInt32], leavingOut seen: Set<Ordinal>
  ) throws -> [Recommendation]
}

extension Recommender {
  /// Requires that vectors were made by the model that serves.
  func require(_ version: UInt32?) throws {
    guard version != self.version else { return }
    let (made, serving) = (version.map { "of model \($0)" }, self.version.map { "model \($0) serves" })
    throw RecommendingError(
      code: .unsupported,
      message:
        "the session is \(made ?? "of the time when no model served"), and \(serving ?? "no model serves") now; "
        + "begin a new one")
  }
}

extension Snapshot {
  /// The version of the model whose vectors are in the space of items: the one that serves.
  package func servingVersion() throws -> UInt32? {
    try existingSpace(SessionSpaces.items).flatMap(SessionSpaces.version)
  }

  /// What recommends as of this commit: the model that serves or, where none does, recent popularity.
  package func recommender(
    _ models: ModelCache, _ request: RecommendationRequest
  ) throws -> any Recommender {
    if let version = try servingVersion() {
      return try SessionRecommender(self, models.model(version, self), request)
    }
    return try PopularRecommender(self, models.popularity.popularity(self), request)
  }
}

extension RecommendationSubject {
  package func ask(
    _ recommender: any Recommender, _ snapshot: Snapshot
  ) throws -> [Recommendation] {
    var sequence: EventSequences? = EventSequences()
    var kindName = snapshot.eventKindName
    switch self {
    case .user(let id):
      sequence = try snapshot.recentEvents(ofUser: id, last: RecommendationRequest.seenLimit)
    case .session(let ids):
      sequence?.append(items: try ids.compactMap { try snapshot.ordinal(of: $0, .items) })
    case .events(let events):
      let ordered = events.enumerated().sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
      sequence?.append(
        try ordered.enumerated().compactMap { place, event in
          try snapshot.ordinal(of: event.item, .items).map { ($0, UInt32(place), event.time.milliseconds) }
        })
      kindName = { ordered[Int($0)].kind }
    }
    return try recommender.recommend(after: sequence, kindName: kindName)
  }
}
