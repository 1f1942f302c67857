/// Two fixed-width keys, one after the other: ordered by the first, then by the second.
package struct PairKey<First: FixedWidthKey, Second: FixedWidthKey>: FixedWidthKey {
  package var first: First
  package var second: Second

  @inlinable package init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  @inlinable package static var keyByteCount: Int { First.keyByteCount + Second.keyByteCount }

  @inlinable package func storeKey(to target: UnsafeMutableRawPointer) {
    first.storeKey(to: target)
    second.storeKey(to: target + First.keyByteCount)
  }

  /// Allocation-free: the bytes are on the stack.
  /// - Precondition: both parts together have at most 32 bytes.
  @inlinable package func withKeyBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    precondition(Self.keyByteCount <= 32, "a PairKey has at most 32 bytes")
    var space: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    return try withUnsafeMutableBytes(of: &space) { raw throws(E) -> R in
      guard let base = raw.baseAddress else { preconditionFailure("a tuple has an address") }
      storeKey(to: base)
      return try body(UnsafeRawBufferPointer(start: base, count: Self.keyByteCount))
    }
  }

  @inlinable package init?(keyBytes: UnsafeRawBufferPointer) {
    guard keyBytes.count == Self.keyByteCount,
      let first = First(keyBytes: UnsafeRawBufferPointer(rebasing: keyBytes[..<First.keyByteCount])),
      let second = Second(keyBytes: UnsafeRawBufferPointer(rebasing: keyBytes[First.keyByteCount...]))
    else { return nil }
    self.init(first, second)
  }
}

extension PairKey: Equatable where First: Equatable, Second: Equatable {}
extension PairKey: Hashable where First: Hashable, Second: Hashable {}
