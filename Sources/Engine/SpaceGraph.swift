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
  let view: GraphView
  /// The ordinal of each slot. A copy: a page block may lie in a page that others share, whose address moves.
  private let owners: UnsafeMutablePointer<UInt32>
  private let rowBases: UnsafeMutablePointer<UnsafeRawPointer>
  private let linkBases: UnsafeMutablePointer<UnsafeRawPointer>

  init<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, _ distance: DistanceFunction, _ layout: RowLayout, _ tables: Tables,
    _ transaction: borrowing T
  ) throws {
    generation = record.generation
    version = record.graphVersion
    slotCount = record.slotCount
    let rowLayout = RowBlockLayout(strideBytes: layout.strideBytes)
    let linkLayout = LinkBlockLayout(m: record.m)
    let rowGeometry = BlockGeometry(rowsPerBlock: rowLayout.rowsPerBlock, strideBytes: rowLayout.strideBytes)
    let linkGeometry = BlockGeometry(
      rowsPerBlock: linkLayout.recordsPerBlock, strideBytes: linkLayout.strideBytes)
    let rowBlocks = try Self.resolve(
      tables.rows, .rows, record, rowGeometry, rowLayout.blockBytes, transaction)
    let linkBlocks = try Self.resolve(
      tables.links, .links, record, linkGeometry, linkLayout.blockBytes, transaction)
    owners = try Self.loadOwners(record, tables, transaction)
    rowBases = Self.bases(rowBlocks, headerBytes: rowLayout.headerBytes)
    linkBases = Self.bases(linkBlocks, headerBytes: BlockHeader.byteCount)
    let rows = BlockTable(geometry: rowGeometry, bases: rowBases, blockCount: rowBlocks.count)
    let links = BlockTable(geometry: linkGeometry, bases: linkBases, blockCount: linkBlocks.count)
    let generation = record.generation
    let rowCheck = FirstTouch(count: record.slotCount) { slot in
      let block = rowGeometry.block(of: slot)
      return BlockHeader.matches(
        rowBlocks.values[block], kind: .rows, generation: generation, number: UInt32(block))
        && rowLayout.isRowSound(
          base: rows.base(ofBlock: block), index: Int(slot) - block * rowGeometry.rowsPerBlock, slot: slot)
    }
    let linkCheck = FirstTouch(count: linkBlocks.count) { block in
      BlockHeader.isSound(
        linkBlocks.values[Int(block)], kind: .links, generation: generation, number: block)
    }
    view = GraphView(
      rows: rows, links: links, upper: try Self.loadUpper(record, tables, transaction), distance: distance,
      slotCount: record.slotCount, entryPoint: record.entryPoint == .max ? nil : Slot(record.entryPoint),
      maxLevel: record.maxLevel, rowCheck: rowCheck, linkCheck: linkCheck)
  }

  deinit {
    owners.deallocate()
    rowBases.deallocate()
    linkBases.deallocate()
  }

  /// The ordinal whose vector lies in `slot`; nil for a free slot.
  @inline(__always)
  func owner(of slot: UInt32) -> Ordinal? {
    let ordinal = owners[Int(slot)]
    return ordinal == .max ? nil : Ordinal(ordinal)
  }

  /// The row of `slot`, verified.
  func row(_ slot: UInt32, space: String) throws -> UnsafeRawPointer {
    guard view.isRowSound(Slot(slot)) else { throw EngineError.damagedGraph(space, .damagedRow(Slot(slot))) }
    return view.row(Slot(slot))
  }

  private struct Blocks: @unchecked Sendable {  // addresses in the map, read only
    var values: [UnsafeRawBufferPointer]
    var count: Int { values.count }
  }

  /// The blocks of a table in order, each of the right size; headers and contents are verified when first used.
  private static func resolve<T: Transaction & ~Copyable>(
    _ table: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, _ geometry: BlockGeometry,
    _ blockBytes: Int,
    _ transaction: borrowing T
  ) throws -> Blocks {
    var blocks = Blocks(values: [])
    let expected = geometry.blockCount(forSlots: record.slotCount)
    blocks.values.reserveCapacity(expected)
    try transaction.forEach(table, prefix: record.generation) { key, value in
      let number = UInt32(blocks.count)
      guard BlockKey(keyBytes: key)?.second == number, value.count == blockBytes else {
        throw EngineError.corrupted(
          "space \"\(record.name)\": block \(number) of the \(kind) is missing or has \(value.count) of \(blockBytes) bytes"
        )
      }
      blocks.values.append(value)
      return .next
    }
    guard blocks.count == expected else {
      throw EngineError.corrupted(
        "space \"\(record.name)\" has \(blocks.count) blocks of \(kind) where \(expected) belong")
    }
    return blocks
  }

  private static func bases(_ blocks: Blocks, headerBytes: Int) -> UnsafeMutablePointer<UnsafeRawPointer> {
    let bases = UnsafeMutablePointer<UnsafeRawPointer>.allocate(capacity: max(1, blocks.count))
    for (index, block) in blocks.values.enumerated() {
      if let start = block.baseAddress { (bases + index).initialize(to: start + headerBytes) }
    }
    return bases
  }

  private static func loadOwners<T: Transaction & ~Copyable>(
    _ record: SpaceRecord, _ tables: Tables, _ transaction: borrowing T
  ) throws -> UnsafeMutablePointer<UInt32> {
    let owners = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, record.slotCount))
    owners.initialize(repeating: .max, count: max(1, record.slotCount))
    var loaded = 0
    do {
      try transaction.forEach(tables.owners, prefix: record.generation) { _, value in
        try checkPageBlock(
          value, .owners, record.generation, UInt32(loaded / PageBlock.wordsPerBlock))
        let count = max(0, min(PageBlock.wordsPerBlock, record.slotCount - loaded))
        for index in 0..<count { owners[loaded + index] = value.word(index) }
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
      guard let slot = BlockKey(keyBytes: key)?.second, slot < UInt32(record.slotCount) else {
        throw EngineError.corrupted("space \"\(record.name)\": an upper layer has a node outside the graph")
      }
      do {
        let (level, links) = try UpperRecord.decode(value, m: record.m)
        upper.add(slot, level: level)
        for layer in 1...level {
          guard let target = upper.links(of: slot, layer: layer) else { continue }
          for index in 0..<record.m { target[index] = links[(layer - 1) * record.m + index] }
        }
      } catch let error as RecordError {
        throw EngineError.corrupted("upper layers of slot", "\(slot)", error)
      }
      return .next
    }
    return upper
  }
}
