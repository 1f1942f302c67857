import HNSW
import LMDB
import Records
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
  /// The ordinal of each slot. A copy: a page block may lie in a page that others share, whose address moves.
  private let owners: UnsafeMutablePointer<UInt32>

  init<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, exact: DistanceFunction, _ layout: RowLayout, _ tables: Tables,
    _ transaction: borrowing T
  ) throws {
    generation = record.generation
    version = record.graphVersion
    slotCount = record.slotCount
    rows = try CheckedRows.vectors(record, strideBytes: layout.strideBytes, tables, transaction)
    links = try CheckedRows.sealed(tables.links, .links, record, .links(m: record.m), transaction)
    var distance = exact
    if record.encoding.hasCodes, record.slotCount > 0 {
      let quantizer = try transaction.codebook(of: record, tables)
      codes = try CheckedRows.sealed(
        tables.codes, .codes, record, SealedBlockLayout(strideBytes: quantizer.strideBytes), transaction)
      distance = DistanceFunction(
        metric: record.metric, layout: layout, quantizer: quantizer, kernels: exact.kernels)
    } else {
      codes = nil
    }
    curve = try transaction.curve(of: record, tables)
    owners = try Self.loadOwners(record, tables, transaction)
    let walked = codes ?? rows
    view = GraphView(
      rows: walked.table,
      links: links.table,
      upper: try Self.loadUpper(record, tables, transaction), distance: distance,
      slotCount: record.slotCount, entryPoint: record.entryPoint == .max ? nil : Slot(record.entryPoint),
      maxLevel: record.maxLevel, section: record.linkSection, rowCheck: walked.check,
      rowCheckUnit: codes == nil ? .row : .block, linkCheck: links.check)
  }

  deinit {
    owners.deallocate()
  }

  /// The ordinal whose vector lies in `slot`; nil for a free slot.
  @inline(__always)
  func owner(of slot: UInt32) -> Ordinal? {
    let ordinal = owners[Int(slot)]
    return ordinal == .max ? nil : Ordinal(ordinal)
  }

  /// The vector in `slot`, verified.
  func row(_ slot: UInt32, space: String) throws -> UnsafeRawPointer {
    guard rows.check.isSound(slot) else { throw EngineError.damagedGraph(space, .damagedRow(Slot(slot))) }
    return rows.table.row(slot)
  }

  private static func loadOwners<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, _ tables: Tables, _ transaction: borrowing T
  ) throws -> UnsafeMutablePointer<UInt32> {
    let owners = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, record.slotCount))
    var loaded = 0
    do {
      try transaction.forEach(tables.owners, prefix: record.generation) { _, value in
        try checkPageBlock(
          value, .owners, record.generation, UInt32(loaded / PageBlock.wordsPerBlock))
        let count = max(0, min(PageBlock.wordsPerBlock, record.slotCount - loaded))
        if count > 0, let source = value.baseAddress {
          UnsafeMutableRawPointer(owners + loaded)
            .copyMemory(from: source + BlockHeader.byteCount, byteCount: 4 * count)
        }
        loaded += PageBlock.wordsPerBlock
        return .next
      }
      guard loaded >= record.slotCount else {
        throw EngineError.corrupted(
          "space \"\(record.name)\" has owners for fewer than its \(record.slotCount) slots")
      }
    } catch {
      owners.deallocate()
      throw error
    }
    return owners
  }

  private static func loadUpper<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, _ tables: Tables, _ transaction: borrowing T
  ) throws -> UpperLayers {
    let upper = UpperLayers(m: record.m, expected: record.slotCount / max(1, record.m - 1))
    try transaction.forEach(tables.upper, prefix: record.generation) { key, value in
      let number = BlockKey(keyBytes: key)?.second ?? .max
      do {
        var isInside = true
        try UpperBlock.forEach(value, number: number, m: record.m) { node in
          guard node.slot < UInt32(record.slotCount) else { return isInside = false }
          let links = upper.add(node.slot, level: node.level)
          if let source = node.links.baseAddress {
            UnsafeMutableRawPointer(links).copyMemory(from: source, byteCount: node.links.count)
          }
        }
        guard isInside else { throw RecordError.invalid("a node outside the graph") }
      } catch let error as RecordError {
        throw EngineError.corrupted("upper layers of space", "\(record.name), block \(number)", error)
      }
      return .next
    }
    return upper
  }
}

extension Transaction where Self: ~Copyable {
  /// What was measured of the recall of a space's graph.
  func curve(of record: SpaceRecord, _ tables: Tables) throws -> RecallCurve? {
    guard let value = try get(tables.curve, BlockKey(record.generation, 0)) else { return nil }
    do { return try RecallCurve(decoding: value) } catch {
      throw EngineError.corrupted("recall curve of space", record.name, error)
    }
  }

  /// The quantizer of a space's codes.
  func codebook(of record: SpaceRecord, _ tables: Tables) throws -> Quantizer {
    guard let value = try get(tables.codebook, BlockKey(record.generation, 0)) else {
      throw EngineError.corrupted("space \"\(record.name)\" has codes but no codebook")
    }
    do {
      return try CodebookRecord.decode(
        value, width: record.encoding.codeWidth ?? .eight, dimension: record.dimension)
    } catch {
      throw EngineError.corrupted("codebook of space", record.name, error)
    }
  }
}
