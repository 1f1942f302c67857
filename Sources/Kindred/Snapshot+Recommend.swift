import Basics
import Engine

extension Snapshot {
  /// The items that may come next: for a user by the stored events, or after a session or events that are not stored.
  ///
  /// A user without events, or one that the store does not know, gets what is popular: the share of recent events,
  /// which count half for each tenth of the events' time that they are older than the newest. So does everybody where
  /// no model serves; then all events are counted, once for each hundredth by which they grow.
  /// - Returns: min(k, matching items) items, best first.
  /// - Throws: `StoreError` `.invalidArgument`, `.badFilter`, `.corrupted`.
  /// - Complexity: O(events read, the newest 10,000 at most), one pass of the encoder over those that the model looks
  ///   back on, a query of the items' space for each interest of the model, and one inner product for each item that
  ///   the model's rules name and for up to 8,192 others. With a diversity, 10 · k candidates and O(k² · dimension) to
  ///   choose among them. Filling a list with what is popular takes O(items) where a filter admits few. Where no model
  ///   serves, popularity takes O(events), once for each hundredth by which they grow.
  public func recommend(
    for subject: RecommendationSubject, options: RecommendOptions = .init()
  ) throws -> [Recommendation] {
    try StoreError.translating {
      try subject.ask(try base.recommender(modelCache, options), base)
    }
  }

  /// The items that a user may like next, by the stored events: `recommend(for: .user(user))`.
  /// - Throws: as `recommend(for:options:)`.
  /// - Complexity: as `recommend(for:options:)`.
  public func recommend(user: String, options: RecommendOptions = .init()) throws -> [Recommendation] {
    try recommend(for: .user(user), options: options)
  }

  /// The items that may come next for each of many subjects, on several threads.
  /// - Throws: as `recommend(for:)` of one.
  /// - Complexity: as that of one, for each subject; the filter is evaluated once.
  public func recommend(
    for subjects: [RecommendationSubject], threads: Int = Store.defaultThreads,
    options: RecommendOptions = .init()
  ) throws -> [[Recommendation]] {
    try StoreError.translating {
      try ThreadCountError.check(threads)
      let recommender = try base.recommender(modelCache, options)
      return try parallelMap(subjects.count, threads: threads) { [base] in
        try subjects[$0].ask(recommender, base)
      }
    }
  }
}

extension Store {
  /// The items that may come next; see `Snapshot.recommend(for:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.recommend(for:options:)`.
  public func recommend(
    for subject: RecommendationSubject, options: RecommendOptions = .init()
  ) throws -> [Recommendation] { try read { try $0.recommend(for: subject, options: options) } }

  /// The items that a user may like next: `recommend(for: .user(user))`.
  /// - Throws: as `recommend(for:options:)`.
  /// - Complexity: as `recommend(for:options:)`.
  public func recommend(user: String, options: RecommendOptions = .init()) throws -> [Recommendation] {
    try recommend(for: .user(user), options: options)
  }

  /// Appends an event and recommends by all of the user's events, this one included, in one transaction: no other
  /// write comes in between. Where no model serves, the answer is what is popular.
  ///
  /// A good event is stored whatever becomes of the answer: an error of `recommend(user:)`, a filter that cannot be
  /// read say, is thrown after the event is on disk. To repeat the call is safe, as an equal event is stored once.
  /// - Throws: as `append`, with nothing stored; as `recommend(user:)`, with the event stored.
  public func append(_ event: Event, recommending options: RecommendOptions) throws -> [Recommendation] {
    let answer: Result<[Recommendation], any Error> = try write { transaction in
      try transaction.append(event)
      // Vectors and attributes are as the last commit left them: nobody else can commit now, and an event changes
      // neither.
      return Result {
        try StoreError.translating {
          try engine.read { snapshot in
            try snapshot.recommender(modelCache, options)
              .recommend(
                after: try transaction.writer.recentEvents(
                  ofUser: event.user, last: RecommendOptions.seenLimit),
                kindName: transaction.writer.eventKindName
              )
          }
        }
      }
    }
    return try answer.get()
  }
}
