import Engine
import Recommending
import Records

/// Makes the vectors of records that are written to a store, by what its spaces remember: text encoders, and the
/// session model that serves.
struct StoredVectors: VectorDeriving {
  let encoders: EncoderCache
  let models: ModelCache

  func source(of space: SpaceRecord) -> DerivationSource? {
    if TextEncoderNames.areText(space.encoder) { return .texts }
    return SessionSpaces.encodesItems(space) ? .records : nil
  }

  func isSource(_ space: SpaceRecord, of derived: SpaceRecord, _ engine: StorageEngine) throws -> Bool {
    do {
      return try engine.read { snapshot in
        try models.contentSpaces(of: derived, snapshot).contains { $0.isExactly(space.name) }
      }
    } catch is RecommendingError {
      // A vector is not refused because a model cannot be read.
      return false
    }
  }

  /// Requires that the vectors of a space are its callers': those of an encoder would be mixed with others, and
  /// replaced by the next change of their text.
  static func requireVectorsOfCallers(_ space: SpaceRecord) throws {
    guard space.encoder.isEmpty else {
      throw StoreError(
        code: .unsupported,
        message:
          "the vectors of space \"\(space.name)\" are made by \"\(space.encoder)\"; store yours in a space of their "
          + "own")
    }
  }

  func rows(
    of records: [(ordinal: Ordinal, record: EntityRecord)], for space: SpaceRecord, _ engine: StorageEngine,
    _ vectors: any VectorReading
  ) throws -> [DerivedRow] {
    guard TextEncoderNames.areText(space.encoder) else {
      return try engine.read { try models.rows(of: records, for: space, $0, vectors) }
    }
    // A record without a text has none to encode.
    let texts = records.compactMap(\.record.text)
    var rows = try encoders.encoder(of: space, state: try vectors.encoderState(of: space)).rows(
      of: texts, for: space)[...]
    return records.map { _, record in
      guard record.text != nil, let row = rows.popFirst(), let row else { return .none }
      return .row(row)
    }
  }
}
