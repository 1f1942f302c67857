/// Whether `bytes` are well-formed UTF-8: no overlong form, surrogate, or value above U+10FFFF.
///
/// - Complexity: O(count); eight bytes a step through ASCII.
package func isValidUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  guard let base = bytes.baseAddress else { return true }
  let count = bytes.count
  var index = 0
  while index < count {
    while index + 8 <= count {
      if base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { break }
      index += 8
    }
    if index == count { return true }
    let lead = base[index]
    if lead < 0x80 {
      index += 1
      continue
    }
    guard let length = sequenceLength(at: index, base: base, count: count) else { return false }
    index += length
  }
  return true
}

/// The length of the multi-byte sequence at `index`, or nil where it is malformed (Unicode, table 3-7).
@inline(__always)
private func sequenceLength(at index: Int, base: UnsafeRawPointer, count: Int) -> Int? {
  let lead = base[index]
  let length: Int
  var lowest: UInt8 = 0x80
  var highest: UInt8 = 0xbf
  switch lead {
  case 0xc2...0xdf: length = 2
  case 0xe0:
    length = 3
    lowest = 0xa0
  case 0xed:
    length = 3
    highest = 0x9f
  case 0xe1...0xef: length = 3
  case 0xf0:
    length = 4
    lowest = 0x90
  case 0xf4:
    length = 4
    highest = 0x8f
  case 0xf1...0xf3: length = 4
  default: return nil
  }
  guard index + length <= count else { return nil }
  let second = base[index + 1]
  guard second >= lowest, second <= highest else { return nil }
  for offset in 2..<4 where offset < length {
    if base[index + offset] & 0xc0 != 0x80 { return nil }
  }
  return length
}

extension UnsafeRawBufferPointer {
  /// The bytes as text, or nil where they are not UTF-8.
  package var validText: String? {
    isValidUTF8(self) ? String(decoding: self, as: UTF8.self) : nil
  }
}
