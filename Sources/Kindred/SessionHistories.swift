import Engine
import Records
import SessionEncoder
import Synchronization

/// Histories of events in the words of a session model: the newest of those that it can read.
struct SessionHistories {
  private(set) var set = SequenceSet()
  private let encoder: SessionEncoderModel
  private var kinds: [UInt32: UInt8] = [:]

  init(_ encoder: SessionEncoderModel) { self.encoder = encoder }

  /// Adds a part of a store's events.
  /// - Parameter kindName: the name of a kind of event by its number.
  /// - Returns: whether there was one that the model knows; nothing is added where there was none.
  mutating func append(
    _ events: EventSequences, _ range: Range<Int>, kindName: (UInt32) throws -> String
  ) throws -> Bool {
    let known = range.filter { encoder.numbers[events.items[$0]] != nil }
      .suffix(encoder.manifest.shape.maximumLength)
    guard !known.isEmpty else { return false }
    var numbers: [UInt8] = []
    if !encoder.manifest.kinds.isEmpty {
      numbers = try known.map { try number(ofKind: events.kinds[$0], kindName) }
    }
    set.append(
      items: known.map { encoder.numbers[events.items[$0]] ?? 0 }, kinds: numbers,
      gaps: encoder.manifest.shape.hasTimeGaps ? events.gaps(known) : [])
    return true
  }

  /// Adds items of which nothing but their order is known.
  mutating func append(_ items: [Ordinal]) -> Bool {
    let known = items.compactMap { encoder.numbers[$0] }.suffix(encoder.manifest.shape.maximumLength)
    guard !known.isEmpty else { return false }
    set.append(
      items: known,
      kinds: encoder.manifest.kinds.isEmpty ? [] : [UInt8](repeating: 1, count: known.count),
      gaps: encoder.manifest.shape.hasTimeGaps ? [UInt8](repeating: 0, count: known.count) : [])
    return true
  }

  private mutating func number(ofKind kind: UInt32, _ kindName: (UInt32) throws -> String) throws -> UInt8 {
    if let number = kinds[kind] { return number }
    // An event without a kind is taken for one of the most common kind.
    let number = kind == .max ? 1 : encoder.kindNumber(try kindName(kind))
    kinds[kind] = number
    return number
  }
}

extension EventSequences {
  /// The `TimeGap` buckets of the events at some places; 0 where no time is known.
  func gaps(_ places: some Collection<Int>) -> [UInt8] {
    let buckets = TimeGap.buckets(times: places.map { times[$0] })
    return zip(places, buckets).map { kinds[$0] == .max ? 0 : $1 }
  }
}

/// Session models that were read, kept while they are among the newest used.
final class SessionEncoderCache: Sendable {
  private let models = Mutex<[(key: UInt32, model: SessionEncoderModel)]>([])
  /// Whether the events of a version repeat items; a version is never used again.
  private let repeating = Mutex<[UInt32: Bool]>([:])
  /// What is recommended where none of them serves.
  let popularity = PopularityCache()

  func removeAll() {
    models.withLock { $0.removeAll() }
    popularity.removeAll()
  }

  static func noModel(_ version: Int) -> StoreError {
    StoreError(code: .recordNotFound, message: "the store has no model \(version)")
  }

  /// Whether the events that the model of a space learned from repeat items; false for a space that no model made. Without the
  /// model's weights, and its manifest is read once.
  /// - Throws: `StoreError` `.corrupted`, `.foreign`.
  func isRepeating(_ space: SpaceRecord, _ snapshot: Engine.Snapshot) throws -> Bool {
    guard let version = SessionEncoderNames.version(space) else { return false }
    if let known = repeating.withLock({ $0[version] }) { return known }
    guard let stored = try snapshot.model(version) else { return false }
    let isRepeating = try SessionManifest(decoding: stored.record.manifest).isRepeating
    repeating.withLock { $0[version] = isRepeating }
    return isRepeating
  }

  /// The model of a version that a caller names, which may be any number.
  /// - Throws: `StoreError` `.recordNotFound`, `.corrupted`.
  func model(_ version: Int, _ snapshot: Engine.Snapshot) throws -> SessionEncoderModel {
    guard let exact = UInt32(exactly: version) else { throw Self.noModel(version) }
    return try model(exact, snapshot)
  }

  /// - Throws: `StoreError` `.recordNotFound`, `.corrupted`.
  func model(_ version: UInt32, _ snapshot: Engine.Snapshot) throws -> SessionEncoderModel {
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
