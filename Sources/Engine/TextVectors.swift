import Basics
import LMDB
package import Records
package import Values

/// Makes the vectors of texts while their records are written. The engine knows which spaces have an encoder, not what
/// one is.
package protocol TextVectorizing: Sendable {
  /// Whether the vectors of a space are made of texts.
  func encodes(_ space: SpaceRecord) -> Bool
  /// The encoded row of each text; nil for one without anything to encode.
  /// - Parameter state: reads that of the space's encoder.
  /// - Throws: where the encoder cannot be had now; the records are stored without vectors then.
  func rows(of texts: [String], for space: SpaceRecord, state: () throws -> [UInt8]) throws -> [[UInt8]?]
}

/// What a store's own encoders make of texts that are written, shared by a facade and its engine.
package struct TextVectors: Sendable {
  package var vectorizer: any TextVectorizing
  /// As many changed texts become vectors in the transaction that stores them; with more their old vectors go, and the
  /// new ones are made behind it.
  package static let countInTransaction = 1_024

  package init(_ vectorizer: any TextVectorizing) { self.vectorizer = vectorizer }
}

/// Records of one transaction whose text was changed, in the order of the changes.
struct ChangedTexts {
  private(set) var ordinals: [RecordKind: [Ordinal]] = [:]
  private var known: [RecordKind: Set<Ordinal>] = [:]

  var isEmpty: Bool { ordinals.isEmpty }

  mutating func insert(_ ordinal: Ordinal, _ kind: RecordKind) {
    guard known[kind, default: []].insert(ordinal).inserted else { return }
    ordinals[kind, default: []].append(ordinal)
  }
}

extension Writer {
  /// Brings spaces whose vectors are made of texts up to the texts that this transaction changed: a vector there is
  /// that of its record's text, or there is none.
  func embedChangedTexts() throws {
    guard !changedTexts.isEmpty, let vectors = engine.textVectors else { return }
    for (kind, ordinals) in changedTexts.ordinals {
      for space in try spaces(over: kind) where vectors.vectorizer.encodes(space.record) {
        guard embedsTexts, ordinals.count <= TextVectors.countInTransaction else {
          for ordinal in ordinals { try space.remove(ordinal) }
          if embedsTexts { unembedded.insert(ExactString(space.record.name)) }
          continue
        }
        try embed(ordinals, kind, into: space, vectors.vectorizer)
      }
    }
  }

  private func embed(
    _ ordinals: [Ordinal], _ kind: RecordKind, into space: SpaceWriter, _ vectorizer: any TextVectorizing
  ) throws {
    var found: [(ordinal: Ordinal, text: String)] = []
    for ordinal in ordinals {
      guard let text = try text(of: ordinal, kind) else {
        try space.remove(ordinal)
        continue
      }
      found.append((ordinal, text))
    }
    guard !found.isEmpty else { return }
    let rows: [[UInt8]?]
    do {
      rows = try vectorizer.rows(of: found.map(\.text), for: space.record) {
        try encoderState(of: space.record)
      }
    } catch {
      if error is CancellationError { throw error }
      // A record is not refused because a model is not there; its vector would be that of another text.
      for (ordinal, _) in found { try space.remove(ordinal) }
      failedEncoders[ExactString(space.record.name)] = "\(error)"
      return
    }
    for ((ordinal, _), row) in zip(found, rows) {
      guard let row else {
        try space.remove(ordinal)
        continue
      }
      try row.withUnsafeBytes { try space.upsert(ordinal, row: $0) }
    }
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
