package import Engine
public import Values

/// Whom or what items are recommended for.
public enum RecommendationSubject: Sendable, Hashable {
  /// A user, by the stored events.
  case user(String)
  /// Items of a session that is not stored, oldest first; unknown ones are ignored.
  case session([String])
  /// Events that are not stored, in the order of their times; whose they are does not matter.
  case events([Event])
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
