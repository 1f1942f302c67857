package import Engine
package import Records
import Values

/// Recommends from one snapshot by one set of options.
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
  /// - Parameters:
  ///   - history: the items that they were made of, oldest first.
  ///   - events: all of the session, one sequence.
  ///   - kindName: as above.
  /// - Throws: `RecommendingError` `.unsupported` for vectors of another model, or of one where none serves.
  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [Ordinal], of events: EventSequences,
    kindName: (UInt32) throws -> String
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

  /// What recommends as of this commit: what is asked for, else the model that serves or, where none does, what is
  /// counted of events.
  package func recommender(
    _ models: ModelCache, _ options: RecommendOptions
  ) throws -> any Recommender {
    _ = try options.page
    guard options.grouping == nil || options.diversity == 0 else {
      throw RecommendingError(
        code: .invalidArgument, message: "a list of groups is not varied beside; ask for a diversity of 0")
    }
    if let grouping = options.grouping { return try GroupedRecommender(self, models, options, grouping) }
    switch options.method {
    case .session:
      guard let version = try servingVersion() else {
        throw RecommendingError(
          code: .recordNotFound, message: "no model serves; train one with: kindred train STORE")
      }
      return try SessionRecommender(self, models.model(version, self), options)
    case .similar: return try FusedRecommender(self, models, options.similar(self))
    case let method?: return try CountedRecommender(self, models.counts, options, method)
    case nil: break
    }
    guard options.spaces.isEmpty else { return try FusedRecommender(self, models, options) }
    if let version = try servingVersion() {
      return try SessionRecommender(self, models.model(version, self), options)
    }
    let method = try signalPolicy() == nil ? RecommendationMethod.trending : .rules
    return try CountedRecommender(self, models.counts, options, method)
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
      sequence = try snapshot.recentEvents(ofUser: id, last: RecommendOptions.seenLimit)
    case .session(let ids):
      sequence?.append(items: try ids.compactMap { try snapshot.ordinal(of: $0, .items) })
    case .events(let events):
      let ordered = events.enumerated().sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
      let policy = try snapshot.signalPolicy() ?? SignalPolicy()
      sequence?.append(items: [])
      for (place, event) in ordered.enumerated() {
        guard let item = try snapshot.ordinal(of: event.item, .items) else { continue }
        sequence?.extendLast(
          item, kind: UInt32(place), time: event.time.milliseconds,
          signal: policy.signal(ofKind: event.kind, value: event.value), bounds: policy.signals.map(\.bounds))
      }
      kindName = { ordered[Int($0)].kind }
    }
    return try recommender.recommend(after: sequence, kindName: kindName)
  }
}

/// Recommends a limited number of items of each value of an attribute: from longer and longer lists of what serves.
private struct GroupedRecommender: Recommender {
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
    by vectors: [Float]?, of version: UInt32?, after history: [Ordinal], of events: EventSequences,
    kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    try grouped {
      try $0.recommend(by: vectors, of: version, after: history, of: events, kindName: kindName)
    }
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
