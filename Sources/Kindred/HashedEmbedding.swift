import Basics
import Engine
import Records
import TextEncoder
import VectorMath

/// The hashed encoder over all texts of a store.
final class HashedEmbedding {
  private let store: Store
  private let record: SpaceRecord
  private let progress: ProgressHandler?
  private let encoder: HashedTextEncoder
  private let total: Int
  private let textCount: Int
  /// The state of an encoder that was learned now, to be stored together with its vectors.
  private var newState: [UInt8]?
  /// A hash of each text that a new encoder encoded, the same as long as the process lives, and the version of all
  /// texts then.
  private var encoded: [Ordinal: Int] = [:]
  private var textVersion: UInt64 = 0

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
      textVersion = try snapshot.store().attributeVersion
      var done = 0
      try snapshot.forEachEntity(record.kind) { ordinal, entity in
        done += 1
        if done % 1_024 == 0 {
          try Task.checkCancellation()
          progress?(WorkProgress(stage: "embedding", completed: done, total: total))
        }
        let hasVector = onlyMissing ? try snapshot.hasVector(of: ordinal, in: view) : false
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
        if newState != nil { encoded[ordinal] = ExactString(text).hashValue }
      }
    }
    report.embedded = ordinals.count
    try put(ordinals, bytes, rows.layout.strideBytes)
    return report
  }

  /// Few texts are encoded again and go through the tail; many, and all that a new encoder made, are built into a new
  /// graph at once, so that a query never meets vectors of two encoders.
  private func put(_ ordinals: [Ordinal], _ bytes: [UInt8], _ strideBytes: Int) throws {
    try bytes.withUnsafeBytes { all in
      let live = try store.engine.read { try $0.space(record.name).record.liveCount }
      if newState != nil || ordinals.count * 4 >= live {
        var outdated: [Ordinal] = []
        try store.engine.rebuild(
          space: record.name, adding: NewRows(ordinals: ordinals, rows: all), threads: Store.defaultThreads,
          progress: untilCancelled(progress)
        ) { [self] writer in
          guard let newState else { return }
          let space = try writer.space(record.name)
          try space.setEncoder(TextEncoderNames.hashed, state: newState)
          outdated = try removeOthers(from: space, writer)
        }
        guard !outdated.isEmpty else { return }
        let kept = try store.engine.read { try $0.space(record.name).record }
        _ = try MissingTexts(store, kept, encoder, nil).run(outdated)
        try store.mergeIfDue(record.name, progress)
        return
      }
      _ = try MissingTexts(store, record, encoder, nil).run(ordinals)
      try store.mergeIfDue(record.name, progress)
    }
  }

  /// Takes the vectors of other encoders out of a space, and those of texts that were written while the others were
  /// encoded.
  /// - Returns: the records whose text is to be encoded still.
  private func removeOthers(from space: SpaceWriter, _ writer: Writer) throws -> [Ordinal] {
    let isChanged = writer.store.attributeVersion != textVersion
    var outdated: [Ordinal] = []
    for number in 0..<writer.store.ordinalCount(record.kind) {
      let ordinal = Ordinal(UInt32(number))
      let hash = encoded[ordinal]
      if let hash {
        let text = isChanged ? try writer.text(of: ordinal, record.kind) : nil
        guard isChanged, text.map({ ExactString($0).hashValue }) != hash else { continue }
      }
      try space.remove(ordinal)
      if isChanged { outdated.append(ordinal) }
    }
    return outdated
  }
}
