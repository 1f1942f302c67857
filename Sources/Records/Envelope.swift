import CKernels

/// The frame of every record: `u32 CRC-32C of what follows · u8 version · payload`.
///
/// LMDB keeps no checksums of its own, so this is what notices a flipped bit.
package enum Envelope {
  /// The version this program writes.
  package static let version: UInt8 = 1
  static let headerBytes = 5

  /// The record that holds what `body` writes.
  package static func seal(reservingCapacity capacity: Int = 64, _ body: (inout ByteWriter) -> Void)
    -> [UInt8]
  {
    var writer = ByteWriter(reservingCapacity: capacity + headerBytes)
    writer.append(UInt32(0))
    writer.append(version)
    body(&writer)
    let checksum = writer.bytes.withUnsafeBytes { crc32c(UnsafeRawBufferPointer(rebasing: $0.dropFirst(4))) }
    writer.replace(at: 0, with: checksum)
    return writer.bytes
  }

  /// A reader of the payload, once checksum and version are right.
  package static func open(_ record: UnsafeRawBufferPointer) throws(RecordError) -> ByteReader {
    guard record.count >= headerBytes else { throw .tooShort(needed: headerBytes, found: record.count) }
    let stored = UInt32(littleEndian: record.loadUnaligned(as: UInt32.self))
    let found = crc32c(UnsafeRawBufferPointer(rebasing: record.dropFirst(4)))
    guard stored == found else { throw .checksum(expected: stored, found: found) }
    guard record[4] == version else { throw .newerVersion(Int(record[4])) }
    return ByteReader(UnsafeRawBufferPointer(rebasing: record.dropFirst(headerBytes)))
  }
}

/// CRC-32C (Castagnoli) of `bytes`, continuing from `seed`.
package func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
  guard let start = bytes.baseAddress else { return seed }
  return kindred_crc32c(seed, start, bytes.count)
}
