import Basics
import Engine
import Recommending
import Records

extension Snapshot {
  /// The items that may come next: for a user by the stored events, or after a session or events that are not stored.
  ///
  /// A user without events, or one that the store does not know, gets what is trending: the share of recent events,
  /// which count half for each half-life of the store's signal policy that they are older than the newest. Where no
  /// model serves, the answer is by rules: what was counted to occur near the history's items.
  /// - Returns: min(k, matching items) items, best first.
  /// - Throws: `StoreError` `.invalidArgument`, `.badFilter`, `.corrupted`.
  /// - Complexity: O(events read, the newest 10,000 at most), one pass of the encoder over those that the model looks
  ///   back on, a query of the items' space for each interest of the model, and one inner product for each item that
  ///   the model's rules name and for up to 8,192 others. With a diversity, 10 · k candidates and O(k² · dimension) to
  ///   choose among them. Filling a list with what is popular takes O(items) where a filter admits few. By rules,
  ///   O(items that co-occur with the history's newest 10), and what is popular takes O(items · log items), once for
  ///   each hundredth by which events grow.
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

  /// The items that are like some examples and not like others, filled up with what is popular.
  /// - Parameters:
  ///   - examples: looked for in `options.spaces`, or in `session` where a model serves; a space in which one has no
  ///     vector goes by the rest.
  ///   - options: a diversity and reasons are not for examples.
  /// - Returns: min(k, matching items) items, best first.
  /// - Throws: as `query(_:for:by:options:)`; `StoreError` `.invalidArgument` for a diversity, and where neither spaces
  ///   are named nor a model serves.
  /// - Complexity: as `query(_:for:by:options:)`, once more for each fourfold of the list where groups are limited.
  public func recommend(
    by examples: QueryExamples, options: RecommendOptions = .init()
  ) throws -> [Recommendation] {
    try StoreError.translating {
      guard options.diversity == 0 else {
        throw StoreError(
          code: .invalidArgument, message: "a list by examples is not varied; ask for a diversity of 0")
      }
      guard options.method == nil, options.hiding.isEmpty else {
        throw StoreError(
          code: .invalidArgument, message: "a list by examples is by nothing else, and hides nothing")
      }
      var spaces = options.spaces
      if spaces.isEmpty {
        guard try base.servingVersion() != nil else {
          throw StoreError(
            code: .invalidArgument,
            message: "no model serves, so the spaces to look for examples in must be named")
        }
        spaces = [SpaceWeight(SessionSpaces.items)]
      }
      guard try spaces.requireFusable(base) == .items else {
        throw StoreError(code: .invalidArgument, message: "items are recommended by spaces of items")
      }
      let (seen, left) = try leavingOut(examples, of: spaces[0].space, QueryOptions())
      let taken = seen.union(try left.excluding.compactMap { try base.ordinal(of: $0, .items) })
      let source = spaces.map(\.space) == [SessionSpaces.items] ? RecommendationSource.session : .content
      let page = try AnswerPage(k: options.k, offset: options.offset, minScore: options.minScore)
      let found = try base.grouped(by: options.grouping, of: .items, depth: page.depth) {
        try base.ordinal(of: $0.id, .items)
      } _: { depth in
        var inner = options
        (inner.k, inner.offset, inner.minScore) = (depth, 0, nil)
        let found = try query(
          spaces, for: .examples(examples), by: options.fusion,
          options: QueryOptions(
            k: depth, effort: options.effort, filter: options.filter, excluding: options.excluding))
        return try base.completed(
          found.map { ($0.id, $0.score) }, from: source, leavingOut: taken, modelCache, inner)
      }
      return page.of(found) { $0.score }
    }
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

  /// The items that are like some examples and not like others; see `Snapshot.recommend(by:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.recommend(by:options:)`.
  public func recommend(
    by examples: QueryExamples, options: RecommendOptions = .init()
  ) throws -> [Recommendation] { try read { try $0.recommend(by: examples, options: options) } }

  /// As the blocking form, off the threads that run tasks.
  public func recommend(
    by examples: QueryExamples, options: RecommendOptions = .init()
  ) async throws -> [Recommendation] {
    try await offThread { try self.recommend(by: examples, options: options) }
  }

  /// Appends an event and recommends by all of the user's events, this one included, in one transaction: no other
  /// write comes in between. Where no model serves, the answer is by what was counted before the event.
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
