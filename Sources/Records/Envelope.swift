package import Basics

/// The frame of every record: `u32 CRC-32C of what follows · u8 version · payload`.
///
/// LMDB keeps no checksums of its own, so this is what notices a flipped bit.
package enum Envelope {
  /// The version this program writes.
  package static let version: UInt8 = 1
  static let headerBytes = 5

  /// The record that holds what `body` writes.
  /// - Parameter seed: begins the checksum; what the key says, so that a record under a wrong key is noticed too.
  package static func seal(
    seed: UInt32 = 0, version: UInt8 = version, reservingCapacity capacity: Int = 64,
    _ body: (inout ByteWriter) -> Void
  )
    -> [UInt8]
  {
    var writer = ByteWriter(reservingCapacity: capacity + headerBytes)
    writer.append(UInt32(0))
    writer.append(version)
    body(&writer)
    let checksum = writer.bytes.withUnsafeBytes {
      crc32c(UnsafeRawBufferPointer(rebasing: $0.dropFirst(4)), seed: seed)
    }
    writer.replace(at: 0, with: checksum)
    return writer.bytes
  }

  /// A reader of the payload, once checksum and version are right.
  package static func open(_ record: UnsafeRawBufferPointer, seed: UInt32 = 0) throws(RecordError)
    -> ByteReader
  {
    try open(record, seed: seed, upTo: version).payload
  }

  /// A reader of the payload and the version of its layout, for records that have several.
  /// - Parameter latest: the latest version that is known.
  static func open(
    _ record: UnsafeRawBufferPointer, seed: UInt32, upTo latest: UInt8
  ) throws(RecordError) -> (payload: ByteReader, version: UInt8) {
    guard record.count >= headerBytes else { throw .tooShort(needed: headerBytes, found: record.count) }
    let stored = UInt32(littleEndian: record.loadUnaligned(as: UInt32.self))
    let found = crc32c(UnsafeRawBufferPointer(rebasing: record.dropFirst(4)), seed: seed)
    guard stored == found else { throw .checksum(expected: stored, found: found) }
    guard (1...latest).contains(record[4]) else { throw .newerVersion(Int(record[4])) }
    return (ByteReader(UnsafeRawBufferPointer(rebasing: record.dropFirst(headerBytes))), record[4])
  }
}

/// A number found by a key: `u32 number · u32 CRC-32C of the key's bytes followed by the number`.
package enum NumberRecord {
  package static func encode(_ number: UInt32, key: UnsafeRawBufferPointer) -> [UInt8] {
    var writer = ByteWriter(reservingCapacity: 8)
    writer.append(number)
    writer.append(checksum(number, key))
    return writer.bytes
  }

  package static func decode(
    _ record: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
  ) throws(RecordError) -> UInt32 {
    var reader = ByteReader(record)
    let number = try reader.read(UInt32.self)
    let stored = try reader.read(UInt32.self)
    let found = checksum(number, key)
    guard stored == found else { throw .checksum(expected: stored, found: found) }
    return number
  }

  private static func checksum(_ number: UInt32, _ key: UnsafeRawBufferPointer) -> UInt32 {
    withUnsafeBytes(of: number.littleEndian) { crc32c($0, seed: crc32c(key)) }
  }
}
