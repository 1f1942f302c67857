/// A text that is equal to another only byte for byte, as ids and names are; `String` takes differently composed texts
/// for equal. Ordered by its bytes, which is the order of its Unicode scalars.
package struct ExactString: Hashable, Comparable, Sendable {
  /// The text.
  package let value: String

  /// Wraps a text.
  package init(_ value: String) { self.value = value }

  /// Whether both have the same bytes.
  package static func == (left: ExactString, right: ExactString) -> Bool {
    left.value.utf8.count == right.value.utf8.count && left.value.utf8.elementsEqual(right.value.utf8)
  }

  /// Whether the bytes of `left` sort before those of `right`.
  package static func < (left: ExactString, right: ExactString) -> Bool {
    left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
  }

  /// Hashes the bytes.
  package func hash(into hasher: inout Hasher) {
    var value = value
    value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}

extension String {
  /// Whether both have the same bytes; `==` holds two spellings of `é` for the same text.
  package func isExactly(_ other: String) -> Bool { ExactString(self) == ExactString(other) }
}
