import Engine
import Records
import VectorMath

/// What a write of records did.
public struct UpsertCounts: Sendable, Hashable {
  /// Records that were new or changed.
  public var stored = 0
  /// Records that were there already, equal in every field.
  public var unchanged = 0
}

/// What a write of vectors did.
public struct VectorUpsertReport: Sendable {
  /// A vector that was not stored.
  public struct Rejection: Sendable, Hashable {
    /// Its row in the input, from 0; for JSON Lines its line, from 1.
    public var row: Int
    /// Why.
    public var reason: String
  }

  /// Vectors stored, searchable now: one for each id.
  public var stored = 0
  /// Vectors that a later one of the same id has replaced in the same call.
  public var merged = 0
  /// Vectors refused, each with its reason.
  public var rejected: [Rejection] = []
  /// From JSON Lines: how often each key was met beside `id`, `vector` and `attributes`. Its values are not stored.
  public var ignored: ByName<Int> = [:]
  /// From JSON Lines: how often there was an attribute that is called as what a record has of its own, `id` or `text`. It
  /// is stored as `id_` or `text_`.
  public var renamed: ByName<Int> = [:]
  /// Whether the vectors were named by their numbers in the file, because nothing gave them ids.
  public var isNumbered = false
  /// From a file: records of the space's kind that the store had before.
  public var recordsBefore = 0
  /// From a file: records made, because no record had the vector's id.
  public var recordsMade = 0
  /// The records of the vectors in the order of the input, repeated ones too.
  var ordinals: [Ordinal] = []
}

/// The one transaction that changes the store, lent by `Store.write`.
public struct WriteTransaction: ~Copyable {
  let writer: Writer

  init(_ writer: Writer) { self.writer = writer }

  /// Makes an empty space.
  /// - Throws: `StoreError` `.spaceExists`, `.invalidArgument`.
  public func createSpace(_ configuration: SpaceConfiguration) throws {
    try StoreError.translating { _ = try writer.createSpace(configuration.definition) }
  }

  /// Removes a space with its vectors.
  /// - Throws: `StoreError` `.spaceNotFound`.
  public func dropSpace(_ name: String) throws {
    try StoreError.translating { try writer.dropSpace(name) }
  }

  /// Stores records, each replacing the one of the same id.
  /// - Throws: `StoreError` `.invalidID`, `.invalidArgument`; nothing of the transaction is stored then.
  @discardableResult
  public func upsert(_ records: [Record], kind: RecordKind = .items) throws -> UpsertCounts {
    try StoreError.translating {
      var counts = UpsertCounts()
      for record in records {
        let entity = record.entityRecord
        try Writer.requireRoom(for: entity)
        switch try writer.upsert(entity, kind.entityKind) {
        case .stored: counts.stored += 1
        case .unchanged: counts.unchanged += 1
        }
      }
      return counts
    }
  }

  /// Stores vectors, each replacing the one of the same id; ids without a record get a bare one.
  /// - Parameters:
  ///   - vectors: [ids.count, dimension], row after row.
  ///   - attributes: for each id attributes to set on its record; others stay as they are.
  /// - Returns: how many were stored; a row with a bad id, a wrong length or a component that is no number is refused
  ///   alone.
  /// - Throws: `StoreError` `.spaceNotFound`, `.dimensionMismatch` when the components are not whole vectors.
  @discardableResult
  public func upsert(
    space: String, ids: [String], vectors: [Float], attributes: [Attributes]? = nil
  ) throws -> VectorUpsertReport {
    try StoreError.translating {
      let target = try writer.space(space)
      let (shape, kind) = (target.record.shape, target.record.kind)
      guard vectors.count == ids.count * shape.dimension, attributes.map({ $0.count == ids.count }) ?? true
      else {
        throw StoreError(
          code: .dimensionMismatch,
          message:
            "\(vectors.count) components for \(ids.count) ids; space \"\(space)\" has dimension \(shape.dimension)"
        )
      }
      let rows = try RowEncoder(shape)
      var report = VectorUpsertReport()
      try vectors.withUnsafeBufferPointer { all in
        for (index, id) in ids.enumerated() {
          let vector = UnsafeBufferPointer(
            rebasing: all[index * shape.dimension..<(index + 1) * shape.dimension])
          do {
            // All of the row is checked before any of it is stored.
            let set = attributes?[index] ?? [:]
            try Writer.check(EntityRecord(id: id, attributes: set))
            let row = try rows.encode(vector)
            let ordinal = try writer.ordinal(of: id, kind, setting: set)
            try target.upsert(ordinal, row: row)
            report.ordinals.append(ordinal)
          } catch let error as VectorError {
            report.rejected.append(.init(row: index, reason: error.message))
          } catch let error as EngineError where error.code == .invalidID || error.code == .invalidArgument {
            report.rejected.append(.init(row: index, reason: error.message))
          }
        }
      }
      report.stored = Set(report.ordinals).count
      report.merged = report.ordinals.count - report.stored
      return report
    }
  }

  /// Appends an event to its user's sequence; user and item get bare records where they have none.
  /// - Returns: false when an event equal in every field is stored already.
  /// - Throws: `StoreError` `.invalidID`, `.invalidArgument`.
  @discardableResult
  public func append(_ event: Event) throws -> Bool {
    try StoreError.translating {
      if let value = event.value, !value.isFinite {
        throw StoreError(code: .invalidArgument, message: "the value of an event is \(value); it is finite")
      }
      let kind = try writer.eventKind(event.kind)
      let user = try writer.ordinalMakingRecord(of: event.user, .users)
      let item = try writer.ordinalMakingRecord(of: event.item, .items)
      let record = EventRecord(item: item, kind: kind, session: event.session, value: event.value)
      return try writer.append(record, user: user, time: event.time.milliseconds) == .stored
    }
  }

  /// Deletes records with their vectors, of users also their events.
  /// - Returns: the ids that were not there.
  @discardableResult
  public func delete(_ ids: [String], kind: RecordKind) throws -> [String] {
    try deleteCounting(ids, kind: kind).missing
  }

  /// As `delete`, with the number of events that went with the users.
  package func deleteCounting(_ ids: [String], kind: RecordKind) throws -> (missing: [String], events: Int) {
    try StoreError.translating {
      let before = writer.store.eventCount
      let missing = try ids.filter { try !writer.delete($0, kind.entityKind) }
      return (missing, Int(before - writer.store.eventCount))
    }
  }
}
