extension UnsafeRawBufferPointer {
  /// The little-endian numbers that lie here.
  var words: [UInt32] {
    stride(from: 0, to: count, by: 4).map {
      UInt32(littleEndian: loadUnaligned(fromByteOffset: $0, as: UInt32.self))
    }
  }
}
