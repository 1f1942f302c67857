import Engine
import Filters
import Interchange
import Records
import VectorMath

extension Store {
  /// Vectors of a file above this many, and above a quarter of what the space holds, are built into a new graph at once
  /// instead of going through the tail.
  private static let bulkMinimum = 4_096

  /// Stores the vectors of a file: `.npy` [N, D], `.fvecs`, or JSON Lines `{"id":…,"vector":[…],"attributes":{…}}`, each
  /// also gzipped; `-` is standard input. A JSON array of such objects is read as its lines would be.
  ///
  /// Small files go through the tail in transactions of 1,024 rows; large ones are built into a new graph, which is
  /// much faster, and become visible all at once. Either way all that was stored is searchable when the call returns.
  /// - Parameters:
  ///   - ids: a file with one id a line; without it ids are 0, 1, ….
  ///   - format: `npy`, `fvecs` or `jsonl`; without it the name tells it, or else the first bytes of the file.
  /// - Throws: `StoreError` `.spaceNotFound`, `.dimensionMismatch`, `.notFound`, `.badInput`, `.invalidArgument`; `CancellationError` with
  ///   everything acknowledged kept.
  @discardableResult
  public func upsert(
    space name: String, from file: String, ids: String? = nil, format: String? = nil,
    progress: ProgressHandler? = nil
  ) throws -> VectorUpsertReport {
    try StoreError.translating {
      let info = try read { try $0.space(name) }
      let source = try VectorSource(
        path: file, format: format.map { (name) throws(InterchangeError) in try VectorFormat.named(name) },
        dimension: info.configuration.dimension, idsPath: ids)
      if let dimension = source.dimension, dimension != info.configuration.dimension {
        throw StoreError(
          code: .dimensionMismatch,
          message:
            "\(file) has vectors of \(dimension) components; space \"\(name)\" has \(info.configuration.dimension)"
        )
      }
      let isBulk = source.count.map { $0 >= Self.bulkMinimum && $0 >= info.count / 4 } ?? (info.count == 0)
      let before = try recordCount(info.configuration.of)
      var report = isBulk ? try load(source, into: name, progress) : try trickle(source, into: name, progress)
      report.ignored = source.ignoredKeys
      report.isNumbered = source.isNumbered
      report.recordsBefore = before
      report.recordsMade = try recordCount(info.configuration.of) - before
      return report
    }
  }

  private func recordCount(_ kind: RecordKind) throws -> Int {
    let store = try engine.read { try $0.store() }
    return Int(kind == .items ? store.itemCount : store.userCount)
  }

  private func trickle(
    _ source: VectorSource, into name: String, _ progress: ProgressHandler?
  ) throws -> VectorUpsertReport {
    var report = VectorUpsertReport()
    var seen: Set<Ordinal> = []
    var row = 0
    while let step = try source.next(1_024) {
      try Task.checkCancellation()
      switch step {
      case .bad(let bad): report.rejected.append(.init(row: bad.lineNumber, reason: bad.message))
      case .batch(let batch):
        let part = try write { transaction in
          try transaction.upsert(batch, space: name)
        }
        for ordinal in part.ordinals {
          if seen.insert(ordinal).inserted { report.stored += 1 } else { report.merged += 1 }
        }
        report.rejected += part.rejected.map {
          .init(row: batch.row(of: $0.row, first: row), reason: $0.reason)
        }
        row += batch.count
        progress?(Progress(stage: "storing vectors", completed: row, total: source.count))
      }
    }
    try mergeIfDue(name, progress)
    return report
  }

  /// Merges now what a long-lived process would merge in the background.
  func mergeIfDue(_ name: String, _ progress: ProgressHandler?) throws {
    let info = try read { try $0.space(name) }
    let policy = engine.policy
    let nodes = info.count - info.tail + info.deleted
    if info.tail >= policy.tailLimit(nodeCount: nodes) || info.deleted >= policy.deadMinimum {
      try merge(space: name, progress: progress)
    }
  }

  /// Reads everything, registers the ids, and builds the graph with the new vectors in it.
  private func load(
    _ source: VectorSource, into name: String, _ progress: ProgressHandler?
  ) throws -> VectorUpsertReport {
    var report = VectorUpsertReport()
    let record = try engine.read { try $0.space(name).record }
    let rows = try RowEncoder(record)
    let staged = StagedRows(strideBytes: rows.layout.strideBytes)
    var row = 0
    while let step = try source.next(4_096) {
      try Task.checkCancellation()
      switch step {
      case .bad(let bad): report.rejected.append(.init(row: bad.lineNumber, reason: bad.message))
      case .batch(let batch):
        // Checked before ids are registered, so that a refused row leaves no record behind.
        var good: [Int] = []
        for index in 0..<batch.count {
          if let reason = try batch.refusal(index, rows) {
            report.rejected.append(.init(row: batch.row(of: index, first: row), reason: reason))
          } else {
            good.append(index)
          }
        }
        let registered = try register(batch, good, record.kind)
        for (index, result) in zip(good, registered) {
          let ordinal: Ordinal
          switch result {
          case .success(let made): ordinal = made
          case .failure(let error):
            report.rejected.append(.init(row: batch.row(of: index, first: row), reason: error.message))
            continue
          }
          try batch.withVector(index) { vector throws(VectorError) in
            try rows.encode(vector, into: staged.slot(for: ordinal))
          }
          staged.keep(ordinal)
          report.merged += 1
        }
        row += batch.count
        progress?(Progress(stage: "reading vectors", completed: row, total: source.count))
      }
    }
    report.stored = staged.ordinals.count
    report.merged -= report.stored
    guard !staged.ordinals.isEmpty else { return report }
    try engine.rebuild(
      space: name, adding: NewRows(ordinals: staged.ordinals, rows: staged.bytes),
      threads: Store.defaultThreads,
      progress: Store.handler(progress))
    return report
  }

  /// Makes records for the ids of some rows of a batch; not for one that would be too large with what is stored of it.
  private func register(
    _ batch: VectorBatch, _ rows: [Int], _ kind: EntityKind
  ) throws -> [Result<Ordinal, EngineError>] {
    try engine.write { writer in
      try rows.map { index in
        let id = batch.ids[index]
        let attributes = batch.attributeValues(index) ?? [:]
        do { try writer.requireRoom(for: attributes, of: id, kind) } catch let error as EngineError
          where error.code == .invalidArgument
        { return .failure(error) }
        let ordinal = try writer.ordinalMakingRecord(of: id, kind)
        if !attributes.isEmpty { try writer.setAttributes(attributes, of: id, kind) }
        return .success(ordinal)
      }
    }.result
  }
}

extension WriteTransaction {
  /// Stores one batch of a file.
  fileprivate func upsert(_ batch: VectorBatch, space: String) throws -> VectorUpsertReport {
    let attributes =
      batch.attributes.isEmpty ? nil : batch.ids.indices.map { batch.attributeValues($0) ?? [:] }
    return try upsert(space: space, ids: batch.ids, vectors: batch.values, attributes: attributes)
  }
}

extension Writer {
  /// Refuses attributes that come with a vector and have the name of what is the record's own: a filter could not ask for
  /// them, and an export would have to call them something else.
  static func checkNames(of attributes: Attributes) throws {
    for name in ["id", "text"] where attributes[name] != nil {
      throw EngineError(
        .invalidArgument,
        "an attribute named \"\(name)\"; that is what the record's own is called: rename it, such as \(name)_"
      )
    }
  }
}

extension VectorBatch {
  /// How a report names a vector: by its line in JSON Lines, otherwise by its row.
  fileprivate func row(of index: Int, first: Int) -> Int {
    lineNumbers.isEmpty ? first + index : lineNumbers[index]
  }

  /// Why a row cannot be stored; nil when it can.
  fileprivate func refusal(_ index: Int, _ rows: RowEncoder) throws -> String? {
    do {
      let attributes = attributeValues(index) ?? [:]
      try Writer.checkNames(of: attributes)
      try Writer.check(EntityRecord(id: ids[index], attributes: attributes))
      _ = try withVector(index) { vector throws(VectorError) in try rows.encode(vector) }
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
    return values
  }
}

/// Encoded rows that wait for a build; a second row of one ordinal takes the place of the first.
private final class StagedRows {
  private(set) var ordinals: [Ordinal] = []
  private var positions: [Ordinal: Int] = [:]
  private let strideBytes: Int
  private var memory: UnsafeMutableRawPointer
  private var capacity = 4_096

  init(strideBytes: Int) {
    self.strideBytes = strideBytes
    memory = .allocate(byteCount: capacity * strideBytes, alignment: RowLayout.alignmentBytes)
  }

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory, count: ordinals.count * strideBytes)
  }

  /// Where the row of `ordinal` is to be written, before `keep`.
  func slot(for ordinal: Ordinal) -> UnsafeMutableRawPointer {
    let position = positions[ordinal] ?? ordinals.count
    if position == capacity {
      let larger = UnsafeMutableRawPointer.allocate(
        byteCount: capacity * 2 * strideBytes, alignment: RowLayout.alignmentBytes)
      larger.copyMemory(from: memory, byteCount: capacity * strideBytes)
      memory.deallocate()
      memory = larger
      capacity *= 2
    }
    return memory + position * strideBytes
  }

  /// Takes the row that was written to `slot(for:)`.
  func keep(_ ordinal: Ordinal) {
    guard positions[ordinal] == nil else { return }
    positions[ordinal] = ordinals.count
    ordinals.append(ordinal)
  }
}
