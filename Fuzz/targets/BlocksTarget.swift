import Basics
import Records

extension FuzzTarget {
  /// Headers of blocks with their checksums, page blocks and rows.
  static let blocks = FuzzTarget("blocks", maximumBytes: 8_192) { bytes in
    var input = FuzzInput(bytes)
    let kind = BlockKind(rawValue: UInt8(1 + input.below(8))) ?? .rows
    let (generation, number) = (input.number(UInt32.self), input.number(UInt32.self))
    let pieces = 1 + input.below(BlockHeader.pieceLimit)
    let place = Int(input.number(UInt16.self))
    let block = ExactBytes(input.rest)
    let pieceBytes = max(1, (block.bytes.count - BlockHeader.byteCount + pieces - 1) / pieces)
    func isSound(_ bytes: UnsafeRawBufferPointer, number: UInt32 = number) -> Bool {
      BlockHeader.isSound(
        bytes, kind: kind, generation: generation, number: number, pieceBytes: pieceBytes)
    }
    _ = isSound(block.bytes)
    guard block.bytes.count >= BlockHeader.byteCount else { return }
    BlockHeader.seal(
      block.buffer, kind: kind, generation: generation, number: number, pieceBytes: pieceBytes)
    guard kind != .rows else { return try checkRows(&input, slot: number) }
    try hold(isSound(block.bytes), "a block that was sealed is damaged")
    try hold(!isSound(block.bytes, number: number ^ 1), "a block is taken for another")
    try checkCells(block, place)
    guard block.bytes.count > BlockHeader.byteCount else { return }
    BlockHeader.seal(
      block.buffer, kind: kind, generation: generation, number: number, pieceBytes: pieceBytes)
    let body = BlockHeader.byteCount + place % (block.bytes.count - BlockHeader.byteCount)
    block.buffer[body] ^= 1 << UInt8(place % 8)
    try hold(!isSound(block.bytes), "a bit of byte \(body) is turned and not noticed")
  } samples: {
    let rest = (0..<PageBlock.byteCount).map { UInt8(truncatingIfNeeded: $0 / 8) }
    return (0..<8).map { kind in
      [UInt8(kind), 5, 0, 0, 0, 1, 0, 0, 0, UInt8(kind), 9, 1] + (kind == 2 ? rest : Array(rest.prefix(200)))
    }
  }

  /// Words, bits and cells: what is set is found, and nothing beside it changes.
  private static func checkCells(_ block: ExactBytes, _ place: Int) throws {
    guard block.bytes.count == PageBlock.byteCount else { return }
    let before = Array(block.bytes)
    let word = place % PageBlock.wordsPerBlock
    let stored = PageBlock.word(word, in: block.bytes)
    let found = Place(stored: stored)
    try hold(found.stored == stored, "\(found) of \(stored)")
    PageBlock.setWord(word, in: block.buffer, to: ~stored)
    try hold(PageBlock.word(word, in: block.bytes) == ~stored, "word \(word)")
    PageBlock.setWord(word, in: block.buffer, to: stored)
    let bit = place % PageBlock.bitsPerBlock
    let isSet = PageBlock.bits(in: block.bytes)[bit / 8] & 1 << UInt8(bit % 8) != 0
    PageBlock.setBit(bit, in: block.buffer, to: !isSet)
    PageBlock.setBit(bit, in: block.buffer, to: isSet)
    let cell = place % PageBlock.cellsPerBlock
    guard let cells = PageBlock.cells(in: block.bytes) else { throw FuzzFailure("a block without cells") }
    PageBlock.setCell(cell, in: block.buffer, to: (cells.tags[cell], cells.payloads[cell].littleEndian))
    try hold(block.bytes.elementsEqual(before), "a cell changed another")
  }

  /// Rows of a block, each with the checksum of its slot.
  private static func checkRows(_ input: inout FuzzInput, slot: UInt32) throws {
    let layout = RowBlockLayout(strideBytes: 64 * (1 + input.below(8)))
    let index = Int(slot) % layout.rowsPerBlock
    let block = ExactBytes(input.rest, count: layout.blockBytes)
    guard let base = block.buffer.baseAddress.map({ $0 + layout.headerBytes }) else { return }
    layout.sealRow(base: base, index: index, slot: slot)
    try hold(layout.isRowSound(base: base, index: index, slot: slot), "row \(index)")
    try hold(!layout.isRowSound(base: base, index: index, slot: slot ^ 1), "row \(index) of another slot")
  }
}
