import Platform

/// A text that is equal to another only byte for byte, as ids and names are; `String` takes differently composed texts
/// for equal. Ordered by its bytes, which is the order of its Unicode scalars.
@usableFromInline package struct ExactString: Hashable, Comparable, Sendable {
  /// The text.
  @usableFromInline package let value: String

  /// Wraps a text.
  @inlinable package init(_ value: String) { self.value = value }

  /// Whether both have the same bytes.
  @inlinable package static func == (left: ExactString, right: ExactString) -> Bool {
    let count = left.value.utf8.count
    guard count == right.value.utf8.count else { return false }
    return withBytes(left, right) { left, right in
      guard let left = left.baseAddress, let right = right.baseAddress else { return true }
      return areEqual(left, right, count)
    }
  }

  @usableFromInline static func areEqual(
    _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool { memcmp(left, right, count) == 0 }

  /// Whether the bytes of `left` sort before those of `right`.
  @inlinable package static func < (left: ExactString, right: ExactString) -> Bool {
    withBytes(left, right) { $0.lexicographicallyPrecedes($1) }
  }

  /// Contiguous bytes are compared several times as fast as the elements of two `utf8` views.
  @inlinable static func withBytes<R>(
    _ left: ExactString, _ right: ExactString,
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> R
  ) -> R {
    var (left, right) = (left.value, right.value)
    return left.withUTF8 { left in right.withUTF8 { right in body(left, right) } }
  }

  /// Hashes the bytes.
  @inlinable package func hash(into hasher: inout Hasher) {
    value.withBytes { hasher.combine(bytes: $0) }
    hasher.combine(0xFF as UInt8)
  }
}

extension String {
  /// Whether both have the same bytes; `==` holds two spellings of `é` for the same text.
  @inlinable package func isExactly(_ other: String) -> Bool { ExactString(self) == ExactString(other) }
}
