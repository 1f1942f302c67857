import Basics
import HNSW
import LMDB
import Records
import VectorMath

/// Stores blocks of a graph in transactions of bounded size.
struct GraphWriter {
  let engine: StorageEngine

  /// Changed bytes a transaction may hold: far below where LMDB 0.9.24 begins to spill pages.
  static let sliceBytes = 32 << 20

  /// A store of links, empty or begun from a snapshot.
  static func makeLinks(_ format: LinkFormat, startingFrom table: BlockTable? = nil) -> BlockStore {
    BlockStore(
      geometry: BlockGeometry(SealedBlockLayout(strideBytes: format.byteCount)),
      headerBytes: BlockHeader.byteCount, fill: 0xFF, startingFrom: table)
  }

  /// A store of codes, empty or begun from a snapshot.
  static func makeCodes(strideBytes: Int, startingFrom table: BlockTable? = nil) -> BlockStore {
    BlockStore(
      geometry: BlockGeometry(SealedBlockLayout(strideBytes: strideBytes)),
      headerBytes: BlockHeader.byteCount, fill: 0, startingFrom: table)
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
      KillPoint.pass(.generationSliceWritten)
    }
  }

  /// Puts blocks in the transaction at hand.
  func put(
    _ blocks: some Sequence<Int>, of store: BlockStore, kind: BlockKind, generation: UInt32,
    _ transaction: borrowing WriteTransaction
  ) throws {
    let table =
      switch kind {
      case .rows: engine.tables.rows
      case .codes: engine.tables.codes
      default: engine.tables.links
      }
    let pieceBytes =
      kind == .rows ? Int.max : SealedBlockLayout(strideBytes: store.geometry.strideBytes).pieceBytes
    for block in blocks {
      BlockHeader.seal(
        store.mutableBytes(ofBlock: block), kind: kind, generation: generation, number: UInt32(block),
        pieceBytes: pieceBytes)
      try transaction.put(table, BlockKey(generation, UInt32(block)), store.bytes(ofBlock: block))
    }
  }

  /// Puts the quantizer of a generation's codes.
  func putCodebook(
    _ quantizer: Quantizer, generation: UInt32, _ transaction: borrowing WriteTransaction
  ) throws {
    try transaction.put(
      engine.tables.codebook, BlockKey(generation, 0), CodebookRecord.encode(quantizer))
  }

  /// Puts what was measured of a generation's recall; nothing where nothing was.
  func putCurve(
    _ curve: RecallCurve, generation: UInt32, _ transaction: borrowing WriteTransaction
  ) throws {
    guard !curve.points.isEmpty else { return }
    try transaction.put(engine.tables.curve, BlockKey(generation, 0), curve.encoded())
  }

  /// Puts or removes the blocks in which the upper layers of some nodes lie.
  func putUpper(
    _ slots: some Sequence<UInt32>, of upper: UpperLayers, generation: UInt32,
    _ transaction: borrowing WriteTransaction
  ) throws {
    for number in Set(slots.map { $0 / UpperBlock.slotsPerBlock }).sorted() {
      let key = BlockKey(generation, number)
      guard
        var block = UpperBlock.encode(
          number: number, m: upper.m, level: { upper.level(of: $0) },
          links: { upper.links(of: $0, layer: 1).map { UnsafePointer($0) } })
      else {
        try transaction.delete(engine.tables.upper, key)
        continue
      }
      block.withUnsafeMutableBytes {
        BlockHeader.seal($0, kind: .upper, generation: generation, number: number)
      }
      try transaction.put(engine.tables.upper, key, block)
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
        PageBlock.setWord(index - first, in: page, to: words[index])
      }
      BlockHeader.seal(page, kind: kind, generation: generation, number: UInt32(number))
      try transaction.put(table, BlockKey(generation, UInt32(number)), UnsafeRawBufferPointer(page))
    }
  }
}

extension BlockGeometry {
  init(_ layout: SealedBlockLayout) {
    self.init(rowsPerBlock: layout.recordsPerBlock, strideBytes: layout.strideBytes)
  }
}
