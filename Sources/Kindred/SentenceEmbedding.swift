import Engine
import LMDB
import Records
import TextEncoder
import Values
import VectorMath

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
    var chosen = SentenceEncoder.Options(precision: options.precision.weights, dimension: options.dimension)
    if options.queryPrefix != nil || options.passagePrefix != nil {
      let own = try SentenceEncoder.prefixes(of: model)
      chosen.prefixes = TextPrefixes(
        query: options.queryPrefix ?? own.query, passage: options.passagePrefix ?? own.passage)
    }
    encoder = try SentenceEncoder(folder: model, chosen, threads: Store.defaultThreads)
    // The whole path: a store may be opened from elsewhere.
    let place = model.canonicalPath
    state = SentenceEncoderState(encoder, folder: place).encoded()
    encoderName = TextEncoderNames.sentence(folder: place, options.precision)
  }

  func run() throws -> EmbedReport {
    guard let record = try store.engine.read({ try $0.existingSpace(name) }) else {
      return try MissingTexts(store, try makeSpace(name, like: nil), encoder, progress).run()
    }
    try store.requireTexts(record)
    if try isOurs(record) { return try MissingTexts(store, record, encoder, progress).run() }
    if record.liveCount == 0, record.shape.dimension == encoder.dimension {
      return try MissingTexts(store, try adopt(record), encoder, progress).run()
    }
    return try replace(record)
  }

  /// Whether a space's vectors are of this encoder. A model that was moved is looked for where it is now.
  private func isOurs(_ record: SpaceRecord) throws -> Bool {
    guard TextEncoderNames.isSentence(record.encoder) else { return false }
    let stored = try store.engine.read { try $0.encoderState(of: record) }
    let (known, mine) = (
      try SentenceEncoderState(decoding: stored), try SentenceEncoderState(decoding: state)
    )
    guard known.fingerprint == mine.fingerprint else { return false }
    if known.folder != mine.folder { _ = try adopt(record) }
    return true
  }

  /// Remembers the encoder on a space.
  private func adopt(_ record: SpaceRecord) throws -> SpaceRecord {
    let adopted = try store.engine.write { writer in
      let space = try writer.space(record.name)
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
      case "dot", "dot_product": .dot
      case "euclidean": .l2
      default: .cosine
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

  /// Makes all vectors in a space beside the one of another encoder, and puts it in that one's place in one
  /// transaction. What was begun before is gone on with.
  private func replace(_ old: SpaceRecord) throws -> EmbedReport {
    let draft = "\(name).next"
    var begun = try store.engine.read { try $0.existingSpace(draft) }
    if let record = begun, try !isOurs(record) {
      try store.requireTexts(record)
      try store.dropSpace(draft)
      begun = nil
    }
    let record = try begun ?? makeSpace(draft, like: old)
    let report = try MissingTexts(store, record, encoder, progress).run()
    _ = try store.engine.write { try $0.replaceSpace(name, with: draft) }
    store.encoders.removeAll()
    try store.engine.collectGarbage()
    store.announce(spaces: [draft])
    return report
  }
}

/// Encodes the texts of all records without a vector in a space, and writes the vectors slice by slice: what is
/// written stays where the work ends early.
struct MissingTexts {
  private let store: Store
  private let record: SpaceRecord
  private let encoder: any TextEncoding
  private let progress: ProgressHandler?
  private static let sliceCount = 1_024

  init(_ store: Store, _ record: SpaceRecord, _ encoder: any TextEncoding, _ progress: ProgressHandler?) {
    (self.store, self.record, self.encoder, self.progress) = (store, record, encoder, progress)
  }

  /// Texts of records that follow each other.
  private struct Slice {
    var texts: [(ordinal: Ordinal, text: String)] = []
    /// Records that were looked at.
    var count = 0
    /// The first record behind them; nil where there is none.
    var next: Ordinal?
  }

  func run() throws -> EmbedReport {
    var report = EmbedReport(embedded: 0, dimension: encoder.dimension)
    let total = try store.engine.read { snapshot in
      let store = try snapshot.store()
      return Int(record.kind == .items ? store.itemCount : store.userCount)
    }
    var (next, done): (Ordinal?, Int) = (Ordinal(0), 0)
    while let first = next {
      try Task.checkCancellation()
      progress?(WorkProgress(stage: "embedding", completed: done, total: total))
      let slice = try slice(from: first, &report)
      if !slice.texts.isEmpty { try put(slice.texts, &report) }
      (next, done) = (slice.next, done + slice.count)
      try store.mergeIfDue(record.name, nil)
    }
    progress?(WorkProgress(stage: "embedding", completed: total, total: total))
    return report
  }

  private func slice(from first: Ordinal, _ report: inout EmbedReport) throws -> Slice {
    var (slice, counted) = (Slice(), report)
    try store.engine.read { snapshot in
      let view = try snapshot.space(record.name)
      try snapshot.forEachEntity(record.kind, from: first) { ordinal, entity in
        if slice.texts.count == Self.sliceCount {
          slice.next = ordinal
          return .stop
        }
        slice.count += 1
        guard let text = entity.text else {
          counted.withoutText += 1
          return .next
        }
        if try snapshot.vector(of: ordinal, in: view) != nil {
          counted.alreadyEmbedded += 1
        } else {
          slice.texts.append((ordinal, text))
        }
        return .next
      }
    }
    report = counted
    return slice
  }

  private func put(_ texts: [(ordinal: Ordinal, text: String)], _ report: inout EmbedReport) throws {
    let rows = try encoder.rows(of: texts.map(\.text), for: record)
    let embedded = try store.engine.write { writer in
      let space = try writer.space(record.name)
      var embedded = 0
      for ((ordinal, text), row) in zip(texts, rows) {
        guard let row else { continue }
        // Written again meanwhile: whoever did it made its vector.
        guard try writer.text(of: ordinal, record.kind)?.isExactly(text) == true else { continue }
        try row.withUnsafeBytes { try space.upsert(ordinal, row: $0) }
        embedded += 1
      }
      return embedded
    }.result
    report.embedded += embedded
    report.withoutFeatures += rows.count { $0 == nil }
  }
}

extension TextEncoding {
  /// The rows of texts for a space; nil for a text without anything to encode.
  func rows(of texts: [String], for space: SpaceRecord) throws -> [[UInt8]?] {
    let rows = try RowEncoder(space.shape)
    let vectors = UnsafeMutableBufferPointer<Float>.allocate(capacity: texts.count * dimension)
    defer { vectors.deallocate() }
    guard let start = vectors.baseAddress else { return [] }
    try encode(texts, as: .passage, threads: min(Store.defaultThreads, texts.count), into: start)
    return try texts.indices.map { index in
      let vector = UnsafeBufferPointer(rebasing: vectors[index * dimension..<(index + 1) * dimension])
      return vector.contains { $0 != 0 } ? Array(try rows.encode(vector)) : nil
    }
  }
}
