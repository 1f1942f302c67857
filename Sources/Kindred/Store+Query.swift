extension Store {
  /// Returns the vectors of a space nearest to `vector`; see `Snapshot.query(_:vector:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.query(_:vector:options:)`.
  public func query(_ space: String, vector: [Float], options: QueryOptions = .init()) throws -> [Match] {
    try read { try $0.query(space, vector: vector, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func query(_ space: String, vector: [Float], options: QueryOptions = .init()) async throws -> [Match]
  {
    try await read { try $0.query(space, vector: vector, options: options) }
  }

  /// The vectors nearest to what the space's encoder makes of a text; see `Snapshot.query(_:text:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.query(_:text:options:)`.
  public func query(_ space: String, text: String, options: QueryOptions = .init()) throws -> [Match] {
    try read { try $0.query(space, text: text, options: options) }
  }

  /// The vectors nearest to that of a record, which is left out; see `Snapshot.query(_:like:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.query(_:like:options:)`.
  public func query(_ space: String, like id: String, options: QueryOptions = .init()) throws -> [Match] {
    try read { try $0.query(space, like: id, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func query(_ space: String, text: String, options: QueryOptions = .init()) async throws -> [Match] {
    try await read { try $0.query(space, text: text, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func query(_ space: String, like id: String, options: QueryOptions = .init()) async throws -> [Match]
  {
    try await read { try $0.query(space, like: id, options: options) }
  }

  /// What is like some examples and not like others; see `Snapshot.query(_:examples:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.query(_:examples:options:)`.
  public func query(
    _ space: String, examples: QueryExamples, options: QueryOptions = .init()
  ) throws -> [Match] { try read { try $0.query(space, examples: examples, options: options) } }

  /// As the blocking form, off the threads that run tasks.
  public func query(
    _ space: String, examples: QueryExamples, options: QueryOptions = .init()
  ) async throws -> [Match] {
    try await read { try $0.query(space, examples: examples, options: options) }
  }

  /// What several spaces find together; see `Snapshot.query(_:for:by:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.query(_:for:by:options:)`.
  public func query(
    _ spaces: [SpaceWeight], for subject: FusedSubject, by fusion: Fusion = .rank,
    options: QueryOptions = .init()
  ) throws -> [Match] {
    try read { try $0.query(spaces, for: subject, by: fusion, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func query(
    _ spaces: [SpaceWeight], for subject: FusedSubject, by fusion: Fusion = .rank,
    options: QueryOptions = .init()
  ) async throws -> [Match] {
    try await read { try $0.query(spaces, for: subject, by: fusion, options: options) }
  }

  /// The items of a space nearest to a user; see `Snapshot.query(_:user:keepsSeen:options:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  /// - Complexity: as `Snapshot.query(_:user:keepsSeen:options:)`.
  public func query(
    _ space: String, user id: String, keepsSeen: Bool? = nil, options: QueryOptions = .init()
  ) throws -> [Match] { try read { try $0.query(space, user: id, keepsSeen: keepsSeen, options: options) } }

  /// As the blocking form, off the threads that run tasks.
  public func query(
    _ space: String, user id: String, keepsSeen: Bool? = nil, options: QueryOptions = .init()
  ) async throws -> [Match] {
    try await offThread { try self.query(space, user: id, keepsSeen: keepsSeen, options: options) }
  }
}
