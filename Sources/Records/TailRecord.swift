package import Basics

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
