extension UnsafeRawBufferPointer {
  /// The bytes as text, or nil where they are not UTF-8.
  package var validText: String? { String(validating: self, as: UTF8.self) }
}

/// Whether `bytes` are well-formed UTF-8.
/// - Complexity: O(count); eight bytes a step through ASCII, and a copy of what has other characters.
package func isValidUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var rest = bytes[...]
  while rest.count >= 8, rest.loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
    rest = rest.dropFirst(8)
  }
  return rest.allSatisfy { $0 < 0x80 } || UnsafeRawBufferPointer(rebasing: rest).validText != nil
}
