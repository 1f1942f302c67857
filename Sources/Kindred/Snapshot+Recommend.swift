import Basics
import Engine
import Recommending

extension Snapshot {
  /// The items that a user may like next, by the user's stored events and the model that serves.
  ///
  /// A user without events, or one that the store does not know, gets what is popular: the share of recent events, which
  /// count half for each tenth of the events' time that they are older than the newest. So does everybody where no model
  /// serves; then all events are counted, once for each hundredth by which they grow.
  /// - Returns: min(k, matching items) items, best first.
  /// - Throws: `StoreError` `.invalidArgument`, `.badFilter`, `.corrupted`.
  public func recommend(user: String, options: RecommendOptions = .init()) throws -> [Recommendation] {
    try StoreError.translating {
      try base.recommender(modelCache, options.request).recommend(user: user).map { Recommendation($0) }
    }
  }

  /// The items that may come next in a session of items, oldest first.
  /// - Throws: as `recommend(user:)`.
  public func recommend(session: [String], options: RecommendOptions = .init()) throws -> [Recommendation] {
    try StoreError.translating {
      try base.recommender(modelCache, options.request).recommend(session: session).map { Recommendation($0) }
    }
  }

  /// The items that may come next in each of many sessions, on several threads.
  /// - Throws: as `recommend(user:)`; `.invalidArgument` for threads outside 1 to 256.
  public func recommend(
    sessions: [[String]], threads: Int = Store.defaultThreads, options: RecommendOptions = .init()
  ) throws -> [[Recommendation]] {
    try StoreError.translating {
      try ThreadCountError.check(threads)
      let recommender = try base.recommender(modelCache, options.request)
      return try parallelMap(sessions.count, threads: threads) {
        try recommender.recommend(session: sessions[$0]).map { Recommendation($0) }
      }
    }
  }
}

extension Store {
  /// The items that a user may like next; see `Snapshot.recommend(user:options:)`.
  public func recommend(user: String, options: RecommendOptions = .init()) throws -> [Recommendation] {
    try read { try $0.recommend(user: user, options: options) }
  }

  /// The items that may come next in a session; see `Snapshot.recommend(session:options:)`.
  public func recommend(session: [String], options: RecommendOptions = .init()) throws -> [Recommendation] {
    try read { try $0.recommend(session: session, options: options) }
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
              .recommend(user: event.user, in: transaction.writer).map { Recommendation($0) }
          }
        }
      }
    }
    return try answer.get()
  }
}
