import HNSW
import LMDB
import Records
import Synchronization
import VectorMath

/// One state of a space's graph, resolved to addresses in the map.
///
/// Valid while a read transaction that sees this state (or a later one in which it did not change) lives.
// unchanging after `init` but for the first-touch bits, which are atomic
final class SpaceGraph: @unchecked Sendable {
  let generation: UInt32
  let version: UInt64
  let slotCount: Int
  /// What a search walks over: the codes where there are any, otherwise the rows.
  let view: GraphView
  /// The vectors as they are kept.
  let rows: CheckedRows
  let codes: CheckedRows?
  private let links: CheckedRows
  /// What is known of its recall; nil for a small graph.
  let curve: RecallCurve?
  /// The ordinal of each slot.
  private let owners: CheckedRows
  private let areOwnersSound = Atomic(false)
  private let upper: CheckedUpper

  init<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, exact: DistanceFunction, _ layout: RowLayout, _ tables: Tables,
    _ transaction: borrowing T
  ) throws {
    generation = record.generation
    version = record.graphVersion
    slotCount = record.slotCount
    rows = try CheckedRows.vectors(record, strideBytes: layout.strideBytes, tables, transaction)
    links = try CheckedRows.sealed(
      tables.links, .links, record, SealedBlockLayout(strideBytes: record.linkFormat.byteCount), transaction)
    var distance = exact
    if record.shape.encoding.hasCodes, record.slotCount > 0 {
      let quantizer = try transaction.codebook(of: record, tables)
      codes = try CheckedRows.sealed(
        tables.codes, .codes, record, SealedBlockLayout(strideBytes: quantizer.strideBytes), transaction)
      distance = DistanceFunction(
        metric: record.shape.metric, layout: layout, quantizer: quantizer, kernels: exact.kernels)
    } else {
      codes = nil
    }
    curve = try transaction.curve(of: record, tables)
    owners = try CheckedRows.words(tables.owners, .owners, record, transaction)
    upper = try CheckedUpper(record, tables, transaction)
    let walked = codes ?? rows
    view = GraphView(
      rows: walked.table,
      links: links.table, linkFormat: record.linkFormat,
      upper: .stored(upper.blocks), distance: distance,
      slotCount: record.slotCount, entryPoint: record.entryPoint == .max ? nil : Slot(record.entryPoint),
      maxLevel: record.maxLevel, section: record.definition.linkSection, rowCheck: walked.check,
      linkCheck: links.check)
  }

  /// The ordinal whose vector lies in `slot`; nil for a free slot.
  /// - Throws: `.corrupted`.
  @inline(__always)
  func owner(of slot: UInt32) throws -> Ordinal? {
    guard owners.check.isSound(slot) else { throw damagedOwners(owners.table.geometry.block(of: slot)) }
    return ownerKnownSound(slot)
  }

  /// Verifies all owners, so that `ownerKnownSound` may be asked.
  func verifyOwners() throws {
    guard !areOwnersSound.load(ordering: .relaxed) else { return }
    for block in 0..<owners.table.blockCount where !owners.check.isSound(block: block) {
      throw damagedOwners(block)
    }
    areOwnersSound.store(true, ordering: .relaxed)
  }

  /// The ordinal whose vector lies in `slot`; nil for a free slot.
  /// - Precondition: `verifyOwners` has passed.
  @inline(__always)
  func ownerKnownSound(_ slot: UInt32) -> Ordinal? {
    let ordinal = PageBlock.word(at: owners.table.row(slot))
    return ordinal == .max ? nil : Ordinal(ordinal)
  }

  private func damagedOwners(_ block: Int) -> EngineError {
    EngineError.corrupted("block \(block) of the owners of generation \(generation) is damaged")
  }
}

extension Transaction where Self: ~Copyable {
  /// What was measured of the recall of a space's graph.
  func curve(of record: SpaceRecord, _ tables: Tables) throws -> RecallCurve? {
    guard let value = try get(tables.curve, BlockKey(record.generation, 0)) else { return nil }
    return try EngineError.decoding("recall curve of space", record.name) { try RecallCurve(decoding: value) }
  }

  /// The quantizer of a space's codes.
  func codebook(of record: SpaceRecord, _ tables: Tables) throws -> Quantizer {
    guard let value = try get(tables.codebook, BlockKey(record.generation, 0)) else {
      throw EngineError.corrupted("space \"\(record.name)\" has codes but no codebook")
    }
    return try EngineError.decoding("codebook of space", record.name) {
      try CodebookRecord.decode(
        value, width: record.shape.encoding.codeWidth ?? .eight, dimension: record.shape.dimension)
    }
  }
}
