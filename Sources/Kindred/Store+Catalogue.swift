import Engine

/// Each runs `Snapshot`'s or `WriteTransaction`'s verb of the same name on the newest commit, or in one transaction.
extension Store {
  /// A page of items; see `Snapshot.listItems(_:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func listItems(_ options: ListOptions = .init()) throws -> Page<Item> {
    try read { try $0.listItems(options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func listItems(_ options: ListOptions = .init()) async throws -> Page<Item> {
    try await read { try $0.listItems(options) }
  }

  /// A page of users; see `Snapshot.listUsers(_:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func listUsers(_ options: ListOptions = .init()) throws -> Page<User> {
    try read { try $0.listUsers(options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func listUsers(_ options: ListOptions = .init()) async throws -> Page<User> {
    try await read { try $0.listUsers(options) }
  }

  /// A page of events; see `Snapshot.listEvents(_:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func listEvents(_ options: ListOptions = .init()) throws -> Page<Event> {
    try read { try $0.listEvents(options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func listEvents(_ options: ListOptions = .init()) async throws -> Page<Event> {
    try await read { try $0.listEvents(options) }
  }

  /// How many events pass a filter; all without one.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func countEvents(where filter: Filter? = nil) throws -> Int {
    try read { try $0.countEvents(where: filter) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func countEvents(where filter: Filter? = nil) async throws -> Int {
    try await read { try $0.countEvents(where: filter) }
  }

  /// How the values of an attribute are distributed; see `Snapshot.facet(_:field:where:limit:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func facet(
    _ kind: RecordKind, field: String, where filter: Filter? = nil, limit: Int = 20
  ) throws -> Facet {
    try read { try $0.facet(kind, field: field, where: filter, limit: limit) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func facet(
    _ kind: RecordKind, field: String, where filter: Filter? = nil, limit: Int = 20
  ) async throws -> Facet {
    try await read { try $0.facet(kind, field: field, where: filter, limit: limit) }
  }

  /// How the values of a field of events are distributed; see `Snapshot.eventFacet(field:where:limit:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func eventFacet(field: String, where filter: Filter? = nil, limit: Int = 20) throws -> Facet {
    try read { try $0.eventFacet(field: field, where: filter, limit: limit) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func eventFacet(field: String, where filter: Filter? = nil, limit: Int = 20) async throws -> Facet {
    try await read { try $0.eventFacet(field: field, where: filter, limit: limit) }
  }

  /// What the records of a kind have; see `Snapshot.schema(of:)`.
  /// - Throws: as that one; `StoreError` `.closed`.
  public func schema(of kind: RecordKind) throws -> [AttributeSummary] {
    try read { try $0.schema(of: kind) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func schema(of kind: RecordKind) async throws -> [AttributeSummary] {
    try await read { try $0.schema(of: kind) }
  }

  /// Gives an attribute another name; see `WriteTransaction.renameAttribute(_:to:of:)`.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func renameAttribute(
    _ name: String, to newName: String, of kind: RecordKind = .items
  ) throws -> AttributeChange {
    try write { try $0.renameAttribute(name, to: newName, of: kind) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func renameAttribute(
    _ name: String, to newName: String, of kind: RecordKind = .items
  ) async throws -> AttributeChange {
    try await write { try $0.renameAttribute(name, to: newName, of: kind) }
  }

  /// Removes an attribute; see `WriteTransaction.dropAttribute(_:of:)`.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func dropAttribute(_ name: String, of kind: RecordKind = .items) throws -> AttributeChange {
    try write { try $0.dropAttribute(name, of: kind) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func dropAttribute(_ name: String, of kind: RecordKind = .items) async throws -> AttributeChange {
    try await write { try $0.dropAttribute(name, of: kind) }
  }

  /// Changes the type of an attribute's values; see `WriteTransaction.castAttribute(_:to:of:removesOthers:)`.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func castAttribute(
    _ name: String, to type: AttributeSummary.ValueType, of kind: RecordKind = .items,
    removesOthers: Bool = false
  ) throws -> AttributeChange {
    try write { try $0.castAttribute(name, to: type, of: kind, removesOthers: removesOthers) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func castAttribute(
    _ name: String, to type: AttributeSummary.ValueType, of kind: RecordKind = .items,
    removesOthers: Bool = false
  ) async throws -> AttributeChange {
    try await write { try $0.castAttribute(name, to: type, of: kind, removesOthers: removesOthers) }
  }
}
