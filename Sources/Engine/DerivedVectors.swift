import Basics
import LMDB
package import Records
package import Values

/// What the vectors of a space are made of.
package enum DerivationSource: Sendable, CaseIterable {
  /// The texts of its records.
  case texts
  /// All that its records say, and their vectors in other spaces. These are made last.
  case records
}

/// What becomes of a record's vector when the record is written.
package enum DerivedRow: Sendable {
  /// An encoded row in its place.
  case row([UInt8])
  /// There is nothing to make one of.
  case none
  /// It is made of something else and stays; where it is missing, the encoded row takes its place.
  case kept([UInt8])
}

/// Makes vectors of records while these are written. The engine knows which spaces have vectors that are made so, not
/// what an encoder is.
package protocol VectorDeriving: Sendable {
  /// Nil for a space whose vectors are not made of records.
  func source(of space: SpaceRecord) -> DerivationSource?
  /// Whether a space's vectors go into those of another that is made of records.
  func isSource(_ space: SpaceRecord, of derived: SpaceRecord, _ engine: StorageEngine) throws -> Bool
  /// What becomes of the vector of each record.
  /// - Parameters:
  ///   - records: live ones.
  ///   - vectors: reads the spaces as the transaction sees them; those of texts are up to date.
  /// - Throws: where the encoder cannot be had now; the records are stored all the same.
  func rows(
    of records: [(ordinal: Ordinal, record: EntityRecord)], for space: SpaceRecord, _ engine: StorageEngine,
    _ vectors: any VectorReading
  ) throws -> [DerivedRow]
}

/// Reads spaces and their vectors: as a snapshot has them, or as a transaction sees them.
package protocol VectorReading {
  /// The record of a space; nil where there is none.
  func spaceRecord(_ name: String) throws -> SpaceRecord?
  /// The state of a space's encoder; empty where there is none.
  func encoderState(of record: SpaceRecord) throws -> [UInt8]
  /// The vector of an ordinal; nil where it has none there.
  /// - Throws: `.spaceNotFound`.
  func vector(of ordinal: Ordinal, in space: String) throws -> [Float]?
}

extension Snapshot: VectorReading {
  package func spaceRecord(_ name: String) throws -> SpaceRecord? { try existingSpace(name) }

  package func vector(of ordinal: Ordinal, in space: String) throws -> [Float]? {
    try vector(of: ordinal, in: self.space(space))
  }
}

extension Writer: VectorReading {
  package func spaceRecord(_ name: String) throws -> SpaceRecord? { try existingSpace(name)?.record }

  package func vector(of ordinal: Ordinal, in space: String) throws -> [Float]? {
    try vector(of: ordinal, in: self.space(space))
  }
}

/// Records of one transaction that were changed, in the order of the changes.
struct ChangedRecords {
  private(set) var ordinals: [RecordKind: [Ordinal]] = [:]
  /// Whether the text was changed too.
  private var known: [RecordKind: [Ordinal: Bool]] = [:]

  /// As many changed texts become vectors in the transaction that stores them; with more their old vectors go, and the
  /// new ones are made behind it.
  static let textCountInTransaction = 64

  var isEmpty: Bool { ordinals.isEmpty }

  mutating func insert(_ ordinal: Ordinal, _ kind: RecordKind, changesText: Bool) {
    if let before = known[kind]?[ordinal] {
      known[kind]?[ordinal] = before || changesText
    } else {
      known[kind, default: [:]][ordinal] = changesText
      ordinals[kind, default: []].append(ordinal)
    }
  }

  func ordinals(_ kind: RecordKind, _ source: DerivationSource) -> [Ordinal] {
    let all = ordinals[kind] ?? []
    return source == .records ? all : all.filter { known[kind]?[$0] == true }
  }
}

extension Writer {
  /// Brings the spaces whose vectors are made of records up to what this transaction changed so far: a vector of a text
  /// is that of its record's text, or there is none.
  /// - Returns: the names of the spaces.
  @discardableResult
  package func deriveVectors() throws -> [String] {
    guard !changedRecords.isEmpty, let deriving = engine.deriving else { return [] }
    defer { changedRecords = ChangedRecords() }
    var names: [String] = []
    for kind in RecordKind.allCases where changedRecords.ordinals[kind] != nil {
      for source in DerivationSource.allCases {
        for space in try spaces(over: kind) where deriving.source(of: space.record) == source {
          names.append(space.record.name)
          try derive(kind, source, into: space, deriving)
        }
      }
    }
    return names
  }

  /// Records whose vectors are made at once.
  private static let derivedTogether = 1_024

  private func derive(
    _ kind: RecordKind, _ source: DerivationSource, into space: SpaceWriter, _ deriving: any VectorDeriving
  ) throws {
    let ordinals = changedRecords.ordinals(kind, source)
    let isLarge = ordinals.count > ChangedRecords.textCountInTransaction
    if source == .texts, isLarge || !embedsTexts {
      for ordinal in ordinals { try space.remove(ordinal) }
      if embedsTexts { due.unembedded[ExactString(space.record.name), default: []] += ordinals }
      return
    }
    for first in stride(from: 0, to: ordinals.count, by: Self.derivedTogether) {
      let part = Array(ordinals[first..<min(ordinals.count, first + Self.derivedTogether)])
      try derive(part, kind, source, into: space, deriving)
    }
  }

  private func derive(
    _ ordinals: [Ordinal], _ kind: RecordKind, _ source: DerivationSource, into space: SpaceWriter,
    _ deriving: any VectorDeriving
  ) throws {
    var live: [(ordinal: Ordinal, record: EntityRecord)] = []
    for ordinal in ordinals {
      if let record = try transaction.entity(ordinal, kind, tables), !record.isDeleted {
        live.append((ordinal, record))
      } else {
        try space.remove(ordinal)
      }
    }
    guard !live.isEmpty else { return }
    let rows: [DerivedRow]
    do {
      rows = try deriving.rows(of: live, for: space.record, engine, self)
    } catch {
      if error is CancellationError { throw error }
      // A record is not refused because a model is not there; its vector would be that of another text.
      if source == .texts { for (ordinal, _) in live { try space.remove(ordinal) } }
      due.failedEncoders[ExactString(space.record.name)] = "\(error)"
      return
    }
    for ((ordinal, _), row) in zip(live, rows) {
      switch row {
      case .row(let bytes):
        try bytes.withUnsafeBytes { row in
          if try source == .texts || !has(row, at: ordinal, in: space) { try space.upsert(ordinal, row: row) }
        }
      case .none: try space.remove(ordinal)
      case .kept(let bytes):
        if try space.place(of: ordinal) == .none {
          try bytes.withUnsafeBytes { try space.upsert(ordinal, row: $0) }
        }
      }
    }
  }

  /// Whether the vector of an ordinal is that of an encoded row: much of what is written, such as a price, changes
  /// none.
  private func has(_ row: UnsafeRawBufferPointer, at ordinal: Ordinal, in space: SpaceWriter) throws -> Bool {
    guard let stored = try vector(of: ordinal, in: space), let start = row.baseAddress else { return false }
    return try stored == space.record.definition.layout.decoded(start)
  }

  /// Notes that a vector was written that others may be made of.
  package func noteVector(of ordinal: Ordinal, in space: SpaceRecord) throws {
    guard let deriving = engine.deriving, deriving.source(of: space) != .records else { return }
    let isSource =
      try isSource[space.number]
      ?? spaces(over: space.kind).contains {
        try deriving.source(of: $0.record) == .records && deriving.isSource(space, of: $0.record, engine)
      }
    self.isSource[space.number] = isSource
    if isSource { changedRecords.insert(ordinal, space.kind, changesText: false) }
  }

  /// The text of a record; nil where there is none.
  package func text(of ordinal: Ordinal, _ kind: RecordKind) throws -> String? {
    try transaction.entity(ordinal, kind, tables).flatMap { $0.isDeleted ? nil : $0.text }
  }

  /// The state of a space's encoder; empty where there is none.
  package func encoderState(of record: SpaceRecord) throws -> [UInt8] {
    try transaction.encoderState(of: record, tables)
  }
}

extension Transaction where Self: ~Copyable {
  /// The state of a space's encoder as it was stored; empty where there is none.
  func encoderState(of record: SpaceRecord, _ tables: Tables) throws -> [UInt8] {
    var state: [UInt8] = []
    try forEach(tables.encoder, prefix: record.number) { _, value in
      do {
        var reader = try Envelope.open(value)
        state.append(contentsOf: try reader.readBytes(reader.remaining))
      } catch let error as RecordError { throw EngineError.corrupted("encoder of", record.name, error) }
      return .next
    }
    return state
  }
}
