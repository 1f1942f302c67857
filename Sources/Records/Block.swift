import CKernels
import VectorMath

/// What a block holds; stored in its header.
package enum BlockKind: UInt8, Sendable {
  case rows = 1
  case links = 2
  case owners = 3
  case places = 4
  case dead = 5
  case column = 6
  case codes = 7
}

/// The 48 bytes before a block's rows. LMDB puts a large value 16 bytes into its pages, so row 0 begins a cache line.
///
/// `u32 magic · u8 kind · u8 version · u16 0 · u32 generation · u32 number · u32 CRC-32C of the rows (0 for vectors,
/// whose rows carry their own) · 28 zero bytes`.
package enum BlockHeader {
  package static let byteCount = 48
  static let magic: UInt32 = 0x314B_4C42  // "BLK1"
  static let version: UInt8 = 1

  /// Writes a header and the checksum of what follows it.
  package static func seal(
    _ block: UnsafeMutableRawBufferPointer, kind: BlockKind, generation: UInt32, number: UInt32
  ) {
    block.storeBytes(of: magic.littleEndian, toByteOffset: 0, as: UInt32.self)
    block.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
    block.storeBytes(of: version, toByteOffset: 5, as: UInt8.self)
    block.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
    block.storeBytes(of: generation.littleEndian, toByteOffset: 8, as: UInt32.self)
    block.storeBytes(of: number.littleEndian, toByteOffset: 12, as: UInt32.self)
    for offset in stride(from: 16, to: byteCount, by: 8) {
      block.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
    }
    guard kind != .rows else { return }
    let body = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block).dropFirst(byteCount))
    block.storeBytes(
      of: crc32c(body, seed: generation ^ number).littleEndian, toByteOffset: 16, as: UInt32.self)
  }

  /// Whether the header is that of this very block, without looking at its rows.
  package static func matches(
    _ block: UnsafeRawBufferPointer, kind: BlockKind, generation: UInt32, number: UInt32
  ) -> Bool {
    block.count >= byteCount
      && UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 0, as: UInt32.self)) == magic
      && block[4] == kind.rawValue && block[5] == version
      && UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 8, as: UInt32.self)) == generation
      && UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) == number
  }

  /// Whether a block with one checksum is as it was written.
  package static func isSound(
    _ block: UnsafeRawBufferPointer, kind: BlockKind, generation: UInt32, number: UInt32
  ) -> Bool {
    guard matches(block, kind: kind, generation: generation, number: number) else { return false }
    let stored = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    return stored
      == crc32c(UnsafeRawBufferPointer(rebasing: block.dropFirst(byteCount)), seed: generation ^ number)
  }
}

/// Blocks that fill one page of 4,096 bytes with fixed-width cells behind the header.
package enum PageBlock {
  /// A page less what LMDB keeps at its head.
  package static let byteCount = 4_096 - 16
  /// `u32` cells: owners (slot → ordinal) and places (ordinal → place).
  package static let wordsPerBlock = (byteCount - BlockHeader.byteCount) / 4
  /// Bits: deleted slots.
  package static let bitsPerBlock = (byteCount - BlockHeader.byteCount) * 8
  /// Column cells: a tag of one byte and a payload of eight, the tags first.
  package static let cellsPerBlock = (byteCount - BlockHeader.byteCount) / 9
}

/// The blocks of one space's vectors: `header · u32 checksum × rows · padding · rows`.
///
/// A row's checksum is CRC-32C seeded with its slot, so that a row in the wrong place is noticed too. Row 0 begins a
/// cache line; as many rows as fit go into a whole number of pages, 64 KB where rows are not larger.
package struct RowBlockLayout: Sendable, Equatable {
  package let rowsPerBlock: Int
  package let headerBytes: Int
  package let strideBytes: Int

  package init(strideBytes: Int) {
    self.strideBytes = strideBytes
    var pages = 16
    while Self.rows(inPages: pages, strideBytes: strideBytes) < 16 { pages *= 2 }
    rowsPerBlock = Self.rows(inPages: pages, strideBytes: strideBytes)
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

/// Blocks with one checksum, of a space's links or codes: `header · records`; as many records as fit four pages, so
/// that little is read to verify what one search touches.
package struct SealedBlockLayout: Sendable, Equatable {
  package let recordsPerBlock: Int
  package let strideBytes: Int

  package init(strideBytes: Int) {
    self.strideBytes = strideBytes
    var pages = 4
    while Self.records(inPages: pages, strideBytes: strideBytes) < 4 { pages *= 2 }
    recordsPerBlock = Self.records(inPages: pages, strideBytes: strideBytes)
  }

  /// The blocks of links: each record is `2 · m` slots wide and ended by all ones where it is not full.
  package static func links(m: Int) -> SealedBlockLayout {
    SealedBlockLayout(strideBytes: (2 * m * 4 + 63) / 64 * 64)
  }

  package var blockBytes: Int { BlockHeader.byteCount + recordsPerBlock * strideBytes }

  private static func records(inPages pages: Int, strideBytes: Int) -> Int {
    (pages * 4_096 - 16 - BlockHeader.byteCount) / strideBytes
  }
}

/// A row of the tail: `u32 CRC-32C of what follows, seeded with the sequence number · u32 ordinal · row`.
package enum TailRecord {
  package static let headerBytes = 8

  package static func encode(
    ordinal: Ordinal, sequence: UInt32, row: UnsafeRawBufferPointer, into value: UnsafeMutableRawBufferPointer
  ) {
    value.storeBytes(of: ordinal.rawValue.littleEndian, toByteOffset: 4, as: UInt32.self)
    UnsafeMutableRawBufferPointer(rebasing: value.dropFirst(headerBytes)).copyMemory(from: row)
    let checksum = crc32c(UnsafeRawBufferPointer(rebasing: value.dropFirst(4)), seed: sequence)
    value.storeBytes(of: checksum.littleEndian, toByteOffset: 0, as: UInt32.self)
  }

  package static func decode(
    _ value: UnsafeRawBufferPointer, sequence: UInt32, strideBytes: Int
  ) throws(RecordError) -> (ordinal: Ordinal, row: UnsafeRawPointer) {
    guard value.count == headerBytes + strideBytes, let start = value.baseAddress else {
      throw .tooShort(needed: headerBytes + strideBytes, found: value.count)
    }
    let stored = UInt32(littleEndian: value.loadUnaligned(as: UInt32.self))
    let found = crc32c(UnsafeRawBufferPointer(rebasing: value.dropFirst(4)), seed: sequence)
    guard stored == found else { throw .checksum(expected: stored, found: found) }
    return (
      Ordinal(UInt32(littleEndian: value.loadUnaligned(fromByteOffset: 4, as: UInt32.self))),
      start + headerBytes
    )
  }
}

/// The upper layers of the nodes in 256 slots: `u32 slot · u32 level · level × m × u32` for each that has any, by
/// ascending slot, framed as a record.
package enum UpperBlock {
  package static let slotsPerBlock: UInt32 = 256

  /// One node, with the links of all its layers one after the other.
  package struct Node {
    package var slot: UInt32
    package var level: Int
    /// As they lie in the record: little-endian, not aligned.
    package var links: UnsafeRawBufferPointer

    package init(slot: UInt32, level: Int, links: UnsafeRawBufferPointer) {
      self.slot = slot
      self.level = level
      self.links = links
    }
  }

  /// - Parameter nodes: by ascending slot, all in one block.
  package static func encode(_ nodes: [Node]) -> [UInt8] {
    Envelope.seal(reservingCapacity: nodes.reduce(0) { $0 + 8 + $1.links.count }) { writer in
      for node in nodes {
        writer.append(node.slot)
        writer.append(UInt32(node.level))
        writer.append(contentsOf: node.links)
      }
    }
  }

  /// Visits the nodes of block `number`.
  package static func forEach(
    _ record: UnsafeRawBufferPointer, number: UInt32, m: Int, _ body: (Node) -> Void
  ) throws(RecordError) {
    var reader = try Envelope.open(record)
    var least = UInt64(number) * UInt64(slotsPerBlock)
    let end = least + UInt64(slotsPerBlock)
    while reader.remaining > 0 {
      let slot = try reader.read(UInt32.self)
      guard (least..<end).contains(UInt64(slot)) else {
        throw .invalid("slot \(slot) in upper block \(number)")
      }
      least = UInt64(slot) + 1
      let level = try reader.read(UInt32.self)
      guard (1...64).contains(level), reader.remaining >= Int(level) * m * 4 else {
        throw .invalid("upper layers of level \(level) in \(reader.remaining) bytes")
      }
      body(Node(slot: slot, level: Int(level), links: try reader.readBytes(Int(level) * m * 4)))
    }
  }
}
