import Engine
import Records
import VectorMath

extension Store {
  /// Makes an empty space.
  /// - Throws: `StoreError` `.spaceExists`, `.invalidArgument`.
  public func createSpace(_ configuration: SpaceConfiguration) throws {
    try write { try $0.createSpace(configuration) }
  }

  /// Removes a space with its vectors.
  /// - Throws: `StoreError` `.spaceNotFound`.
  public func dropSpace(_ name: String) throws {
    try write { try $0.dropSpace(name) }
    try StoreError.translating { try engine.collectGarbage() }
  }

  /// Stores records in one transaction; see `WriteTransaction.upsert(_:)`.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func upsert(_ records: [some Record]) throws -> UpsertCounts { try write { try $0.upsert(records) } }

  /// Stores one record; see `WriteTransaction.upsert(_:)`.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func upsert(_ record: some Record) throws -> UpsertCounts { try upsert([record]) }

  /// Stores values of the caller's type as records; see `WriteTransaction.upsert(_:id:text:kind:)`.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func upsert<Value: Encodable, ID: LosslessStringConvertible>(
    _ values: [Value], id: (Value) -> ID, text: (Value) -> String? = { _ in nil }, kind: RecordKind = .items
  ) throws -> UpsertCounts { try write { try $0.upsert(values, id: id, text: text, kind: kind) } }

  /// Stores vectors in one transaction, searchable when it returns; see
  /// `WriteTransaction.upsert(_:ids:vectors:attributes:)`.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func upsert(
    _ space: String, ids: [String], vectors: [Float], attributes: [Attributes]? = nil
  ) throws -> VectorUpsertReport {
    try write { try $0.upsert(space, ids: ids, vectors: vectors, attributes: attributes) }
  }

  /// As with one array of all components, with one array for each vector.
  /// - Throws: as that one; as `write`.
  @_disfavoredOverload  // an empty list is one of components
  @discardableResult
  public func upsert(
    _ space: String, ids: [String], vectors: [[Float]], attributes: [Attributes]? = nil
  ) throws -> VectorUpsertReport {
    try write { try $0.upsert(space, ids: ids, vectors: vectors, attributes: attributes) }
  }

  /// Appends one durable event; see `WriteTransaction.append(_:)`.
  /// - Returns: false when an event equal in every field is stored already.
  /// - Throws: as that one; as `write`.
  @discardableResult
  public func append(_ event: Event) throws -> Bool { try write { try $0.append(event) } }

  /// Appends events in one transaction.
  /// - Returns: how many were new.
  /// - Throws: as `append(_:)` of one, with none stored.
  @discardableResult
  public func append(_ events: [Event]) throws -> Int { try write { try $0.append(events) } }

  /// Deletes records in one transaction; see `WriteTransaction.delete`.
  /// - Throws: as that one; as `write`.
  /// - Complexity: as `WriteTransaction.delete(_:kind:)`, and one commit.
  @discardableResult
  public func delete(_ ids: [String], kind: RecordKind) throws -> [String] {
    try write { try $0.delete(ids, kind: kind) }
  }
}
