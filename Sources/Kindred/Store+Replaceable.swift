import Engine
import Records

extension Store {
  /// Requires that a space is free for learned vectors: missing, empty, or made by the same kind of learning before. What a
  /// user made is never replaced by something learned.
  /// - Parameters:
  ///   - maker: what learns, for the message.
  ///   - advice: what to do instead.
  ///   - isOwn: whether it made the vectors of a space.
  /// - Throws: `StoreError` `.unsupported`.
  func requireReplaceable(
    _ name: String, of kind: EntityKind, by maker: String, advice: String, isOwn: (SpaceRecord) -> Bool
  ) throws {
    let spaces = try engine.read { try $0.spaces() }
    guard let record = spaces.first(where: { $0.name.isExactly(name) }) else { return }
    guard record.kind == kind, isOwn(record) || record.liveCount == 0 else {
      throw StoreError(
        code: .unsupported,
        message:
          "space \"\(name)\" holds \(record.liveCount) vectors of \(record.kind) that no \(maker) made; \(advice)"
      )
    }
  }

  /// Requires that a model's vectors may go into their spaces. Looked at before hours of training, and again before vectors
  /// are replaced.
  func requireSpacesOfModels() throws {
    for (name, kind) in [(SessionSpaces.items, EntityKind.items), (SessionSpaces.users, .users)] {
      try requireReplaceable(
        name, of: kind, by: "model", advice: "export what it holds, then: kindred space drop STORE \(name)"
      ) { SessionEncoderNames.version($0) != nil }
    }
  }
}
