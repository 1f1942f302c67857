import Engine
import Records
import TextEncoder

/// A text model over all texts of a store: into a space that has it already or is empty, or into a space beside one
/// with another encoder, which takes that one's place when it has all vectors.
struct SentenceEmbedding {
  private let store: Store
  private let name: String
  private let progress: ProgressHandler?
  private let encoder: SentenceEncoder
  private let state: [UInt8]
  private let encoderName: String

  init(
    _ store: Store, _ name: String, folder: String, _ options: EmbedOptions, _ progress: ProgressHandler?
  ) throws {
    (self.store, self.name, self.progress) = (store, name, progress)
    let model = try ModelFolder(folder)
    // What is not chosen is as the space has it.
    let record = try store.engine.read { try $0.existingSpace(name) }
    let own = try record.flatMap { try Self.state(of: $0, store) }
    let precision = options.precision ?? own.map { EncoderPrecision($0.precision) } ?? .float32
    var prefixes = try own?.prefixes ?? SentenceEncoder.prefixes(of: model)
    prefixes.query = options.queryPrefix ?? prefixes.query
    prefixes.passage = options.passagePrefix ?? prefixes.passage
    encoder = try SentenceEncoder(
      folder: model,
      .init(
        precision: precision.weights, dimension: options.dimension ?? own?.dimension, prefixes: prefixes),
      threads: Store.defaultThreads)
    // The whole path: a store may be opened from elsewhere.
    let place = model.canonicalPath
    state = SentenceEncoderState(encoder, folder: place).encoded()
    encoderName = TextEncoderNames.sentence(folder: place, precision)
  }

  /// What a space remembers of a text model; nil where it has none, or where that cannot be read.
  private static func state(of record: SpaceRecord, _ store: Store) throws -> SentenceEncoderState? {
    guard TextEncoderNames.isSentence(record.encoder) else { return nil }
    let stored = try store.engine.read { try $0.encoderState(of: record) }
    do throws(ModelError) { return try SentenceEncoderState(decoding: stored) } catch { return nil }
  }

  func run() throws -> EmbedReport {
    guard let record = try store.engine.read({ try $0.existingSpace(name) }) else {
      return try MissingTexts(store, try makeSpace(name, like: nil), encoder, progress).run()
    }
    try store.requireTexts(record)
    if let record = try ours(record) {
      try dropDraft()
      return try MissingTexts(store, record, encoder, progress).run()
    }
    if record.liveCount == 0, record.shape.dimension == encoder.dimension {
      return try MissingTexts(store, try adopt(record), encoder, progress).run()
    }
    return try replace(record)
  }

  /// A space whose vectors are of this encoder; nil for others. A model that was moved is looked for where it is now.
  private func ours(_ record: SpaceRecord) throws -> SpaceRecord? {
    guard let known = try Self.state(of: record, store), known.fingerprint == encoder.fingerprint else {
      return nil
    }
    return try known == SentenceEncoderState(decoding: state) ? record : adopt(record)
  }

  /// Remembers the encoder on a space that is empty, or whose vectors are of the same one.
  private func adopt(_ record: SpaceRecord) throws -> SpaceRecord {
    let adopted = try store.engine.write { writer in
      let space = try writer.space(record.name)
      guard space.record.number == record.number, space.record.encoder == record.encoder,
        space.record.liveCount == 0 || record.liveCount > 0
      else { throw MissingTexts.busy(record.name) }
      try space.setEncoder(encoderName, state: state)
      return space.record
    }.result
    store.encoders.keep(encoder, of: adopted, state: state)
    return adopted
  }

  /// Makes an empty space with the encoder.
  /// - Parameter other: a space whose kind of records and graph it is to have.
  private func makeSpace(_ name: String, like other: SpaceRecord?) throws -> SpaceRecord {
    let metric: VectorMetric =
      switch encoder.similarity {
      case nil, "cosine": .cosine
      case "dot", "dot_product": .dot
      case "euclidean": .l2
      case let name?:
        throw StoreError(
          code: .unsupported,
          message: "the model compares vectors by \"\(name)\"; cosine, dot and euclidean are supported")
      }
    var definition = SpaceConfiguration(
      name: name, of: other?.kind ?? .items, dimension: encoder.dimension, metric: metric
    ).definition
    if let other {
      definition.shape.encoding = other.shape.encoding
      (definition.m, definition.efConstruction) = (other.definition.m, other.definition.efConstruction)
    }
    let record = try store.engine.write { [definition] writer in
      let space = try writer.createSpace(definition)
      try space.setEncoder(encoderName, state: state)
      return space.record
    }.result
    store.encoders.keep(encoder, of: record, state: state)
    return record
  }

  private var draftName: String { "\(name).next" }

  /// The space beside this one in which another encoder's vectors were begun; nil where there is none.
  /// - Throws: `.spaceExists` where somebody else has a space of that name.
  private func draft() throws -> SpaceRecord? {
    guard let record = try store.engine.read({ try $0.existingSpace(draftName) }) else { return nil }
    guard TextEncoderNames.isSentence(record.encoder) else {
      throw StoreError(
        code: .spaceExists,
        message:
          "the vectors of another encoder are made in space \"\(draftName)\" first, which holds something else; drop "
          + "it, or embed into another space")
    }
    return record
  }

  private func dropDraft() throws {
    guard let record = try store.engine.read({ try $0.existingSpace(draftName) }),
      TextEncoderNames.isSentence(record.encoder)
    else { return }
    try store.dropSpace(draftName)
  }

  /// Makes all vectors in a space beside the one of another encoder, and puts it in that one's place in one
  /// transaction. What was begun before is gone on with.
  private func replace(_ old: SpaceRecord) throws -> EmbedReport {
    let begun = try draft().flatMap { try ours($0) }
    if begun == nil { try dropDraft() }
    let record = try begun ?? makeSpace(draftName, like: old)
    var report = try MissingTexts(store, record, encoder, progress).run()
    // Until nothing is missing: others may have written meanwhile.
    while true {
      let later = try MissingTexts(store, record, encoder, nil).run()
      if later.embedded == 0 { break }
      report.embedded += later.embedded
    }
    let kept = try store.engine.write { writer in
      guard try writer.space(draftName).record.number == record.number,
        try writer.space(name).record.number == old.number
      else { throw MissingTexts.busy(name) }
      try writer.replaceSpace(name, with: draftName)
      return try writer.space(name).record
    }.result
    store.encoders.removeAll()
    try store.engine.collectGarbage()
    store.announce(spaces: [draftName])
    // And what a large write left to the space that was replaced.
    report.embedded += try MissingTexts(store, kept, encoder, nil).run().embedded
    return report
  }
}
