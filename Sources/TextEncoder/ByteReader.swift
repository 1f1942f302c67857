/// Reads what `ByteWriter` wrote; never beyond the end.
struct ByteReader {
  private let bytes: [UInt8]
  private let what: String
  private var position = 0
  private var end: Int

  /// Reads `bytes`; `what` they are is for error messages.
  init(_ bytes: [UInt8], what: String) {
    self.bytes = bytes
    self.what = what
    end = bytes.count
  }

  /// How many bytes are left.
  var remainingCount: Int { end - position }

  func corrupted(_ found: String) -> ModelError {
    ModelError(
      code: .corrupted,
      message: "The stored \(what) are damaged at byte \(position): found \(found). Learn them again.")
  }

  mutating func byte() throws(ModelError) -> UInt8 {
    guard position < end else { throw corrupted("the end of \(end) bytes") }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func take(_ count: Int) throws(ModelError) -> [UInt8] {
    guard count >= 0, count <= remainingCount else {
      throw corrupted("\(remainingCount) bytes where \(count) should follow")
    }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func fixed<Value: FixedWidthInteger>(_ type: Value.Type) throws(ModelError) -> Value {
    var value: Value = 0
    for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
      value |= Value(truncatingIfNeeded: try byte()) << Value(shift)
    }
    return value
  }

  mutating func float() throws(ModelError) -> Float { Float(bitPattern: try fixed(UInt32.self)) }

  mutating func varint() throws(ModelError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw corrupted("a number of more than nine bytes")
  }

  /// Checks the kind of bytes.
  mutating func expect(_ magic: [UInt8]) throws(ModelError) {
    guard remainingCount >= magic.count, Array(bytes[..<magic.count]) == magic else {
      throw ModelError(
        code: .unsupported,
        message: "These bytes are not \(what) of a version this program knows"
          + " (\(String(decoding: magic, as: UTF8.self))). Use a newer program or learn them again.")
    }
    position = magic.count
  }

  /// Checks the last 8 bytes against all before and takes them off.
  mutating func expectChecksumAtEnd() throws(ModelError) {
    guard remainingCount >= 8 else { throw corrupted("\(remainingCount) bytes, too few for a checksum") }
    var stored = ByteReader(Array(bytes[(end - 8)..<end]), what: what)
    let expected = try stored.fixed(UInt64.self)
    let found = FeatureHash.checksum(bytes[..<(end - 8)])
    guard expected == found else { throw corrupted("bytes with checksum \(found) instead of \(expected)") }
    end -= 8
  }

  func expectEnd() throws(ModelError) {
    guard remainingCount == 0 else { throw corrupted("\(remainingCount) bytes too many") }
  }
}
