import Dispatch
import Engine
import Records
import SessionEncoder
import Synchronization
import VectorMath

/// The spaces that a session model writes.
enum SessionSpaces {
  /// Items, by what follows what.
  static let items = "session"
  /// Users, by the query vectors of their sequences.
  static let users = "session-users"
}

extension Store {
  /// Encodes all items and users anew with a trained model, builds their spaces `session` and `session-users` beside those
  /// in use, and flips to both at once: a reader sees the vectors of one model only. To go back, name a former version.
  /// - Parameters:
  ///   - model: its version; nil takes the newest.
  /// - Throws: `StoreError` `.recordNotFound`, `.busy`; `CancellationError`, with everything as it was.
  @discardableResult
  public func rebuildFromSequences(
    model version: Int? = nil, threads: Int = Store.defaultThreads, progress: ProgressHandler? = nil
  ) throws -> [RebuildReport] {
    try StoreError.translating {
      let clock = ContinuousClock()
      let start = clock.now
      let (items, users) = try engine.read { snapshot in
        guard let newest = try snapshot.models().last else {
          throw StoreError(code: .recordNotFound, message: "the store has no model; train one first")
        }
        let encoder = try sessionEncoders.model(version ?? Int(newest.version), snapshot)
        let reencoding = Reencoding(encoder: encoder, threads: threads, progress: progress)
        return (try reencoding.items(snapshot), try reencoding.users(snapshot))
      }
      let results = try items.rows.withUnsafeBytes { itemRows in
        try users.rows.withUnsafeBytes { userRows in
          try engine.replaceVectors(
            [
              SpaceContents(items.definition, rows: NewRows(ordinals: items.ordinals, rows: itemRows)),
              SpaceContents(users.definition, rows: NewRows(ordinals: users.ordinals, rows: userRows)),
            ], threads: threads, progress: Store.handler(progress))
        }
      }
      let seconds = (clock.now - start) / .seconds(1)
      return results.map {
        RebuildReport(
          space: $0.space, count: $0.count, seconds: seconds, generation: Int($0.generation),
          distanceComputations: $0.distanceComputations)
      }
    }
  }
}

/// Vectors of a whole space, encoded as they are stored.
private struct EncodedSpace {
  var definition: SpaceDefinition
  var ordinals: [Ordinal] = []
  var rows: [UInt8] = []

  /// An empty space like the one to be.
  var record: SpaceRecord { SpaceRecord(definition, number: 0, generation: 0) }
}

private struct Reencoding {
  let encoder: SessionEncoderModel
  let threads: Int
  let progress: ProgressHandler?

  /// Histories encoded together.
  private static let batch = 256

  private func definition(_ name: String, _ kind: EntityKind) -> SpaceDefinition {
    SpaceDefinition(
      name: name, kind: kind, dimension: encoder.dimension, metric: encoder.metric, encoding: .float32, m: 16,
      efConstruction: 200, seed: 1, encoder: SessionEncoderNames.name(ofModel: encoder.version))
  }

  /// The model's own items, and those that it can tell by their words and attributes.
  func items(_ snapshot: Engine.Snapshot) throws -> EncodedSpace {
    var space = EncodedSpace(definition: definition(SessionSpaces.items, .items))
    let width = encoder.dimension
    let rows = try RowEncoder(space.record)
    try snapshot.forEachEntity(.items) { ordinal, record in
      if ordinal.rawValue % 4_096 == 0 { try Task.checkCancellation() }
      let vector: ArraySlice<Float>
      if let number = encoder.numbers[ordinal] {
        vector = encoder.vectors[(Int(number) * width)..<((Int(number) + 1) * width)]
      } else if let told = encoder.vector(of: record) {
        vector = told[...]
      } else {
        return
      }
      space.ordinals.append(ordinal)
      try vector.withUnsafeBufferPointer { space.rows.append(contentsOf: try rows.encode($0)) }
    }
    return space
  }

  /// All users with an event that the model can read; of several interests the middle.
  func users(_ snapshot: Engine.Snapshot) throws -> EncodedSpace {
    var space = EncodedSpace(definition: definition(SessionSpaces.users, .users))
    let events = try snapshot.sequences()
    var histories = SessionHistories(encoder)
    for (index, user) in events.users.enumerated() {
      if try histories.append(events, events.range(index), kindName: snapshot.eventKindName) {
        space.ordinals.append(user)
      }
    }
    let vectors = try encodeAll(histories)
    let rows = try RowEncoder(space.record)
    let width = encoder.dimension
    try vectors.withUnsafeBufferPointer { vectors in
      for index in space.ordinals.indices {
        let vector = UnsafeBufferPointer(rebasing: vectors[(index * width)..<((index + 1) * width)])
        space.rows.append(contentsOf: try rows.encode(vector))
      }
    }
    return space
  }

  /// The sum of each history's query vectors: [histories, interests, dimension] to [histories, dimension].
  private func middles(_ vectors: [Float]) -> [Float] {
    let (width, interests) = (encoder.dimension, encoder.interestCount)
    guard interests > 1 else { return vectors }
    var middles = [Float](repeating: 0, count: vectors.count / interests)
    for (place, value) in vectors.enumerated() {
      middles[place / (interests * width) * width + place % width] += value
    }
    return middles
  }

  private func encodeAll(_ histories: SessionHistories) throws -> [Float] {
    let (set, count, width) = (histories.set, histories.set.count, encoder.dimension)
    let vectors = Mutex([Float](repeating: 0, count: count * width))
    let next = Atomic<Int>(0)
    let isCancelled = Atomic<Bool>(false)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while !isCancelled.load(ordering: .relaxed) {
        let first = next.wrappingAdd(Self.batch, ordering: .relaxed).oldValue
        guard first < count else { break }
        let batch = first..<min(count, first + Self.batch)
        let encoded = middles(encoder.encode(batch.map { set.range($0) }, of: set))
        vectors.withLock {
          $0.replaceSubrange((batch.lowerBound * width)..<(batch.upperBound * width), with: encoded)
        }
        progress?(Progress(stage: "encoding users", completed: batch.upperBound, total: count))
      }
    }
    if Task.isCancelled { throw CancellationError() }
    return vectors.withLock { $0 }
  }
}
