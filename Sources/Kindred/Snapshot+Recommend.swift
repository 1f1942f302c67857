import Basics
import Engine
import Recommending

extension RecommendationSubject {
  fileprivate func ask(
    _ recommender: any Recommender, _ snapshot: Engine.Snapshot
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
    return try recommender.recommend(after: sequence, kindName: kindName).map { Recommendation($0) }
  }
}

extension Snapshot {
  /// The items that may come next: for a user by the stored events, or after a session or events that are not stored.
  ///
  /// A user without events, or one that the store does not know, gets what is popular: the share of recent events, which
  /// count half for each tenth of the events' time that they are older than the newest. So does everybody where no model
  /// serves; then all events are counted, once for each hundredth by which they grow.
  /// - Returns: min(k, matching items) items, best first.
  /// - Throws: `StoreError` `.invalidArgument`, `.badFilter`, `.corrupted`.
  public func recommend(
    for subject: RecommendationSubject, options: RecommendOptions = .init()
  ) throws -> [Recommendation] {
    try StoreError.translating {
      try subject.ask(try base.recommender(modelCache, options.request), base)
    }
  }

  /// The items that a user may like next, by the stored events: `recommend(for: .user(user))`.
  public func recommend(user: String, options: RecommendOptions = .init()) throws -> [Recommendation] {
    try recommend(for: .user(user), options: options)
  }

  /// The items that may come next for each of many subjects, on several threads.
  /// - Throws: as `recommend(for:)` of one.
  public func recommend(
    for subjects: [RecommendationSubject], threads: Int = Store.defaultThreads,
    options: RecommendOptions = .init()
  ) throws -> [[Recommendation]] {
    try StoreError.translating {
      try ThreadCountError.check(threads)
      let recommender = try base.recommender(modelCache, options.request)
      return try parallelMap(subjects.count, threads: threads) { [base] in
        try subjects[$0].ask(recommender, base)
      }
    }
  }
}

extension Store {
  /// The items that may come next; see `Snapshot.recommend(for:options:)`.
  public func recommend(
    for subject: RecommendationSubject, options: RecommendOptions = .init()
  ) throws -> [Recommendation] { try read { try $0.recommend(for: subject, options: options) } }

  /// The items that a user may like next: `recommend(for: .user(user))`.
  public func recommend(user: String, options: RecommendOptions = .init()) throws -> [Recommendation] {
    try recommend(for: .user(user), options: options)
  }

  /// Appends an event and recommends by all of the user's events, this one included, in one transaction: no other
  /// write comes in between. Where no model serves, the answer is what is popular.
  ///
  /// A good event is stored whatever becomes of the answer: an error of `recommend(user:)`, a filter that cannot be read
  /// say, is thrown after the event is on disk. To repeat the call is safe, as an equal event is stored once.
  /// - Throws: as `append`, with nothing stored; as `recommend(user:)`, with the event stored.
  public func append(_ event: Event, recommending options: RecommendOptions) throws -> [Recommendation] {
    let answer: Result<[Recommendation], any Error> = try write { transaction in
      try transaction.append(event)
      // Vectors and attributes are as the last commit left them: nobody else can commit now, and an event changes neither.
      return Result {
        try StoreError.translating {
          try engine.read { snapshot in
            try snapshot.recommender(modelCache, options.request)
              .recommend(
                after: try transaction.writer.recentEvents(
                  ofUser: event.user, last: RecommendationRequest.seenLimit),
                kindName: transaction.writer.eventKindName
              ).map { Recommendation($0) }
          }
        }
      }
    }
    return try answer.get()
  }
}
