import HNSW
import LMDB
import Records
import VectorMath

/// Stores blocks of a graph in transactions of bounded size.
struct GraphWriter {
  let engine: StorageEngine
  let record: SpaceRecord
  let rowLayout: RowBlockLayout
  let linkLayout: LinkBlockLayout

  /// Changed bytes a transaction may hold: far below where LMDB 0.9.24 begins to spill pages.
  static let sliceBytes = 32 << 20

  init(engine: StorageEngine, record: SpaceRecord, layout: RowLayout) {
    self.engine = engine
    self.record = record
    rowLayout = RowBlockLayout(strideBytes: layout.strideBytes)
    linkLayout = LinkBlockLayout(m: record.m)
  }

  var rowGeometry: BlockGeometry {
    BlockGeometry(rowsPerBlock: rowLayout.rowsPerBlock, strideBytes: rowLayout.strideBytes)
  }

  var linkGeometry: BlockGeometry {
    BlockGeometry(rowsPerBlock: linkLayout.recordsPerBlock, strideBytes: linkLayout.strideBytes)
  }

  /// An empty store of rows.
  func makeRows(startingFrom table: BlockTable? = nil) -> BlockStore {
    BlockStore(geometry: rowGeometry, headerBytes: rowLayout.headerBytes, fill: 0, startingFrom: table)
  }

  /// An empty store of links.
  func makeLinks(startingFrom table: BlockTable? = nil) -> BlockStore {
    BlockStore(geometry: linkGeometry, headerBytes: BlockHeader.byteCount, fill: 0xFF, startingFrom: table)
  }

  /// Copies one row into a private block and notes its checksum.
  func setRow(_ slot: UInt32, _ row: UnsafeRawPointer, in rows: BlockStore) {
    let target = rows.mutableRow(slot)
    target.copyMemory(from: row, byteCount: rowLayout.strideBytes)
    let block = rowGeometry.block(of: slot)
    let index = Int(slot) - block * rowGeometry.rowsPerBlock
    rowLayout.sealRow(base: target - index * rowLayout.strideBytes, index: index, slot: slot)
  }

  /// Puts private blocks in slices, each in a transaction of its own.
  func putSliced(_ store: BlockStore, kind: BlockKind, generation: UInt32) throws {
    let blocks = store.privateBlocks
    let perSlice = max(1, Self.sliceBytes / store.blockBytes)
    for first in stride(from: 0, to: blocks.count, by: perSlice) {
      let slice = blocks[first..<min(blocks.count, first + perSlice)]
      try engine.environment.write { transaction in
        try put(slice, of: store, kind: kind, generation: generation, transaction)
      }
    }
  }

  /// Puts blocks in the transaction at hand.
  func put(
    _ blocks: some Sequence<Int>, of store: BlockStore, kind: BlockKind, generation: UInt32,
    _ transaction: borrowing WriteTransaction
  ) throws {
    let table = kind == .rows ? engine.tables.rows : engine.tables.links
    for block in blocks {
      BlockHeader.seal(
        store.mutableBytes(ofBlock: block), kind: kind, generation: generation, number: UInt32(block))
      try transaction.put(table, BlockKey(generation, UInt32(block)), store.bytes(ofBlock: block))
    }
  }

  /// Puts or removes the upper layers of some nodes.
  func putUpper(
    _ slots: some Sequence<UInt32>, of upper: UpperLayers, generation: UInt32,
    _ transaction: borrowing WriteTransaction
  ) throws {
    for slot in slots {
      let level = upper.level(of: slot)
      let key = BlockKey(generation, slot)
      guard level > 0, let links = upper.links(of: slot, layer: 1) else {
        try transaction.delete(engine.tables.upper, key)
        continue
      }
      try transaction.put(
        engine.tables.upper, key, UpperRecord.encode(level: level, links: links, m: record.m))
    }
  }

  /// Puts whole tables of words (owners, places) of a new generation, sealed.
  func putWords(
    _ words: [UInt32], kind: BlockKind, generation: UInt32, _ transaction: borrowing WriteTransaction
  ) throws {
    let table = kind == .owners ? engine.tables.owners : engine.tables.places
    let page = UnsafeMutableRawBufferPointer.allocate(byteCount: PageBlock.byteCount, alignment: 16)
    defer { page.deallocate() }
    for (number, first) in stride(from: 0, to: words.count, by: PageBlock.wordsPerBlock).enumerated() {
      _ = page.initializeMemory(as: UInt8.self, repeating: 0xFF)
      for index in first..<min(words.count, first + PageBlock.wordsPerBlock) {
        page.setWord(index - first, to: words[index])
      }
      BlockHeader.seal(page, kind: kind, generation: generation, number: UInt32(number))
      try transaction.put(table, BlockKey(generation, UInt32(number)), UnsafeRawBufferPointer(page))
    }
  }
}
