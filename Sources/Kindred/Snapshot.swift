import Engine
import Records

/// One commit of the store, lent by `Store.read`.
public struct Snapshot: ~Copyable {
  let base: Engine.Snapshot
  let encoders: EncoderCache
  let modelCache: ModelCache

  init(_ base: Engine.Snapshot, encoders: EncoderCache, modelCache: ModelCache) {
    self.base = base
    self.encoders = encoders
    self.modelCache = modelCache
  }

  /// The number of the commit it sees; rises by one with each.
  public var transaction: Int { base.transactionID }

  /// All spaces, by name.
  /// - Throws: `StoreError` `.corrupted`.
  public func spaces() throws -> [SpaceInfo] {
    try StoreError.translating { try base.spaces().map { try base.info($0) } }
  }

  /// The space of that name.
  /// - Throws: `StoreError` `.spaceNotFound`, which names the spaces there are.
  public func space(_ name: String) throws -> SpaceInfo {
    try StoreError.translating {
      try base.info(base.space(name))
    }
  }

  /// The item of `id`; nil when there is none.
  /// - Throws: `StoreError` `.corrupted`.
  public func item(id: String) throws -> Item? {
    try StoreError.translating { try base.entity(id, .items).map { Item($0) } }
  }

  /// The user of `id`; nil when there is none.
  /// - Throws: `StoreError` `.corrupted`.
  public func user(id: String) throws -> User? {
    try StoreError.translating { try base.entity(id, .users).map { User($0) } }
  }

  /// The record of `id`, of a kind that is known at run time: an `Item` or a `User`, or nil when there is none.
  /// - Throws: `StoreError` `.corrupted`.
  public func record(_ kind: RecordKind, id: String) throws -> (any Record)? {
    try StoreError.translating { try base.entity(id, kind).map { kind.record($0) } }
  }

  /// Visits every record of a kind, in the order they were first written.
  /// - Throws: what `body` throws; `StoreError` `.corrupted`.
  /// - Complexity: O(records of the kind), one of them in memory at a time.
  public func forEachRecord(_ kind: RecordKind, _ body: (any Record) throws -> Void) throws {
    try StoreError.translating {
      try base.forEachEntity(kind) { _, record in try body(kind.record(record)) }
    }
  }

  /// A user's events, oldest first, those of one time in the order they came.
  /// - Parameters:
  ///   - user: the user's id.
  ///   - last: at most this many, the newest ones; nil for all.
  /// - Returns: nil when there is no such user.
  /// - Throws: `StoreError` `.corrupted`.
  /// - Complexity: O(events returned).
  public func sequence(user: String, last: Int? = nil) throws -> [Event]? {
    try StoreError.translating { try base.events(ofUser: user, last: last) }
  }

  /// Visits every event, by user in the order users were first written, then by time.
  /// - Throws: what `body` throws; `StoreError` `.corrupted`.
  /// - Complexity: O(events).
  public func forEachEvent(_ body: (Event) throws -> Void) throws {
    try StoreError.translating { try base.forEachEvent(body) }
  }

  /// The vector of `id` in a space as it is stored (of unit length for cosine); nil when it has none there.
  /// - Returns: the space's dimension of components.
  /// - Throws: `StoreError` `.spaceNotFound`, `.corrupted`.
  public func vector(_ space: String, id: String) throws -> [Float]? {
    try StoreError.translating {
      let view = try base.space(space)
      guard let ordinal = try base.ordinal(of: id, view.record.kind) else { return nil }
      return try base.vector(of: ordinal, in: view)
    }
  }

  /// Visits every vector of a space with its id; the components are lent for the call.
  /// - Throws: what `body` throws; `StoreError` `.spaceNotFound`, `.corrupted`.
  /// - Complexity: O(vectors · dimension), and a look-up of each id.
  public func forEachVector(_ space: String, _ body: (String, UnsafeBufferPointer<Float>) throws -> Void)
    throws
  {
    try StoreError.translating {
      let view = try base.space(space)
      try base.forEachVector(view) { ordinal, vector in
        try body(try base.id(of: ordinal, view.record.kind), vector)
      }
    }
  }
}

extension Snapshot {
  /// The names in a filter that no record of a kind has, in order of appearance.
  ///
  /// Such a name is null for every record, and no error: the same program runs on an empty store. Whoever shows answers
  /// to people should show this beside them.
  /// - Throws: `StoreError` `.badFilter`, `.corrupted`.
  /// - Complexity: O(names · records).
  public func unknownNames(inFilter filter: Filter, of kind: RecordKind) throws -> [UnknownName] {
    try StoreError.translating {
      try base.unknownNames(inFilter: filter.text, of: kind).map {
        UnknownName(name: $0.name, subject: kind == .items ? .item : .user, nearest: $0.nearest)
      }
    }
  }
}
