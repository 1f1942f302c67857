package import Engine
package import Records
import Synchronization

/// Session models that were read, kept while they are among the newest used.
package final class ModelCache: Sendable {
  private let models = Mutex<[(key: UInt32, model: SessionEncoderModel)]>([])
  /// Whether the events of a version repeat items; a version is never used again.
  private let repeating = Mutex<[UInt32: Bool]>([:])
  /// The spaces that a version learned content from.
  private let contents = Mutex<[UInt32: [String]]>([:])
  /// What is counted of items, which is recommended by where none of them serves.
  let counts = CountedItemsCache()

  package init() {}

  package func removeAll() {
    models.withLock { $0.removeAll() }
    counts.removeAll()
  }

  package static func noModel(_ version: Int) -> RecommendingError {
    RecommendingError(code: .recordNotFound, message: "the store has no model \(version)")
  }

  /// Whether the events that the model of a space learned from repeat items; false for a space that no model made.
  /// Without the model's weights, and its manifest is read once.
  /// - Throws: `RecommendingError` `.corrupted`, `.foreign`.
  package func isRepeating(_ space: SpaceRecord, _ snapshot: Snapshot) throws -> Bool {
    guard let version = SessionSpaces.version(space) else { return false }
    if let known = repeating.withLock({ $0[version] }) { return known }
    guard let stored = try snapshot.model(version) else { return false }
    let isRepeating = try SessionManifest(decoding: stored.record.manifest).isRepeating
    repeating.withLock { $0[version] = isRepeating }
    return isRepeating
  }

  /// The spaces whose vectors go into those of new items in the space of a model.
  /// - Throws: `RecommendingError` `.corrupted`, `.foreign`.
  package func contentSpaces(of space: SpaceRecord, _ snapshot: Snapshot) throws -> [String] {
    guard let version = SessionSpaces.version(space) else { return [] }
    if let known = contents.withLock({ $0[version] }) { return known }
    guard let stored = try snapshot.model(version) else { return [] }
    let names = try SessionManifest(decoding: stored.record.manifest).content.map(\.space)
    contents.withLock { $0[version] = names }
    return names
  }

  /// The model of a version that a caller names, which may be any number.
  /// - Throws: `RecommendingError` `.recordNotFound`, `.corrupted`.
  package func model(_ version: Int, _ snapshot: Snapshot) throws -> SessionEncoderModel {
    guard let exact = UInt32(exactly: version) else { throw Self.noModel(version) }
    return try model(exact, snapshot)
  }

  /// - Throws: `RecommendingError` `.recordNotFound`, `.corrupted`.
  package func model(_ version: UInt32, _ snapshot: Snapshot) throws -> SessionEncoderModel {
    if let known = models.withLock({ $0.first { $0.key == version }?.model }), try snapshot.hasModel(version)
    {
      return known
    }
    guard let stored = try snapshot.model(version) else { throw Self.noModel(Int(version)) }
    let model = try SessionEncoderModel(stored, snapshot)
    models.withLock { models in
      models.removeAll { $0.key == version }
      models.append((version, model))
      // One that serves and one that is being rebuilt from.
      if models.count > 2 { models.removeFirst() }
    }
    return model
  }
}
