/// Reads what `ByteWriter` wrote; every length is checked against what is there.
@usableFromInline package struct ByteReader {
  @usableFromInline let bytes: UnsafeRawBufferPointer
  @usableFromInline var offset = 0

  /// - Parameter bytes: must outlive the reader.
  @inlinable package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// How many bytes are left.
  @inlinable package var remaining: Int { bytes.count - offset }

  /// The next whole number, little-endian.
  @inlinable package mutating func read<Value: FixedWidthInteger>(_: Value.Type) throws(RecordError) -> Value
  {
    guard remaining >= MemoryLayout<Value>.size else {
      throw .tooShort(needed: MemoryLayout<Value>.size, found: remaining)
    }
    defer { offset += MemoryLayout<Value>.size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// The next `Double`, by its bits.
  @inlinable package mutating func readDouble() throws(RecordError) -> Double {
    Double(bitPattern: try read(UInt64.self))
  }

  /// The next `Float`, by its bits.
  @inlinable package mutating func readFloat() throws(RecordError) -> Float {
    Float(bitPattern: try read(UInt32.self))
  }

  /// The next number of variable length, in as few bytes as it takes, so that a value has one stored form.
  @inlinable package mutating func readVarint() throws(RecordError) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try read(UInt8.self)
      guard shift < 63 || byte <= 1 else { throw .invalid("a number longer than 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 {
        guard byte != 0 || shift == 0 else { throw .invalid("a number with more bytes than it takes") }
        return Int(truncatingIfNeeded: value)
      }
      shift += 7
    }
  }

  /// The next text: its length as a varint, then UTF-8.
  @inlinable package mutating func readText() throws(RecordError) -> String {
    let count = try readVarint()
    let raw = try readBytes(count)
    guard let text = String(validating: raw, as: UTF8.self) else { throw .invalid("text that is not UTF-8") }
    return text
  }

  /// The next `count` bytes, borrowed.
  @inlinable package mutating func readBytes(_ count: Int) throws(RecordError) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw .tooShort(needed: count, found: remaining) }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
  }
}
