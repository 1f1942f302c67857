/// Appends little-endian values and length-prefixed text to a buffer.
@usableFromInline package struct ByteWriter {
  /// What was written.
  @usableFromInline package var bytes: [UInt8] = []

  /// An empty buffer with space for `capacity` bytes.
  @inlinable package init(reservingCapacity capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Appends a whole number.
  @inlinable package mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends the bits of a `Double`.
  @inlinable package mutating func append(_ value: Double) { append(value.bitPattern) }

  /// Appends the bits of a `Float`.
  @inlinable package mutating func append(_ value: Float) { append(value.bitPattern) }

  /// Appends bytes as they are.
  @inlinable package mutating func append(contentsOf raw: some Sequence<UInt8>) {
    bytes.append(contentsOf: raw)
  }

  /// LEB128: seven bits a byte, the low ones first.
  @inlinable package mutating func append(varint value: Int) {
    var rest = UInt64(bitPattern: Int64(value))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// The length in bytes as a varint, then UTF-8.
  @inlinable package mutating func append(_ text: String) {
    text.withBytes { utf8 in
      append(varint: utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  /// Overwrites four bytes at `offset`.
  @inlinable package mutating func replace(at offset: Int, with value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { source in
      for (index, byte) in source.enumerated() { bytes[offset + index] = byte }
    }
  }
}
