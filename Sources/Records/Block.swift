import Basics
import CKernels

/// What a block holds; stored in its header.
package enum BlockKind: UInt8, Sendable {
  case rows = 1
  case links = 2
  case owners = 3
  case places = 4
  case dead = 5
  case column = 6
  case codes = 7
  case upper = 8
}

/// The 48 bytes before a block's rows. LMDB puts a large value 16 bytes into its pages, so row 0 begins a cache line.
///
/// The header: `u32 magic · u8 kind · u8 version · u16 0 ·
/// u32 generation · u32 number · 8 × u32 CRC-32C of the
/// pieces`. Where nothing is said of pieces there is one,
/// all of the block. Vectors have none: their rows carry their own.
package enum BlockHeader {
  package static let byteCount = 48
  /// Pieces that a block may have, each with a checksum, so that little is read to verify what one search touches.
  package static let pieceLimit = 8
  static let magic: UInt32 = 0x314B_4C42  // "BLK1"
  static let version: UInt8 = 1
  private static let checksumOffset = 16

  /// Writes a header and the checksums of what follows it.
  /// - Parameter pieceBytes: bytes of each piece but the last, at least an eighth of what follows the header.
  package static func seal(
    _ block: UnsafeMutableRawBufferPointer, kind: BlockKind, generation: UInt32, number: UInt32,
    pieceBytes: Int = .max
  ) {
    block.storeBytes(of: magic.littleEndian, toByteOffset: 0, as: UInt32.self)
    block.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
    block.storeBytes(of: version, toByteOffset: 5, as: UInt8.self)
    block.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
    block.storeBytes(of: generation.littleEndian, toByteOffset: 8, as: UInt32.self)
    block.storeBytes(of: number.littleEndian, toByteOffset: 12, as: UInt32.self)
    for offset in stride(from: checksumOffset, to: byteCount, by: 8) {
      block.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
    }
    guard kind != .rows else { return }
    for piece in 0..<pieceCount(block.count, pieceBytes) {
      let bytes = pieceOf(UnsafeRawBufferPointer(block), piece, pieceBytes)
      block.storeBytes(
        of: crc32c(bytes, seed: seed(generation, number, piece)).littleEndian,
        toByteOffset: checksumOffset + 4 * piece, as: UInt32.self)
    }
  }

  /// Whether the header is that of this very block, without looking at what follows it.
  package static func matches(
    _ block: UnsafeRawBufferPointer, kind: BlockKind, generation: UInt32, number: UInt32
  ) -> Bool {
    block.count >= byteCount
      && UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 0, as: UInt32.self)) == magic
      && block[4] == kind.rawValue && block[5] == version
      && UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 8, as: UInt32.self)) == generation
      && UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) == number
  }

  /// The number in the header of a block of that kind and generation; nil where it is none.
  package static func number(of block: [UInt8], kind: BlockKind, generation: UInt32) -> UInt32? {
    block.withUnsafeBytes { block in
      guard block.count >= byteCount else { return nil }
      let number = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
      return matches(block, kind: kind, generation: generation, number: number) ? number : nil
    }
  }

  /// Whether a block with checksums is as it was written, all of it.
  package static func isSound(
    _ block: UnsafeRawBufferPointer, kind: BlockKind, generation: UInt32, number: UInt32,
    pieceBytes: Int = .max
  ) -> Bool {
    matches(block, kind: kind, generation: generation, number: number)
      && (0..<pieceCount(block.count, pieceBytes)).allSatisfy {
        isPieceSound(block, $0, pieceBytes: pieceBytes, generation: generation, number: number)
      }
  }

  /// Whether one piece of a block is as it was written; of the header only its checksum is looked at.
  package static func isPieceSound(
    _ block: UnsafeRawBufferPointer, _ piece: Int, pieceBytes: Int, generation: UInt32, number: UInt32
  ) -> Bool {
    let stored = UInt32(
      littleEndian: block.loadUnaligned(fromByteOffset: checksumOffset + 4 * piece, as: UInt32.self))
    return stored == crc32c(pieceOf(block, piece, pieceBytes), seed: seed(generation, number, piece))
  }

  private static func pieceCount(_ blockBytes: Int, _ pieceBytes: Int) -> Int {
    let bodyBytes = blockBytes - byteCount
    let count = pieceBytes >= bodyBytes ? 1 : (bodyBytes + pieceBytes - 1) / pieceBytes
    precondition(count <= pieceLimit, "a block has at most \(pieceLimit) pieces")
    return count
  }

  private static func pieceOf(_ block: UnsafeRawBufferPointer, _ piece: Int, _ pieceBytes: Int)
    -> UnsafeRawBufferPointer
  {
    let start = byteCount + (piece == 0 ? 0 : piece * pieceBytes)
    let end = pieceBytes >= block.count - start ? block.count : start + pieceBytes
    return UnsafeRawBufferPointer(rebasing: block[start..<end])
  }

  /// What a piece's checksum begins with, so that one in another's place is noticed.
  private static func seed(_ generation: UInt32, _ number: UInt32, _ piece: Int) -> UInt32 {
    generation ^ number ^ UInt32(piece) << 28
  }
}

/// The blocks of one space's vectors: `header · u32 checksum × rows · padding · rows`.
///
/// A row's checksum is CRC-32C seeded with its slot, so that a row in the wrong place is noticed too. Row 0 begins a
/// cache line; as many rows as fit go into a whole number of pages, from 64 KB up to twice that where rows are not
/// larger.
package struct RowBlockLayout: Sendable, Equatable {
  package let rowsPerBlock: Int
  package let headerBytes: Int
  package let strideBytes: Int

  package init(strideBytes: Int) {
    self.strideBytes = strideBytes
    rowsPerBlock = recordsInFullPages(recordBytes: strideBytes + 4, leastPages: 16, leastRecords: 16) {
      Self.rows(inPages: $0, strideBytes: strideBytes)
    }
    headerBytes = Self.headerBytes(rows: rowsPerBlock)
  }

  package var blockBytes: Int { headerBytes + rowsPerBlock * strideBytes }

  private static func headerBytes(rows: Int) -> Int { BlockHeader.byteCount + (rows * 4 + 63) / 64 * 64 }

  private static func rows(inPages pages: Int, strideBytes: Int) -> Int {
    let bytes = pages * 4_096 - 16
    var rows = bytes / strideBytes
    while rows > 0, headerBytes(rows: rows) + rows * strideBytes > bytes { rows -= 1 }
    return rows
  }

  package static func checksum(row: UnsafeRawPointer, strideBytes: Int, slot: UInt32) -> UInt32 {
    kindred_crc32c(slot, row, strideBytes)
  }

  /// Writes the checksum of the row of `slot`, which is row `index` of the block whose row 0 is `base`.
  package func sealRow(base: UnsafeMutableRawPointer, index: Int, slot: UInt32) {
    let checksum = Self.checksum(row: base + index * strideBytes, strideBytes: strideBytes, slot: slot)
    (base - headerBytes + BlockHeader.byteCount).storeBytes(
      of: checksum.littleEndian, toByteOffset: index * 4, as: UInt32.self)
  }

  /// Whether the row of `slot` is as it was written.
  package func isRowSound(base: UnsafeRawPointer, index: Int, slot: UInt32) -> Bool {
    let stored = UInt32(
      littleEndian: (base - headerBytes + BlockHeader.byteCount).loadUnaligned(
        fromByteOffset: index * 4, as: UInt32.self))
    return stored == Self.checksum(row: base + index * strideBytes, strideBytes: strideBytes, slot: slot)
  }
}

/// Blocks of a space's links or codes, with a checksum for every eighth of them: `header · records`; as many records as
/// fit into four to seven pages.
package struct SealedBlockLayout: Sendable, Equatable {
  package let recordsPerBlock: Int
  package let strideBytes: Int
  /// Records that share a checksum: a power of two.
  package let recordsPerPiece: Int

  package init(strideBytes: Int) {
    self.strideBytes = strideBytes
    recordsPerBlock = recordsInFullPages(recordBytes: strideBytes, leastPages: 4, leastRecords: 4) {
      ($0 * 4_096 - 16 - BlockHeader.byteCount) / strideBytes
    }
    var records = 1
    while records * BlockHeader.pieceLimit < recordsPerBlock { records *= 2 }
    recordsPerPiece = records
  }

  package var blockBytes: Int { BlockHeader.byteCount + recordsPerBlock * strideBytes }
  package var pieceBytes: Int { recordsPerPiece * strideBytes }
}

/// How many records to put into a block: those of the smallest number of pages of which they leave less than a
/// hundredth empty, or of the one that they fill best.
/// - Parameters:
///   - leastPages: doubled until `leastRecords` fit; up to twice as many are tried.
///   - records: how many fit into a number of pages.
private func recordsInFullPages(
  recordBytes: Int, leastPages: Int, leastRecords: Int, _ records: (Int) -> Int
) -> Int {
  var first = leastPages
  while records(first) < leastRecords { first *= 2 }
  func share(_ pages: Int) -> Double { Double(records(pages) * recordBytes) / Double(pages * 4_096) }
  let candidates = first..<2 * first
  let pages = candidates.first { share($0) >= 0.99 } ?? candidates.max { share($0) < share($1) } ?? first
  return records(pages)
}
