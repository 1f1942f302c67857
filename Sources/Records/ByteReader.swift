/// Reads what `ByteWriter` wrote; every length is checked against what is there.
package struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  /// - Parameter bytes: must outlive the reader.
  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var remaining: Int { bytes.count - offset }

  package mutating func read<Value: FixedWidthInteger>(_: Value.Type) throws(RecordError) -> Value {
    guard remaining >= MemoryLayout<Value>.size else {
      throw .tooShort(needed: MemoryLayout<Value>.size, found: remaining)
    }
    defer { offset += MemoryLayout<Value>.size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  package mutating func readDouble() throws(RecordError) -> Double {
    Double(bitPattern: try read(UInt64.self))
  }

  package mutating func readVarint() throws(RecordError) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try read(UInt8.self)
      guard shift < 63 || byte <= 1 else { throw .invalid("a number longer than 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return Int(truncatingIfNeeded: value) }
      shift += 7
    }
  }

  package mutating func readText() throws(RecordError) -> String {
    let count = try readVarint()
    let raw = try readBytes(count)
    guard let text = String(validating: raw, as: UTF8.self) else { throw .invalid("text that is not UTF-8") }
    return text
  }

  /// The next `count` bytes, borrowed.
  package mutating func readBytes(_ count: Int) throws(RecordError) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw .tooShort(needed: count, found: remaining) }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
  }
}
