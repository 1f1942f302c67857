import Values
package import Engine
package import Records
import VectorMath

/// The spaces that a session model writes.
package enum SessionSpaces {
  /// Items, by what follows what.
  package static let items = "session"
  /// Users, by the query vectors of their sequences.
  package static let users = UserSpaces.name(besides: items)

  private static let makerPrefix = "session:"

  /// How a space remembers the model that made its vectors.
  static func maker(_ version: UInt32) -> String { makerPrefix + version.description }

  /// The version of the model that made a space's vectors; nil where none did.
  package static func version(_ space: SpaceRecord) -> UInt32? {
    space.encoder.hasPrefix(makerPrefix) ? UInt32(space.encoder.dropFirst(makerPrefix.count)) : nil
  }
}

extension SessionSpaces {
  /// Whether a space holds the vectors that a session model gives items.
  package static func encodesItems(_ space: SpaceRecord) -> Bool {
    space.kind == .items && version(space) != nil
  }
}

extension ModelCache {
  /// What becomes of the vectors of items that are written, in a space of a session model: those that it learned about
  /// keep theirs, all others have the one that it makes of their words, attributes and vectors in other spaces.
  /// - Throws: `RecommendingError` `.recordNotFound`, `.corrupted`.
  package func rows(
    of records: [(ordinal: Ordinal, record: EntityRecord)], for space: SpaceRecord, _ snapshot: Snapshot,
    _ vectors: any VectorReading
  ) throws -> [DerivedRow] {
    guard let version = SessionSpaces.version(space) else { throw Self.noModel(0) }
    let encoder = try model(version, snapshot)
    let rows = try RowEncoder(space.shape)
    let content = try ContentReader(encoder.manifest.content, vectors)
    return try records.map { ordinal, record in
      if let number = encoder.numbers[ordinal] {
        let own = encoder.vectors[(Int(number) * encoder.dimension)..<((Int(number) + 1) * encoder.dimension)]
        return .kept(Array(try Array(own).withUnsafeBufferPointer { try rows.encode($0) }))
      }
      guard let vector = encoder.vector(of: record, content: try content.content(of: ordinal)) else {
        return .none
      }
      return .row(Array(try vector.withUnsafeBufferPointer { try rows.encode($0) }))
    }
  }
}

/// Spaces of users' vectors that a space of items is asked with.
package enum UserSpaces {
  package static func name(besides space: String) -> String { space + "-users" }
}

extension Snapshot {
  /// Records that were stored after a session model encoded all others into a space; nil for other spaces.
  /// - Complexity: O(1). A record that could not be encoded and was deleted since hides one that is missing.
  package func missingCount(in record: SpaceRecord) throws -> Int? {
    guard SessionSpaces.version(record) != nil,
      let omitted = OmittedCount.decoded(try encoderState(of: record))
    else { return nil }
    let store = try store()
    let all = store.recordCount(record.kind)
    return max(0, all - record.liveCount - omitted)
  }
}

extension StorageEngine {
  /// Removes a trained model; false when there is none of that version.
  /// - Throws: `RecommendingError` `.invalidArgument` for the one that serves.
  package func removeUnservedModel(_ version: UInt32) throws -> Bool {
    try removeModel(version) { writer in
      let space = try writer.existingSpace(SessionSpaces.items)?.record
      guard space.flatMap(SessionSpaces.version) != version else {
        throw RecommendingError(
          code: .invalidArgument,
          message: "model \(version) serves recommendations; serve another version before you delete it")
      }
    }
  }

  /// Requires that a space is free for learned vectors: missing, empty, or made by the same kind of learning before.
  /// What a user made is never replaced by something learned.
  /// - Parameters:
  ///   - maker: what learns, for the message.
  ///   - advice: what to do instead.
  ///   - isOwn: whether it made the vectors of a space.
  /// - Throws: `RecommendingError` `.unsupported`.
  func requireReplaceable(
    _ name: String, of kind: RecordKind, by maker: String, advice: String, isOwn: (SpaceRecord) -> Bool
  ) throws {
    guard let record = try read({ try $0.existingSpace(name) }) else { return }
    guard record.kind == kind, isOwn(record) || record.liveCount == 0 else {
      throw RecommendingError(
        code: .unsupported,
        message:
          "space \"\(name)\" holds \(record.liveCount) vectors of \(record.kind) that no \(maker) made; \(advice)"
      )
    }
  }

  /// Requires that a model's vectors may go into their spaces. Looked at before hours of training, and again before
  /// vectors are replaced.
  package func requireSpacesOfModels() throws {
    for (name, kind) in [(SessionSpaces.items, RecordKind.items), (SessionSpaces.users, .users)] {
      try requireReplaceable(
        name, of: kind, by: "model", advice: "export what it holds, then: kindred space drop STORE \(name)"
      ) { SessionSpaces.version($0) != nil }
    }
  }
}
