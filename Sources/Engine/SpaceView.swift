import Basics
import HNSW
import LMDB
import Platform
package import Records
package import VectorMath

/// One space as a snapshot sees it: the graph, which of its nodes are deleted, and the tail.
package final class SpaceView: @unchecked Sendable {  // unchanging after `init`
  package let record: SpaceRecord
  package let layout: RowLayout
  /// Over whole vectors; a search may walk over codes by `graph.view.distance` and ranks by this one.
  package let distance: DistanceFunction
  let graph: SpaceGraph
  /// A bit for each slot that a search may return; nil where it may return all of them.
  let live: LiveBits?
  let tail: TailView

  /// Resolves a space, taking over from `previous`, an older view that is still valid, what did not change.
  init<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, previous: SpaceView?, kernels: Kernels, _ tables: Tables,
    _ transaction: borrowing T
  ) throws {
    self.record = record
    layout = try record.definition.layout
    distance = DistanceFunction(metric: record.shape.metric, layout: layout, kernels: kernels)
    let old = previous.flatMap {
      $0.record.number == record.number && $0.record.generation == record.generation ? $0 : nil
    }
    let sameGraph = old.map { $0.record.graphVersion == record.graphVersion } ?? false
    if let old, sameGraph {
      graph = old.graph
    } else {
      graph = try SpaceGraph(record, exact: distance, layout, tables, transaction)
    }
    if let old, sameGraph, old.record.deadVersion == record.deadVersion {
      live = old.live
    } else {
      live = record.deadCount > 0 ? try LiveBits(record, tables, transaction) : nil
    }
    // Rows of the tail lie inside leaf pages that other spaces' rows share, so their addresses are this commit's own.
    tail = try TailView(record, layout, tables, transaction)
  }

  /// What is known of the graph's recall; nil for one so small that all of it can be compared.
  package var recallCurve: RecallCurve? { graph.curve }

  /// How hard to look for recall@k of `target`: by the curve, or at everything where there is none.
  package func effort(forRecall target: Double, k: Int) -> Effort {
    guard target < 1, let width = graph.curve?.beamWidth(forRecall: target, k: k) else { return .exact }
    return width * 4 >= record.nodeCount ? .exact : .beam(width)
  }

  /// Whether the codes of `slot` are what its vector gives; both are sound by their checksums.
  func codesMatchRow(_ slot: UInt32) -> Bool {
    guard let codes = graph.codes, let quantizer = graph.view.distance.quantizer else { return true }
    return withUnsafeTemporaryAllocation(
      byteCount: quantizer.strideBytes, alignment: RowLayout.alignmentBytes
    ) {
      guard let start = $0.baseAddress else { return false }
      quantizer.encode(layout.decoded(graph.rows.table.row(slot)), into: start)
      return memcmp(start, codes.table.row(slot), quantizer.strideBytes) == 0
    }
  }

  /// The vector in `slot` of the graph, verified.
  func row(_ slot: UInt32) throws -> UnsafeRawPointer {
    guard graph.rows.check.isSound(slot) else {
      throw EngineError.damagedGraph(record.name, .damagedRow(Slot(slot)))
    }
    return graph.rows.table.row(slot)
  }

  /// Visits every live vector's row and place: the graph's by slot, then the tail's.
  func forEachRow(_ body: (Ordinal, UnsafeRawPointer, Place) throws -> Void) throws {
    for slot in 0..<UInt32(graph.slotCount) where isLive(slot) {
      guard let ordinal = try graph.owner(of: slot) else { continue }
      try body(ordinal, try row(slot), .graph(slot: slot))
    }
    for index in 0..<tail.count {
      guard let row = tail.rows[index] else { continue }
      try body(tail.ordinals[index], row, .tail(sequence: tail.sequences[index]))
    }
  }

  /// Whether the node in `slot` is in use and not deleted.
  func isLive(_ slot: UInt32) -> Bool {
    live?.contains(slot) ?? true
  }
}

/// The slots that are not deleted, as bits in memory.
final class LiveBits: @unchecked Sendable {  // unchanging after `init`
  let words: UnsafeMutablePointer<UInt64>
  private let slotCount: Int

  init<T: Transaction & ~Copyable>(_ record: SpaceRecord, _ tables: Tables, _ transaction: borrowing T) throws
  {
    slotCount = record.slotCount
    let wordCount = max(1, (record.slotCount + 63) / 64)
    words = .allocate(capacity: wordCount)
    words.initialize(repeating: .max, count: wordCount)
    let bytes = UnsafeMutableRawPointer(words)
    let limit = wordCount * 8
    let perBlock = PageBlock.bitsPerBlock / 8
    try transaction.forEach(tables.dead, prefix: record.generation) { key, value in
      guard let block = BlockKey(keyBytes: key)?.second else { return .next }
      try checkPageBlock(value, .dead, record.generation, block)
      let first = Int(block) * perBlock
      for (index, dead) in PageBlock.bits(in: value).prefix(max(0, limit - first)).enumerated() {
        bytes.storeBytes(of: ~dead, toByteOffset: first + index, as: UInt8.self)
      }
      return .next
    }
  }

  deinit { words.deallocate() }

  func contains(_ slot: UInt32) -> Bool {
    Int(slot) < slotCount && words[Int(slot >> 6)] & (1 << UInt64(slot & 63)) != 0
  }
}

/// The rows written since the last merge, oldest first.
final class TailView: @unchecked Sendable {  // unchanging after `init`
  private(set) var rows: [UnsafeRawPointer?] = []
  private(set) var ordinals: [Ordinal] = []
  private(set) var sequences: [UInt32] = []

  /// Every row is verified here: a tail is small, and read whole by each query.
  init<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, _ layout: RowLayout, _ tables: Tables, _ transaction: borrowing T
  ) throws {
    // A count from the file asks for no more memory than a tail usually takes.
    let expected = min(record.tailCount, 1 << 16)
    rows.reserveCapacity(expected)
    ordinals.reserveCapacity(expected)
    sequences.reserveCapacity(expected)
    try transaction.forEach(tables.tail, prefix: record.number) { key, value in
      guard let sequence = BlockKey(keyBytes: key)?.second else { return .next }
      let (ordinal, row) = try EngineError.decoding("tail of \"\(record.name)\" row", "\(sequence)") {
        try TailRecord.decode(value, sequence: sequence, strideBytes: layout.strideBytes)
      }
      rows.append(row)
      ordinals.append(ordinal)
      sequences.append(sequence)
      return .next
    }
    guard rows.count == record.tailCount else {
      throw EngineError.corrupted(
        "space \"\(record.name)\" has \(rows.count) rows in its tail where \(record.tailCount) belong")
    }
  }

  var count: Int { rows.count }
}
