import Basics
import Records
import Testing
import VectorMath

@Suite struct BlockTests {
  private static let kinds: [BlockKind] = [.links, .owners, .places, .dead, .column]

  private func sealedBlock(_ kind: BlockKind, bodyBytes: Int = 100) -> [UInt8] {
    var generator = SeededGenerator(seed: 81)
    var block = [UInt8](repeating: 0, count: 48)
    for _ in 0..<bodyBytes { block.append(UInt8.random(in: 0...255, using: &generator)) }
    block.withUnsafeMutableBytes { BlockHeader.seal($0, kind: kind, generation: 6, number: 3) }
    return block
  }

  private func isSound(
    _ block: [UInt8], _ kind: BlockKind, generation: UInt32 = 6, number: UInt32 = 3
  ) -> Bool {
    block.withUnsafeBytes { BlockHeader.isSound($0, kind: kind, generation: generation, number: number) }
  }

  @Test(arguments: kinds) func everyFlippedBitIsNoticedOrMeansNothing(kind: BlockKind) {
    let block = sealedBlock(kind)
    #expect(isSound(block, kind))
    // Bytes of the header that are kept zero for later and read by nobody.
    let spare = Set([6, 7]).union(20..<48)
    for bit in 0..<block.count * 8 {
      var damaged = block
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(isSound(damaged, kind) == spare.contains(bit / 8), "bit \(bit)")
    }
  }

  @Test(arguments: kinds) func everyTruncationIsNoticed(kind: BlockKind) {
    let block = sealedBlock(kind)
    for count in 0..<block.count { #expect(!isSound(Array(block.prefix(count)), kind), "\(count) bytes") }
  }

  @Test(arguments: kinds) func aBlockInAnotherPlaceIsNoticed(kind: BlockKind) {
    let block = sealedBlock(kind)
    #expect(!isSound(block, kind, generation: 7))
    #expect(!isSound(block, kind, number: 2))
    // The two are mixed for the checksum; swapped they give the same mixture.
    #expect(!isSound(block, kind, generation: 3, number: 6))
    for other in Self.kinds where other != kind { #expect(!isSound(block, other)) }
  }

  @Test func everyFlippedBitIsNoticedInItsPieceAlone() {
    // Four pieces of 32 bytes and one of 12.
    var block = [UInt8](repeating: 0, count: 48) + (0..<140).map { UInt8($0) }
    func seal() {
      block.withUnsafeMutableBytes {
        BlockHeader.seal($0, kind: .codes, generation: 6, number: 3, pieceBytes: 32)
      }
    }
    func soundPieces(_ block: [UInt8], number: UInt32 = 3) -> [Int] {
      block.withUnsafeBytes { bytes in
        (0..<5).filter {
          BlockHeader.isPieceSound(bytes, $0, pieceBytes: 32, generation: 6, number: number)
        }
      }
    }
    seal()
    #expect(soundPieces(block) == [0, 1, 2, 3, 4])
    #expect(soundPieces(block, number: 2) == [])
    for bit in 48 * 8..<block.count * 8 {
      var damaged = block
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let piece = (bit / 8 - 48) / 32
      #expect(soundPieces(damaged) == [0, 1, 2, 3, 4].filter { $0 != piece }, "bit \(bit)")
      #expect(
        !damaged.withUnsafeBytes {
          BlockHeader.isSound($0, kind: .codes, generation: 6, number: 3, pieceBytes: 32)
        }, "bit \(bit)")
    }
    // Equal pieces that change places with their checksums are noticed too.
    block.replaceSubrange(48..<80, with: block[80..<112])
    seal()
    let first = Array(block[16..<20])
    block.replaceSubrange(16..<20, with: block[20..<24])
    block.replaceSubrange(20..<24, with: first)
    #expect(soundPieces(block) == [2, 3, 4])
  }

  @Test func everyFlippedBitOfARowIsNoticedAndOnlyThere() {
    let layout = RowBlockLayout(strideBytes: 64)
    var generator = SeededGenerator(seed: 82)
    withBlock(layout) { base in
      for index in 0..<layout.rowsPerBlock {
        for byte in 0..<64 {
          base.storeBytes(
            of: UInt8.random(in: 0...255, using: &generator), toByteOffset: index * 64 + byte, as: UInt8.self)
        }
        layout.sealRow(base: base, index: index, slot: UInt32(1_000 + index))
      }
      func sound(_ index: Int) -> Bool {
        layout.isRowSound(base: base, index: index, slot: UInt32(1_000 + index))
      }
      #expect((0..<layout.rowsPerBlock).allSatisfy(sound))
      for bit in 0..<64 * 8 {
        let offset = 5 * 64 + bit / 8
        let value = base.load(fromByteOffset: offset, as: UInt8.self)
        base.storeBytes(of: value ^ 1 << UInt8(bit % 8), toByteOffset: offset, as: UInt8.self)
        #expect(!sound(5), "bit \(bit)")
        #expect(sound(4) && sound(6))
        base.storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
      }
      // A row in another's place carries the wrong slot.
      #expect(!layout.isRowSound(base: base, index: 5, slot: 1_006))
    }
  }

  private func withBlock(_ layout: RowBlockLayout, _ body: (UnsafeMutableRawPointer) -> Void) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.blockBytes, alignment: 64)
    defer { block.deallocate() }
    _ = block.initializeMemory(as: UInt8.self, repeating: 0)
    if let start = block.baseAddress { body(start + layout.headerBytes) }
  }

  /// LMDB puts a large value 16 bytes into a page; rows must begin on cache lines from there and fill whole pages.
  @Test func rowBlocksOfEveryWidthFillPagesAndLines() {
    for stride in Swift.stride(from: 64, through: 65_536, by: 64) {
      let layout = RowBlockLayout(strideBytes: stride)
      let pages = (layout.blockBytes + 16 + 4_095) / 4_096
      #expect((16 + layout.headerBytes) % 64 == 0, "stride \(stride)")
      #expect(layout.headerBytes >= BlockHeader.byteCount + 4 * layout.rowsPerBlock, "stride \(stride)")
      #expect((16...(1 << 20)).contains(layout.rowsPerBlock), "stride \(stride)")
      #expect(pages >= 16, "stride \(stride)")
      // What is left over is smaller than a row, its checksum and one line of padding.
      #expect(pages * 4_096 - 16 - layout.blockBytes < stride + 4 + 64, "stride \(stride)")
      #expect(
        pages == 16 || layout.rowsPerBlock * (stride + 4) * 100 >= pages * 4_096 * 98, "stride \(stride)")
      #expect(layout.blockBytes <= 16 << 20, "a value LMDB would not take: stride \(stride)")
    }
  }

  @Test func linkBlocksOfEveryWidthFillWholePages() {
    for stride in 8...1_024 {
      let layout = SealedBlockLayout(strideBytes: stride)
      let pages = (layout.blockBytes + 16 + 4_095) / 4_096
      #expect((4..<8).contains(pages), "stride \(stride)")
      #expect(pages * 4_096 - 16 - layout.blockBytes < stride, "stride \(stride)")
      #expect(layout.recordsPerPiece * 8 >= layout.recordsPerBlock, "stride \(stride)")
    }
  }

  @Test func codeBlocksOfEveryWidthFillWholePages() {
    for stride in stride(from: 64, through: 16_384, by: 64) {
      let layout = SealedBlockLayout(strideBytes: stride)
      let pages = (layout.blockBytes + 16 + 4_095) / 4_096
      #expect(layout.recordsPerBlock >= 4, "stride \(stride)")
      #expect(layout.recordsPerPiece * 8 >= layout.recordsPerBlock, "stride \(stride)")
      #expect(pages >= 4 && pages < 64, "stride \(stride)")
      #expect(pages * 4_096 - 16 - layout.blockBytes < stride, "stride \(stride)")
    }
  }

  @Test func pageBlocksFillOnePage() {
    #expect(PageBlock.byteCount == 4_080)
    #expect(PageBlock.wordsPerBlock == 1_008)
    #expect(PageBlock.bitsPerBlock == 32_256)
    #expect(PageBlock.cellsPerBlock == 448)
  }
}
