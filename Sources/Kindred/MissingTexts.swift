import Engine
import LMDB
import Records
import TextEncoder
import VectorMath

/// Encodes texts of records without a vector in a space, and writes the vectors slice by slice: what is written stays
/// where the work ends early.
struct MissingTexts {
  private let store: Store
  private let record: SpaceRecord
  private let encoder: any TextEncoding
  private let progress: ProgressHandler?
  /// That of the encoder: vectors of two are never mixed.
  private let state: [UInt8]
  private static let sliceCount = 1_024
  /// Records that are looked at in one snapshot, and bytes of their texts.
  private static let (lookCount, sliceBytes) = (16_384, 8 << 20)

  init(
    _ store: Store, _ record: SpaceRecord, _ encoder: any TextEncoding, _ progress: ProgressHandler?
  ) throws {
    (self.store, self.record, self.encoder, self.progress) = (store, record, encoder, progress)
    state = try store.engine.read { try $0.encoderState(of: record) }
  }

  /// Texts of records that follow each other.
  private struct Slice {
    var texts: [(ordinal: Ordinal, text: String)] = []
    var byteCount = 0
    /// Records that were looked at.
    var count = 0
    /// The first record behind them; nil where there is none.
    var next: Ordinal?

    var isFull: Bool {
      texts.count >= MissingTexts.sliceCount || count >= MissingTexts.lookCount
        || byteCount >= MissingTexts.sliceBytes
    }

    mutating func add(_ ordinal: Ordinal, _ text: String) {
      texts.append((ordinal, text))
      byteCount += text.utf8.count
    }
  }

  static func busy(_ name: String) -> StoreError {
    StoreError(
      code: .busy, message: "space \"\(name)\" was given another encoder meanwhile; run it again")
  }

  /// Encodes those of all records.
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
      try put(slice.texts, &report)
      (next, done) = (slice.next, done + slice.count)
      try store.mergeIfDue(record.name, nil)
    }
    progress?(WorkProgress(stage: "embedding", completed: total, total: total))
    return report
  }

  /// Encodes those of some records.
  func run(_ ordinals: [Ordinal]) throws -> EmbedReport {
    var report = EmbedReport(embedded: 0, dimension: encoder.dimension)
    var place = 0
    while place < ordinals.count {
      try Task.checkCancellation()
      progress?(WorkProgress(stage: "embedding", completed: place, total: ordinals.count))
      var slice = Slice()
      try store.engine.read { snapshot in
        let view = try snapshot.space(record.name)
        while place < ordinals.count, !slice.isFull {
          let ordinal = ordinals[place]
          place += 1
          slice.count += 1
          guard let entity = try snapshot.entity(at: ordinal, record.kind), !entity.isDeleted,
            let text = entity.text, try !snapshot.hasVector(of: ordinal, in: view)
          else { continue }
          slice.add(ordinal, text)
        }
      }
      try put(slice.texts, &report)
    }
    return report
  }

  private func slice(from first: Ordinal, _ report: inout EmbedReport) throws -> Slice {
    var (slice, counted) = (Slice(), report)
    try store.engine.read { snapshot in
      let view = try snapshot.space(record.name)
      try snapshot.forEachEntity(record.kind, from: first) { ordinal, entity in
        guard !slice.isFull else {
          slice.next = ordinal
          return .stop
        }
        slice.count += 1
        guard let text = entity.text else {
          counted.withoutText += 1
          return .next
        }
        if try snapshot.hasVector(of: ordinal, in: view) {
          counted.alreadyEmbedded += 1
        } else {
          slice.add(ordinal, text)
        }
        return .next
      }
    }
    report = counted
    return slice
  }

  private func put(_ texts: [(ordinal: Ordinal, text: String)], _ report: inout EmbedReport) throws {
    guard !texts.isEmpty else { return }
    let rows = try encoder.rows(of: texts.map(\.text), for: record)
    let (embedded, due) = try store.engine.write { writer in
      let space = try writer.space(record.name)
      guard space.record.number == record.number, space.record.encoder == record.encoder,
        try writer.encoderState(of: space.record) == state
      else { throw Self.busy(record.name) }
      var embedded = 0
      for ((ordinal, text), row) in zip(texts, rows) {
        guard let row else { continue }
        // Written again meanwhile: whoever did it made its vector.
        guard try writer.text(of: ordinal, record.kind)?.isExactly(text) == true else { continue }
        try row.withUnsafeBytes { try space.upsert(ordinal, row: $0) }
        embedded += 1
      }
      return embedded
    }
    // Spaces that are made of these vectors too, such as that of a model.
    for name in due.spaces where name.value != record.name { try store.mergeIfDue(name.value, nil) }
    report.embedded += embedded
    report.withoutFeatures += rows.count { $0 == nil }
  }
}

extension TextEncoding {
  /// The rows of texts for a space; nil for a text without anything to encode, or whose vector cannot be stored, such
  /// as one that is too long for half precision.
  func rows(of texts: [String], for space: SpaceRecord) throws -> [[UInt8]?] {
    let rows = try RowEncoder(space.shape)
    let vectors = UnsafeMutableBufferPointer<Float>.allocate(capacity: texts.count * dimension)
    defer { vectors.deallocate() }
    guard let start = vectors.baseAddress else { return [] }
    try encode(texts, as: .passage, threads: min(Store.defaultThreads, texts.count), into: start)
    return texts.indices.map { index in
      let vector = UnsafeBufferPointer(rebasing: vectors[index * dimension..<(index + 1) * dimension])
      guard vector.contains(where: { $0 != 0 }) else { return nil }
      do throws(VectorError) { return Array(try rows.encode(vector)) } catch { return nil }
    }
  }
}
