package import Values
import Basics
package import Engine
import Records
import SessionEncoder
import Synchronization
import VectorMath

extension StorageEngine {
  /// Encodes all items and users again with a trained model and flips to both of their spaces at once.
  /// - Parameter version: of the model; nil takes the one that serves, or the newest where none does.
  /// - Throws: `RecommendingError` `.recordNotFound`, `.unsupported` where one of the spaces holds vectors that no
  ///   model made; `ThreadCountError`; `EngineError` `.busy`; `CancellationError`, with everything as it was.
  package func rebuildFromSequences(
    model version: Int?, _ models: ModelCache, threads: Int, _ progress: ProgressHandler?
  ) throws -> [RebuildReport] {
    try ThreadCountError.check(threads)
    try requireSpacesOfModels()
    let (items, users) = try read { snapshot in
      // A job that runs every night must not switch models.
      let usual = try snapshot.servingVersion() ?? snapshot.models().last?.version
      guard let chosen = version ?? usual.map({ Int($0) }) else {
        throw RecommendingError(
          code: .recordNotFound,
          message: "the store has no model to encode with; train one with: kindred train STORE")
      }
      let encoding = SessionVectors(
        encoder: try models.model(chosen, snapshot), threads: threads, progress: progress)
      let items = try encoding.items(snapshot)
      return (items, try encoding.users(snapshot, items))
    }
    return try replaceVectors(items: items, users: users, threads: threads, progress)
  }
}

/// The vectors that a session model gives all items and users.
private struct SessionVectors {
  let encoder: SessionEncoderModel
  let threads: Int
  let progress: ProgressHandler?

  /// Histories encoded together.
  private static let batch = 256

  private func space(_ name: String, of kind: RecordKind) throws -> EncodedSpace {
    try EncodedSpace(
      name, of: kind, dimension: encoder.dimension, encoder.metric,
      maker: SessionSpaces.maker(encoder.version))
  }

  /// The model's own items, and those that it can encode by what is known of them.
  func items(_ snapshot: Snapshot) throws -> EncodedSpace {
    var space = try space(SessionSpaces.items, of: .items)
    let width = encoder.dimension
    let content = try ContentReader(encoder.manifest.content, snapshot)
    var omitted = 0
    try snapshot.forEachEntity(.items) { ordinal, record in
      if ordinal.rawValue % 4_096 == 0 { try Task.checkCancellation() }
      let vector: ArraySlice<Float>
      if let number = encoder.numbers[ordinal] {
        vector = encoder.vectors[(Int(number) * width)..<((Int(number) + 1) * width)]
      } else if let encoded = encoder.vector(of: record, content: try content.content(of: ordinal)) {
        vector = encoded[...]
      } else {
        omitted += 1
        return
      }
      try space.append(ordinal, vector)
    }
    space.encoderState = OmittedCount.encoded(omitted)
    return space
  }

  /// All users with an event that the model can read, or with attributes that it knows; of several interests the
  /// middle.
  /// - Parameter items: the vectors of items, those that the model learned nothing of included.
  func users(_ snapshot: Snapshot, _ items: EncodedSpace) throws -> EncodedSpace {
    let events = try snapshot.sequences()
    var histories = SessionHistories(encoder) { try items.vector(of: $0) }
    var users: [Ordinal] = []
    func append(_ user: Ordinal, _ range: Range<Int>) throws {
      let profile = try snapshot.profile(of: user, encoder)
      if try histories.append(events, range, profile: profile, kindName: snapshot.eventKindName) {
        users.append(user)
      }
    }
    if encoder.knowsProfiles {
      let places = Dictionary(uniqueKeysWithValues: events.users.enumerated().map { ($1, $0) })
      for ordinal in 0..<(try snapshot.store().nextUser) {
        if ordinal % 4_096 == 0 { try Task.checkCancellation() }
        try append(Ordinal(ordinal), places[Ordinal(ordinal)].map { events.range($0) } ?? 0..<0)
      }
    } else {
      for (index, user) in events.users.enumerated() { try append(user, events.range(index)) }
    }
    let vectors = try encodeAll(histories)
    let width = encoder.dimension
    var space = try space(SessionSpaces.users, of: .users)
    for (index, user) in users.enumerated() {
      try space.append(user, vectors[(index * width)..<((index + 1) * width)])
    }
    space.encoderState = OmittedCount.encoded(Int(try snapshot.store().userCount) - users.count)
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
    let newItems = histories.newItems.vectors
    let vectors = Mutex([Float](repeating: 0, count: count * width))
    try parallelFor(count: count, threads: threads, chunk: Self.batch) { _, batch in
      try Task.checkCancellation()
      let encoded = middles(
        encoder.encode(batch.map { set.range($0) }, of: set, newItems: newItems))
      vectors.withLock {
        $0.replaceSubrange((batch.lowerBound * width)..<(batch.upperBound * width), with: encoded)
      }
      progress?(WorkProgress(stage: "encoding users", completed: batch.upperBound, total: count))
    }
    return vectors.withLock { $0 }
  }
}
