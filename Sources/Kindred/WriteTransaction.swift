import Engine
import Records
import VectorMath

/// What a write of records did.
public struct UpsertCounts: Sendable, Hashable, Codable {
  /// Records that were new or changed.
  public var stored = 0
  /// Records that were there already, equal in every field.
  public var unchanged = 0
}

/// The one transaction that changes the store, lent by `Store.write`.
public struct WriteTransaction: ~Copyable {
  let writer: Writer
  /// Notes what is changed; nil where nobody wants to know.
  let changes: ChangeRecorder?

  init(_ writer: Writer, _ changes: ChangeRecorder? = nil) {
    self.writer = writer
    self.changes = changes
  }

  /// The item of `id` as this transaction sees it, its own changes included; nil when there is none.
  /// - Throws: `StoreError` `.corrupted`.
  public func item(id: String) throws -> Item? {
    try StoreError.translating { try writer.entity(id, .items).map { Item($0) } }
  }

  /// The user of `id` as this transaction sees it; nil when there is none.
  /// - Throws: `StoreError` `.corrupted`.
  public func user(id: String) throws -> User? {
    try StoreError.translating { try writer.entity(id, .users).map { User($0) } }
  }

  /// The record of `id` as this transaction sees it: an `Item` or a `User`, or nil when there is none.
  /// - Throws: `StoreError` `.corrupted`.
  public func record(_ kind: RecordKind, id: String) throws -> (any Record)? {
    try StoreError.translating { try writer.entity(id, kind).map { kind.record($0) } }
  }

  /// A user's events as this transaction sees them, oldest first; nil when there is no such user.
  /// - Parameters:
  ///   - user: the user's id.
  ///   - last: at most this many, the newest ones; nil for all.
  /// - Throws: `StoreError` `.corrupted`.
  /// - Complexity: O(events returned).
  public func sequence(user: String, last: Int? = nil) throws -> [Event]? {
    try StoreError.translating { try writer.events(ofUser: user, last: last) }
  }

  /// The vector of `id` in a space as this transaction sees it; nil when it has none there.
  /// - Throws: `StoreError` `.spaceNotFound`, `.corrupted`.
  public func vector(_ space: String, id: String) throws -> [Float]? {
    try StoreError.translating {
      // Those of texts that it has changed are made now.
      for space in try writer.deriveVectors() { changes?.insert(space: space) }
      return try writer.vector(of: id, in: space)
    }
  }

  /// Makes an empty space.
  /// - Throws: `StoreError` `.spaceExists`, `.invalidArgument`.
  public func createSpace(_ configuration: SpaceConfiguration) throws {
    try StoreError.translating { _ = try writer.createSpace(configuration.definition) }
    changes?.insert(space: configuration.name)
  }

  /// Removes a space with its vectors.
  /// - Throws: `StoreError` `.spaceNotFound`.
  public func dropSpace(_ name: String) throws {
    try StoreError.translating { try writer.dropSpace(name) }
    changes?.insert(space: name)
  }

  /// Leaves texts that this transaction changes without vectors in the spaces that have a text encoder, until `embed`
  /// is called.
  public func leaveTextsUnembedded() { writer.embedsTexts = false }

  /// Stores records, each replacing the one of the same id.
  /// - Throws: `StoreError` `.invalidID`, `.invalidArgument`; where the error leaves `write`, nothing is stored.
  @discardableResult
  public func upsert<R: Record>(_ records: [R]) throws -> UpsertCounts {
    try StoreError.translating {
      var counts = UpsertCounts()
      for record in records {
        let entity = record.entityRecord
        try Writer.requireRoom(for: entity)
        switch try writer.upsert(entity, R.kind) {
        case .stored:
          counts.stored += 1
          changes?.insert(record.id, R.kind)
        case .unchanged: counts.unchanged += 1
        }
      }
      return counts
    }
  }

  /// Stores one record, replacing the one of the same id.
  /// - Throws: as `upsert(_:)` of several.
  @discardableResult
  public func upsert(_ record: some Record) throws -> UpsertCounts { try upsert([record]) }

  /// Stores vectors, each replacing the one of the same id; ids without a record get a bare one.
  /// - Parameters:
  ///   - space: its name.
  ///   - ids: of the records, 1 to 500 bytes each.
  ///   - vectors: [ids.count, dimension], row after row.
  ///   - attributes: for each id attributes to set on its record; others stay as they are.
  /// - Returns: how many were stored; a row with a bad id, a wrong length or a component that is no number is refused
  ///   alone.
  /// - Throws: `StoreError` `.spaceNotFound`, `.dimensionMismatch` when the components are not whole vectors;
  ///   `.unsupported` for a space whose vectors a text encoder or a training makes.
  @discardableResult
  public func upsert(
    _ space: String, ids: [String], vectors: [Float], attributes: [Attributes]? = nil
  ) throws -> VectorUpsertReport {
    try StoreError.translating {
      let target = try writer.space(space)
      try StoredVectors.requireVectorsOfCallers(target.record)
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
            changes?.insert(id, kind)
          } catch let error as VectorError {
            report.rejected.append(.init(row: index, reason: error.message))
          } catch let error as EngineError where error.code == .invalidID || error.code == .invalidArgument {
            report.rejected.append(.init(row: index, reason: error.message))
          }
        }
      }
      if !report.ordinals.isEmpty { changes?.insert(space: space) }
      report.stored = Set(report.ordinals).count
      report.merged = report.ordinals.count - report.stored
      return report
    }
  }

  /// As `upsert(_:ids:vectors:attributes:)`, with one array for each vector.
  /// - Throws: as that one; `.dimensionMismatch` where one of the vectors has another length.
  @_disfavoredOverload  // an empty list is one of components
  @discardableResult
  public func upsert(
    _ space: String, ids: [String], vectors: [[Float]], attributes: [Attributes]? = nil
  ) throws -> VectorUpsertReport {
    let dimension = try StoreError.translating { try writer.space(space).record.shape.dimension }
    if let vector = vectors.first(where: { $0.count != dimension }) {
      throw StoreError(
        code: .dimensionMismatch,
        message: "a vector has \(vector.count) components; space \"\(space)\" has dimension \(dimension)")
    }
    return try upsert(space, ids: ids, vectors: Array(vectors.joined()), attributes: attributes)
  }

  /// Appends events, each as `append(_:)` does.
  /// - Returns: how many were new.
  /// - Throws: as `append(_:)` of one; then `write` stores none.
  @discardableResult
  public func append(_ events: [Event]) throws -> Int {
    var count = 0
    for event in events where try append(event) { count += 1 }
    return count
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
      let user = try ordinalMakingRecord(of: event.user, .users)
      let item = try ordinalMakingRecord(of: event.item, .items)
      let record = EventRecord(item: item, kind: kind, session: event.session, value: event.value)
      guard try writer.append(record, user: user, time: event.time.milliseconds) == .stored else {
        return false
      }
      changes?.sequences.insert(event.user)
      return true
    }
  }

  /// The ordinal of a record, which is noted as a change where it is made now.
  private func ordinalMakingRecord(of id: String, _ kind: RecordKind) throws -> Ordinal {
    let before = writer.count(kind)
    let ordinal = try writer.ordinalMakingRecord(of: id, kind)
    if writer.count(kind) > before { changes?.insert(id, kind) }
    return ordinal
  }

  /// Deletes records with their vectors, of users also their events.
  /// - Returns: the ids that were not there.
  /// - Throws: `StoreError` `.corrupted`.
  /// - Complexity: for each id O(attributes + spaces over its kind) look-ups and writes; of a user also O(its events).
  @discardableResult
  public func delete(_ ids: [String], kind: RecordKind) throws -> [String] {
    try deleteCounting(ids, kind: kind).missing
  }

  /// As `delete`, with the number of events that went with the users.
  package func deleteCounting(_ ids: [String], kind: RecordKind) throws -> (missing: [String], events: Int) {
    try StoreError.translating {
      let before = writer.store.eventCount
      let missing = try ids.filter { id in
        guard try writer.delete(id, kind) else { return true }
        changes?.insert(id, kind)
        return false
      }
      return (missing, Int(before - writer.store.eventCount))
    }
  }
}

extension WriteTransaction {
  /// Gives an attribute another name in all records of a kind. A model that has learned from it goes by the old name
  /// until the next training.
  /// - Throws: `StoreError` `.invalidArgument` where no record has it, for a name that cannot be one, and where a
  ///   record has the new one already.
  /// - Complexity: O(records).
  @discardableResult
  public func renameAttribute(
    _ name: String, to newName: String, of kind: RecordKind = .items
  ) throws -> AttributeChange {
    try StoreError.translating {
      try writer.renameAttribute(name, to: newName, kind) { changes?.insert($0, kind) }
    }
  }

  /// Removes an attribute from all records of a kind.
  /// - Throws: `StoreError` `.invalidArgument` where no record has it.
  /// - Complexity: O(records).
  @discardableResult
  public func dropAttribute(_ name: String, of kind: RecordKind = .items) throws -> AttributeChange {
    try StoreError.translating { try writer.dropAttribute(name, kind) { changes?.insert($0, kind) } }
  }

  /// Makes all values of an attribute texts, numbers or truth values.
  /// - Parameters:
  ///   - name: the attribute.
  ///   - kind: items or users.
  ///   - type: `.string`, `.number` or `.bool`; a number is read as 12.5 is written.
  ///   - removesOthers: whether values that cannot be read so are removed.
  /// - Throws: `StoreError` `.invalidArgument` where no record has it, and for values that cannot be read so, unless
  ///   they are removed.
  /// - Complexity: O(records).
  @discardableResult
  public func castAttribute(
    _ name: String, to type: AttributeSummary.ValueType, of kind: RecordKind = .items,
    removesOthers: Bool = false
  ) throws -> AttributeChange {
    try StoreError.translating {
      try writer.castAttribute(name, to: type, kind, removesOthers: removesOthers) {
        changes?.insert($0, kind)
      }
    }
  }
}
