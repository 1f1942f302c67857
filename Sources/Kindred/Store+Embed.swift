import Engine
import Records
import TextEncoder
import VectorMath

/// What embedding did.
public struct EmbedReport: Sendable, Hashable, Codable {
  /// Records whose text became a vector.
  public var embedded: Int
  /// Records that got no vector: the sum of the three below.
  public var skipped: Int { withoutText + withoutFeatures + alreadyEmbedded }
  /// Records without text.
  public var withoutText = 0
  /// Records whose text has nothing that the encoder can use, such as punctuation alone.
  public var withoutFeatures = 0
  /// With `onlyMissing`: records that have a vector already.
  public var alreadyEmbedded = 0
  /// The dimension of the space.
  public var dimension: Int
}

extension Store {
  /// Turns the text of all items (or of the users, for a space over users) into vectors of a space, which is made when
  /// it is not there. The encoder is remembered with the space and answers `query(_:text:)`.
  ///
  /// The hashed encoder learns how frequent words are from the stored texts each time, unless `onlyMissing` keeps the
  /// encoder there is so that old and new vectors stay comparable.
  /// - Parameters:
  ///   - name: the space's name.
  ///   - encoder: `hashed`.
  ///   - dimension: of a space that is made now; nil for the encoder's own.
  ///   - onlyMissing: encodes records without a vector alone, with the encoder that the space has.
  ///   - progress: is called from time to time with how far the work is.
  /// - Throws: `StoreError` `.unsupported` for an unknown encoder or a space whose vectors the caller brought,
  ///   `.dimensionMismatch`, `.memoryLimit`; `CancellationError` with the space as it was.
  /// - Complexity: O(records + length of the texts encoded), with the new vectors in memory; then a rebuild of the
  ///   space, or with `onlyMissing` and few new vectors a write to its tail and a merge where that is due.
  @discardableResult
  public func embed(
    _ name: String, encoder: String = "hashed", dimension: Int? = nil, onlyMissing: Bool = false,
    progress: ProgressHandler? = nil
  ) throws -> EmbedReport {
    try StoreError.translating {
      guard encoder == TextEncoderNames.hashed else {
        throw StoreError(
          code: .unsupported, message: "encoder \"\(encoder)\" is not known; this version has \"hashed\"")
      }
      let record = try spaceForEmbedding(name, dimension: dimension)
      let embedding = try Embedding(self, record, keepsEncoder: onlyMissing, progress)
      defer { announce(spaces: [name]) }
      return try embedding.run(onlyMissing: onlyMissing)
    }
  }

  /// The space, made now if it is not there.
  private func spaceForEmbedding(_ name: String, dimension: Int?) throws -> SpaceRecord {
    if let record = try engine.read({ try $0.existingSpace(name) }) {
      if let dimension, dimension != record.shape.dimension {
        throw StoreError(
          code: .dimensionMismatch,
          message: "space \"\(name)\" has dimension \(record.shape.dimension), not \(dimension)")
      }
      guard record.encoder == TextEncoderNames.hashed || record.liveCount == 0 else {
        throw StoreError(
          code: .unsupported,
          message:
            "space \"\(name)\" holds \(record.liveCount) vectors that no text encoder made; embed into another space"
        )
      }
      return record
    }
    var settings = HashedTextSettings()
    settings.dimension = dimension ?? settings.dimension
    do throws(ModelError) { _ = try HashedTextEncoder(settings: settings) } catch {
      throw StoreError(code: .invalidArgument, message: error.message, cause: error)
    }
    try createSpace(
      SpaceConfiguration(name: name, of: .items, dimension: settings.dimension, metric: .cosine))
    return try engine.read { try $0.space(name).record }
  }
}

/// One run over all texts of a store.
private final class Embedding {
  private let store: Store
  private let record: SpaceRecord
  private let progress: ProgressHandler?
  private let encoder: HashedTextEncoder
  private let total: Int
  private let textCount: Int
  /// The state of an encoder that was learned now, to be stored together with its vectors.
  private var newState: [UInt8]?

  init(_ store: Store, _ record: SpaceRecord, keepsEncoder: Bool, _ progress: ProgressHandler?) throws {
    self.store = store
    self.record = record
    self.progress = progress
    var state: [UInt8] = []
    if keepsEncoder { state = try store.engine.read { try $0.encoderState(of: record) } }
    var frequencies = DocumentFrequencies()
    var (total, textCount) = (0, 0)
    try store.engine.read { snapshot in
      try snapshot.forEachEntity(record.kind) { _, entity in
        total += 1
        guard let text = entity.text else { return }
        textCount += 1
        if state.isEmpty { frequencies.add(text) }
      }
    }
    (self.total, self.textCount) = (total, textCount)
    if state.isEmpty {
      var settings = HashedTextSettings()
      settings.dimension = record.shape.dimension
      do throws(ModelError) {
        encoder = try HashedTextEncoder(settings: settings, frequencies: frequencies)
      } catch { throw StoreError(code: .invalidArgument, message: error.message, cause: error) }
      newState = encoder.encoded()
    } else {
      encoder = try HashedTextEncoder(decoding: state)
    }
  }

  func run(onlyMissing: Bool) throws -> EmbedReport {
    var report = EmbedReport(embedded: 0, dimension: record.shape.dimension)
    let rows = try RowEncoder(record.shape)
    // Asked before all are encoded; of a few missing ones it is not known yet.
    if newState != nil {
      try store.engine.requireMemory(
        toBuild: textCount, of: record.definition, given: textCount * rows.layout.strideBytes)
    }
    var ordinals: [Ordinal] = []
    var bytes: [UInt8] = []
    try store.engine.read { snapshot in
      let view = try snapshot.space(record.name)
      var done = 0
      try snapshot.forEachEntity(record.kind) { ordinal, entity in
        done += 1
        if done % 1_024 == 0 {
          try Task.checkCancellation()
          progress?(WorkProgress(stage: "embedding", completed: done, total: total))
        }
        let hasVector = onlyMissing ? try snapshot.vector(of: ordinal, in: view) != nil : false
        guard !hasVector else {
          report.alreadyEmbedded += 1
          return
        }
        guard let text = entity.text else {
          report.withoutText += 1
          return
        }
        let vector = encoder.encode(text)
        guard vector.contains(where: { $0 != 0 }) else {
          report.withoutFeatures += 1
          return
        }
        try vector.withUnsafeBufferPointer { bytes.append(contentsOf: try rows.encode($0)) }
        ordinals.append(ordinal)
      }
    }
    report.embedded = ordinals.count
    try put(ordinals, bytes, rows.layout.strideBytes)
    return report
  }

  /// Few rows go through the tail; many, and all that a new encoder made, are built into a new graph at once, so that a
  /// query never meets vectors of two encoders.
  private func put(_ ordinals: [Ordinal], _ bytes: [UInt8], _ strideBytes: Int) throws {
    try bytes.withUnsafeBytes { all in
      let live = try store.engine.read { try $0.space(record.name).record.liveCount }
      if newState != nil || ordinals.count * 4 >= live {
        try store.engine.rebuild(
          space: record.name, adding: NewRows(ordinals: ordinals, rows: all), threads: Store.defaultThreads,
          progress: untilCancelled(progress)
        ) { [newState, record] writer in
          guard let newState else { return }
          try writer.space(record.name).setEncoder(TextEncoderNames.hashed, state: newState)
        }
        return
      }
      _ = try store.engine.write { writer in
        let space = try writer.space(record.name)
        for (index, ordinal) in ordinals.enumerated() {
          let row = UnsafeRawBufferPointer(rebasing: all[index * strideBytes..<(index + 1) * strideBytes])
          try space.upsert(ordinal, row: row)
        }
      }
      try store.mergeIfDue(record.name, progress)
    }
  }
}
