import Basics
import Records
import Testing

/// The bytes that hexadecimal digits spell.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// What `decode` makes of a record.
func decoded<Value>(
  _ record: [UInt8], _ decode: (UnsafeRawBufferPointer) throws(RecordError) -> Value
) throws -> Value {
  try record.withUnsafeBytes { try decode($0) }
}

/// What decoding gave: a value, or the error it was refused with.
func outcome<Value>(_ body: () throws(RecordError) -> Value) -> Result<Value, RecordError> {
  do throws(RecordError) { return .success(try body()) } catch { return .failure(error) }
}

/// The seed a sample was sealed with: none, or what its key says.
private func seed(of record: [UInt8]) -> UInt32 {
  let stored = record.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
  var key = ByteWriter()
  key.append(testEventKey.user.rawValue)
  key.append(testEventKey.time)
  var piece = ByteWriter()
  piece.append(UInt32(9))
  piece.append(UInt32(2))
  let seeds =
    [0, testOrdinal.rawValue, Samples.modelVersion]
    + [key, piece].map { $0.bytes.withUnsafeBytes { crc32c($0) } }
  let body = Array(record.dropFirst(4))
  return seeds.first { seed in body.withUnsafeBytes { crc32c($0, seed: seed) } == stored } ?? 0
}

/// The record with the payload changed and the checksum made right again: what a faulty writer would store.
func resealed(_ record: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
  var payload = Array(record.dropFirst(5))
  change(&payload)
  return Envelope.seal(seed: seed(of: record), version: record[4]) { writer in
    payload.withUnsafeBytes { writer.append(contentsOf: $0) }
  }
}

/// The record as a program of another version would write it.
func record(_ record: [UInt8], ofVersion version: UInt8) -> [UInt8] {
  var body = Array(record.dropFirst(4))
  body[0] = version
  let checksum = body.withUnsafeBytes { crc32c($0, seed: seed(of: record)) }
  return withUnsafeBytes(of: checksum.littleEndian) { Array($0) } + body
}
