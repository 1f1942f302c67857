package import Values
import Basics
package import Engine
import Interchange
import Records
import VectorMath

/// Stores the vectors of a file in a space.
package struct VectorImport {
  /// Vectors of a file above this many, and above a quarter of what the space holds, are built into a new graph at once
  /// instead of going through the tail.
  private static let bulkMinimum = 4_096

  private let engine: StorageEngine
  private let source: VectorSource
  private let space: SpaceRecord
  private let threads: Int
  private let progress: ProgressHandler?
  /// Whether the vectors are built into a new graph at once.
  package let isBulk: Bool

  /// Opens the file.
  /// - Parameters:
  ///   - ids: a file with one id a line; without it ids are 0, 1, ….
  ///   - format: `npy`, `fvecs` or `jsonl`; without it the name indicates it, or else the first bytes of the file.
  package init(
    _ engine: StorageEngine, _ file: String, ids: String?, format: String?, into name: String, threads: Int,
    _ progress: ProgressHandler?
  ) throws {
    space = try engine.read { try $0.space(name).record }
    source = try VectorSource(
      path: file, format: format.map { (name) throws(InterchangeError) in try VectorFormat.named(name) },
      dimension: space.shape.dimension, idsPath: ids)
    if let dimension = source.dimension, dimension != space.shape.dimension {
      throw ImportError(
        code: .dimensionMismatch,
        message:
          "\(file) has vectors of \(dimension) components; space \"\(name)\" has \(space.shape.dimension)")
    }
    isBulk = try Self.isBulk(source.count, space, engine)
    self.engine = engine
    self.threads = threads
    self.progress = progress
  }

  /// Whether so many vectors are built into a new graph at once: where they are many, and there is memory for it.
  private static func isBulk(_ count: Int?, _ space: SpaceRecord, _ engine: StorageEngine) throws -> Bool {
    guard let count else { return space.liveCount == 0 && engine.memoryLimitBytes == nil }
    guard count >= bulkMinimum, count >= space.liveCount / 4 else { return false }
    // What was read is in memory beside the rows of the build.
    return try engine.hasMemory(toBuild: space.liveCount + 2 * count, of: space.definition)
  }

  /// Stores all vectors.
  /// - Parameter store: stores a batch in one transaction, for files that go through the tail.
  package func run(
    storing store: (_ ids: [String], _ vectors: [Float], _ attributes: [Attributes]?) throws ->
      VectorUpsertReport
  ) throws -> VectorUpsertReport {
    let before = try recordCount()
    var report = isBulk ? try load() : try trickle(store)
    for (key, count) in source.ignoredKeys { report.ignored[key] = count }
    report.isNumbered = source.isNumbered
    report.recordsBefore = before
    report.recordsMade = try recordCount() - before
    return report
  }

  private func recordCount() throws -> Int { try engine.read { try $0.store().recordCount(space.kind) } }

  private func trickle(
    _ store: ([String], [Float], [Attributes]?) throws -> VectorUpsertReport
  ) throws -> VectorUpsertReport {
    var report = VectorUpsertReport()
    var seen: Set<Ordinal> = []
    var row = 0
    while let step = try source.next(1_024) {
      try Task.checkCancellation()
      switch step {
      case .bad(let bad): report.rejected.append(.init(row: bad.lineNumber, reason: bad.message))
      case .batch(let batch):
        let part = try store(
          batch.ids, batch.values,
          batch.attributes.isEmpty ? nil : batch.ids.indices.map { batch.attributeValues($0) ?? [:] })
        for ordinal in part.ordinals {
          if seen.insert(ordinal).inserted { report.stored += 1 } else { report.merged += 1 }
        }
        report.rejected += part.rejected.map {
          .init(row: batch.row(of: $0.row, first: row), reason: $0.reason)
        }
        batch.countRenamed(in: &report.renamed)
        row += batch.count
        progress?(WorkProgress(stage: "storing vectors", completed: row, total: source.count))
      }
    }
    return report
  }

  /// Reads everything, registers the ids, and builds the graph with the new vectors in it.
  private func load() throws -> VectorUpsertReport {
    var report = VectorUpsertReport()
    let rows = try RowEncoder(space.shape)
    let stride = rows.layout.strideBytes
    // A second row of one ordinal takes the place of the first.
    var (staged, ordinals, positions): ([UInt8], [Ordinal], [Ordinal: Int]) = ([], [], [:])
    var encoded: [UInt8] = []
    var row = 0
    while let step = try source.next(4_096) {
      try Task.checkCancellation()
      switch step {
      case .bad(let bad): report.rejected.append(.init(row: bad.lineNumber, reason: bad.message))
      case .batch(let batch):
        batch.countRenamed(in: &report.renamed)
        // Checked before ids are registered, so that a refused row leaves no record behind.
        var good: [Int] = []
        encoded.removeAll(keepingCapacity: true)
        for index in 0..<batch.count {
          if let reason = try batch.refusal(index, rows, encoding: &encoded) {
            report.rejected.append(.init(row: batch.row(of: index, first: row), reason: reason))
          } else {
            good.append(index)
          }
        }
        let registered = try register(batch, good)
        for (position, result) in registered.enumerated() {
          switch result {
          case .success(let ordinal):
            let bytes = encoded[position * stride..<(position + 1) * stride]
            if let place = positions[ordinal] {
              staged.replaceSubrange(place * stride..<(place + 1) * stride, with: bytes)
            } else {
              positions[ordinal] = ordinals.count
              ordinals.append(ordinal)
              staged += bytes
            }
            report.merged += 1
          case .failure(let error):
            report.rejected.append(
              .init(row: batch.row(of: good[position], first: row), reason: error.message))
          }
        }
        row += batch.count
        progress?(WorkProgress(stage: "reading vectors", completed: row, total: source.count))
      }
    }
    report.stored = ordinals.count
    report.ordinals = ordinals
    report.merged -= report.stored
    guard !ordinals.isEmpty else { return report }
    KillPoint.pass(.loadRegistered)
    _ = try staged.withUnsafeBytes { bytes in
      try engine.rebuild(
        space: space.name, adding: NewRows(ordinals: ordinals, rows: bytes), threads: threads,
        progress: untilCancelled(progress))
    }
    return report
  }

  /// Makes records for the ids of some rows of a batch; not for one that would be too large with what is stored of it.
  private func register(
    _ batch: VectorBatch, _ rows: [Int]
  ) throws -> [Result<Ordinal, EngineError>] {
    try engine.write { writer in
      try rows.map { index in
        let id = batch.ids[index]
        do {
          return .success(
            try writer.ordinal(of: id, space.kind, setting: batch.attributeValues(index) ?? [:]))
        } catch let error as EngineError where error.code == .invalidArgument { return .failure(error) }
      }
    }.result
  }
}

extension VectorBatch {
  /// How a report names a vector: by its line in JSON Lines, otherwise by its row.
  fileprivate func row(of index: Int, first: Int) -> Int {
    lineNumbers.isEmpty ? first + index : lineNumbers[index]
  }

  /// Encodes a row behind others, or says why it cannot be stored.
  fileprivate func refusal(
    _ index: Int, _ rows: RowEncoder, encoding encoded: inout [UInt8]
  ) throws -> String? {
    do {
      try Writer.check(EntityRecord(id: ids[index], attributes: attributeValues(index) ?? [:]))
      try withVector(index) { vector throws(VectorError) in
        encoded.append(contentsOf: try rows.encode(vector))
      }
      return nil
    } catch let error as EngineError {
      return error.message
    } catch let error as VectorError {
      return error.message
    }
  }

  /// The attributes that came with a vector; nil where none did.
  fileprivate func attributeValues(_ index: Int) -> Attributes? {
    guard index < attributes.count, let object = attributes[index] else { return nil }
    var values = Attributes()
    for member in object.members { values[member.key] = AttributeValue(member.value) }
    return values.withoutOwnNames.attributes
  }

  /// Which attributes of the batch get another name, and how often.
  fileprivate func countRenamed(in counts: inout ByName<Int>) {
    for case let object? in attributes {
      for name in Attributes.ownNames where object[name] != nil { counts[name] = (counts[name] ?? 0) + 1 }
    }
  }
}
