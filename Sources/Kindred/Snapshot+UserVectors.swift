/// Spaces of users' vectors that a space of items is asked with.
enum UserSpaces {
  static func name(besides space: String) -> String { space + "-users" }
}

extension Snapshot {
  /// Returns the items of a space nearest to a user: to the user's vector in the space of the same name with `-users` added, as
  /// `Store.factorize(space:_:progress:)` and training write it. Items that the user took are among them unless they are
  /// excluded.
  /// - Throws: as `query(_:vector:)`; `.recordNotFound` when the user has no vector.
  public func query(_ space: String, user id: String, options: QueryOptions = .init()) throws -> [Match] {
    try query(space, vector: try vector(space, ofUser: id), options: options)
  }

  /// The vector of a user that a space of items is asked with: that of the space of the same name with `-users` added.
  /// - Throws: `StoreError` `.spaceNotFound`; `.recordNotFound` when the user has no vector there.
  public func vector(_ space: String, ofUser id: String) throws -> [Float] {
    let users = UserSpaces.name(besides: space)
    guard let vector = try vector(users, id) else {
      throw StoreError(code: .recordNotFound, message: "\"\(id)\" has no vector in space \"\(users)\"")
    }
    return vector
  }
}
