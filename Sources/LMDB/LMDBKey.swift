/// A value that is stored as key bytes, 1 to 511 of them, ordered by `memcmp`.
package protocol LMDBKey: Sendable {
  /// Lends the key's bytes to `body`; they are valid only inside it.
  func withKeyBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R

  /// Reads the key back; nil when the bytes cannot be such a key.
  init?(keyBytes: UnsafeRawBufferPointer)
}

/// A key that always has the same number of bytes, so that it can be part of a `PairKey`.
package protocol FixedWidthKey: LMDBKey {
  static var keyByteCount: Int { get }

  /// Writes exactly `keyByteCount` bytes to `target`.
  func storeKey(to target: UnsafeMutableRawPointer)
}

/// Most significant byte first, so that byte order is number order.
extension FixedWidthKey where Self: FixedWidthInteger & UnsignedInteger & BitwiseCopyable {
  @inlinable package static var keyByteCount: Int { MemoryLayout<Self>.size }

  @inlinable package func storeKey(to target: UnsafeMutableRawPointer) {
    target.storeBytes(of: bigEndian, as: Self.self)
  }

  @inlinable package func withKeyBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBytes(of: bigEndian, body)
  }

  @inlinable package init?(keyBytes: UnsafeRawBufferPointer) {
    guard keyBytes.count == Self.keyByteCount else { return nil }
    self.init(bigEndian: keyBytes.loadUnaligned(as: Self.self))
  }
}

extension UInt32: FixedWidthKey {}
extension UInt64: FixedWidthKey {}

/// UTF-8, ordered by bytes (which is code-point order); no normalising.
extension String: LMDBKey {
  package func withKeyBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    // `withBytes` cannot carry a typed error, a Result can.
    try withBytes { bytes in Result { () throws(E) in try body(bytes) } }.get()
  }

  package init?(keyBytes: UnsafeRawBufferPointer) {
    self.init(validating: keyBytes, as: UTF8.self)
  }
}

/// Key bytes as they are.
package struct BytesKey: LMDBKey, Hashable {
  package var bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package init(keyBytes: UnsafeRawBufferPointer) {
    bytes = Array(keyBytes)
  }

  package func withKeyBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    let result = bytes.withUnsafeBytes { raw -> Result<R, E> in
      do throws(E) { return .success(try body(raw)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
