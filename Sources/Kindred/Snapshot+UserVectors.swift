import Engine
import Records

extension Snapshot {
  /// Returns the items of a space nearest to a user: to the user's vector in the space of the same name with `-users`
  /// added, as `Store.factorize(_:_:progress:)` and training write it.
  /// - Parameters:
  ///   - space: the items' space.
  ///   - id: the user's id.
  ///   - keepsSeen: whether items of the user's events may be among them; nil leaves them out, as `recommend` does, but
  ///     where the space is of a trained model whose events repeat items.
  ///   - options: how many, how hard to look, and which items may be returned.
  /// - Throws: as `query(_:vector:)`; `.recordNotFound` when the user has no vector.
  /// - Complexity: as `query(_:vector:options:)`, and O(events of the user, the newest 10,000 at most) where seen items
  ///   are left out.
  public func query(
    _ space: String, user id: String, keepsSeen: Bool? = nil, options: QueryOptions = .init()
  ) throws -> [Match] {
    try query(space, users: [id], keepsSeen: keepsSeen, options: options).matches.first ?? []
  }

  /// Answers for several users on one snapshot, each as `query(_:user:keepsSeen:options:)` does.
  /// - Parameters:
  ///   - space: the items' space.
  ///   - ids: the users' ids.
  ///   - keepsSeen: as for one user.
  ///   - threads: threads to search with, 1 to 256; the answers are the same with any number.
  ///   - options: those of every query.
  /// - Throws: as for one user.
  /// - Complexity: as for one user, for each of them; the filter is evaluated once.
  public func query(
    _ space: String, users ids: [String], keepsSeen: Bool? = nil, threads: Int = 1,
    options: QueryOptions = .init()
  ) throws -> QueryBatch {
    try StoreError.translating {
      let vectors = try ids.flatMap { try vector(space, ofUser: $0) }
      let search = try PreparedSearch(base, space, options)
      let dimension = search.view.record.shape.dimension
      guard vectors.count == ids.count * dimension else {
        throw StoreError(
          code: .dimensionMismatch,
          message:
            "space \"\(space)\" has dimension \(dimension), and \"\(UserSpaces.name(besides: space))\" another one"
        )
      }
      let keepsSeen = try keepsSeen ?? modelCache.isRepeating(search.view.record, base)
      let seen = try keepsSeen ? [] : ids.map { try itemsSeen(byUser: $0) }
      return try batch(
        search.answers(vectors, threads: threads, leavingOut: seen), of: search, options)
    }
  }

  private func itemsSeen(byUser id: String) throws -> Set<Ordinal> {
    Set(try base.recentEvents(ofUser: id, last: RecommendOptions.seenLimit)?.items ?? [])
  }

  /// The vector of a user that a space of items is asked with: that of the space of the same name with `-users` added.
  /// - Throws: `StoreError` `.spaceNotFound`; `.recordNotFound` when the user has no vector there.
  public func vector(_ space: String, ofUser id: String) throws -> [Float] {
    let users = UserSpaces.name(besides: space)
    try StoreError.translating {
      _ = try base.space(space)
      do { _ = try base.space(users) } catch let error as EngineError where error.code == .spaceNotFound {
        throw try noUserVectors(space)
      }
    }
    guard let vector = try vector(users, id: id) else {
      throw StoreError(
        code: .recordNotFound,
        message: "\"\(id)\" has no vector in space \"\(users)\"; users get theirs from their events when "
          + "kindred factorize or kindred rebuild --from-sequences runs")
    }
    return vector
  }

  /// What is said of a space that has no vectors of users, with the spaces that have some.
  private func noUserVectors(_ space: String) throws -> StoreError {
    let names = try base.spaces().map(\.name)
    let others = names.filter { name in
      names.contains { $0.isExactly(UserSpaces.name(besides: name)) }
    }
    return StoreError(
      code: .spaceNotFound,
      message:
        "space \"\(space)\" has no vectors of users: there is no space \"\(UserSpaces.name(besides: space))\". "
        + "kindred factorize writes one, and kindred train writes \"\(SessionSpaces.users)\"; "
        + (others.isEmpty
          ? "no space of this store has one"
          : "with one there is \(others.map { "\"\($0)\"" }.joined(separator: ", "))"))
  }
}
