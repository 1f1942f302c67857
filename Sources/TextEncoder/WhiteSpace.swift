/// Characters with the Unicode property White_Space, in UTF-8. The property has not changed since Unicode 6.3.
enum WhiteSpace {
  /// How many bytes the white space at `place` has; 0 where there is none.
  @inline(__always)
  static func byteCount(at place: Int, in text: UnsafeRawBufferPointer) -> Int {
    let byte = text[place]
    if byte < 0x80 { return byte == 0x20 || byte >= 0x09 && byte <= 0x0D ? 1 : 0 }
    return byte == 0xC2 || byte >= 0xE1 && byte <= 0xE3 ? longByteCount(at: place, in: text) : 0
  }

  private static func longByteCount(at place: Int, in text: UnsafeRawBufferPointer) -> Int {
    guard place + 1 < text.count else { return 0 }
    if text[place] == 0xC2 { return text[place + 1] == 0x85 || text[place + 1] == 0xA0 ? 2 : 0 }
    guard place + 2 < text.count else { return 0 }
    let last = text[place + 2]
    switch (text[place], text[place + 1]) {
    case (0xE1, 0x9A), (0xE3, 0x80): return last == 0x80 ? 3 : 0  // U+1680, U+3000
    case (0xE2, 0x80): return last >= 0x80 && last <= 0x8A || [0xA8, 0xA9, 0xAF].contains(last) ? 3 : 0
    case (0xE2, 0x81): return last == 0x9F ? 3 : 0
    default: return 0
    }
  }

  /// Where the white space that begins at `start` ends.
  static func endOfSpace(from start: Int, in text: UnsafeRawBufferPointer) -> Int {
    var end = start
    while end < text.count {
      let count = byteCount(at: end, in: text)
      if count == 0 { break }
      end += count
    }
    return end
  }

  /// Where the white space that ends at `end` begins.
  static func startOfSpace(before end: Int, in text: UnsafeRawBufferPointer) -> Int {
    var start = end
    while start > 0 {
      let previous = UTF8Text.start(before: start, in: text)
      if byteCount(at: previous, in: text) != start - previous { break }
      start = previous
    }
    return start
  }
}

/// Scalars in bytes that are known to be UTF-8.
enum UTF8Text {
  /// Where the scalar that ends at `end` begins.
  @inline(__always)
  static func start(before end: Int, in text: UnsafeRawBufferPointer) -> Int {
    var start = end - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// How many bytes the scalar has that begins with `byte`.
  @inline(__always)
  static func byteCount(_ byte: UInt8) -> Int { byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4 }

  /// The scalar at `place`, of `count` bytes.
  @inline(__always)
  static func scalar(at place: Int, _ count: Int, in text: UnsafeRawBufferPointer) -> UInt32 {
    let first = UInt32(text[place])
    switch count {
    case 1: return first
    case 2: return (first & 0x1F) << 6 | continuation(place + 1, text)
    case 3: return (first & 0x0F) << 12 | continuation(place + 1, text) << 6 | continuation(place + 2, text)
    default:
      return (first & 0x07) << 18 | continuation(place + 1, text) << 12 | continuation(place + 2, text) << 6
        | continuation(place + 3, text)
    }
  }

  @inline(__always)
  private static func continuation(_ place: Int, _ text: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(text[place] & 0x3F)
  }
}
