import Engine
import Interchange
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

  /// Stores records in one transaction; see `WriteTransaction.upsert(_:kind:)`.
  @discardableResult
  public func upsert(_ records: [Record], kind: RecordKind = .items) throws -> UpsertCounts {
    try write { try $0.upsert(records, kind: kind) }
  }

  /// Stores vectors in one transaction, searchable when it returns; see `WriteTransaction.upsert(space:ids:vectors:)`.
  @discardableResult
  public func upsert(
    space: String, ids: [String], vectors: [Float], attributes: [Attributes]? = nil
  ) throws -> VectorUpsertReport {
    try write { try $0.upsert(space: space, ids: ids, vectors: vectors, attributes: attributes) }
  }

  /// Stores vectors in one transaction, off the calling task's thread.
  @discardableResult
  public func upsert(
    space: String, ids: [String], vectors: [Float], attributes: [Attributes]? = nil
  ) async throws -> VectorUpsertReport {
    try await write { try $0.upsert(space: space, ids: ids, vectors: vectors, attributes: attributes) }
  }

  /// Appends one durable event; see `WriteTransaction.append`.
  @discardableResult
  public func append(_ event: Event) throws -> Bool { try write { try $0.append(event) } }

  /// Appends one durable event, off the calling task's thread.
  @discardableResult
  public func append(_ event: Event) async throws -> Bool { try await write { try $0.append(event) } }

  /// Deletes records in one transaction; see `WriteTransaction.delete`.
  @discardableResult
  public func delete(_ ids: [String], kind: RecordKind) throws -> [String] {
    try write { try $0.delete(ids, kind: kind) }
  }
}
