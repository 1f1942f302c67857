/// Each runs `Snapshot`'s verb of the same name on the newest commit; `read` is for several that belong together.
extension Store {
  /// The item of `id`; nil when there is none.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  public func item(id: String) throws -> Item? { try read { try $0.item(id: id) } }

  /// As the blocking form, off the threads that run tasks.
  public func item(id: String) async throws -> Item? {
    try await read { try $0.item(id: id) }
  }

  /// The user of `id`; nil when there is none.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  public func user(id: String) throws -> User? { try read { try $0.user(id: id) } }

  /// As the blocking form, off the threads that run tasks.
  public func user(id: String) async throws -> User? {
    try await read { try $0.user(id: id) }
  }

  /// The item or user of `id`; nil when there is none.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  public func record(_ kind: RecordKind, id: String) throws -> (any Record)? {
    try read { try $0.record(kind, id: id) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func record(_ kind: RecordKind, id: String) async throws -> (any Record)? {
    try await read { try $0.record(kind, id: id) }
  }

  /// A user's events, oldest first; nil when there is no such user.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  /// - Complexity: O(events returned).
  public func sequence(user: String, last: Int? = nil) throws -> [Event]? {
    try read { try $0.sequence(user: user, last: last) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func sequence(user: String, last: Int? = nil) async throws -> [Event]? {
    try await read { try $0.sequence(user: user, last: last) }
  }

  /// The vector of `id` in a space; nil when it has none there.
  /// - Throws: `StoreError` `.spaceNotFound`, `.corrupted`, `.closed`.
  public func vector(_ space: String, id: String) throws -> [Float]? {
    try read { try $0.vector(space, id: id) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func vector(_ space: String, id: String) async throws -> [Float]? {
    try await read { try $0.vector(space, id: id) }
  }

  /// The space of that name.
  /// - Throws: `StoreError` `.spaceNotFound`, `.corrupted`, `.closed`.
  public func space(_ name: String) throws -> SpaceInfo { try read { try $0.space(name) } }

  /// As the blocking form, off the threads that run tasks.
  public func space(_ name: String) async throws -> SpaceInfo {
    try await read { try $0.space(name) }
  }

  /// How many records of a kind pass a filter.
  /// - Throws: `StoreError` `.badFilter`, `.corrupted`, `.closed`.
  public func count(_ kind: RecordKind, where filter: Filter? = nil) throws -> Int {
    try read { try $0.count(kind, where: filter) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func count(_ kind: RecordKind, where filter: Filter? = nil) async throws -> Int {
    try await read { try $0.count(kind, where: filter) }
  }

  /// The items that pass a filter; see `Snapshot.items(where:sortedBy:descending:limit:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func items(
    where filter: Filter? = nil, sortedBy attribute: String? = nil, descending: Bool = false,
    limit: Int? = nil
  ) throws -> [Item] {
    try read { try $0.items(where: filter, sortedBy: attribute, descending: descending, limit: limit) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func items(
    where filter: Filter? = nil, sortedBy attribute: String? = nil, descending: Bool = false,
    limit: Int? = nil
  ) async throws -> [Item] {
    try await read { try $0.items(where: filter, sortedBy: attribute, descending: descending, limit: limit) }
  }

  /// The items of these ids as values of the caller's type; see `Snapshot.items(_:ids:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func items<Value: Decodable>(_ type: Value.Type, ids: [String]) throws -> [Value] {
    try read { try $0.items(type, ids: ids) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func items<Value: Decodable & Sendable>(_ type: Value.Type, ids: [String]) async throws -> [Value] {
    try await read { try $0.items(type, ids: ids) }
  }
}
