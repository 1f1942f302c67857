/// The pattern of `like`: `%` stands for any text, `_` for any one character, the rest for itself.
///
/// ASCII letters match in either case, as SQLite has it; other letters match exactly.
struct LikePattern: Sendable {
  /// The pattern as written.
  let pattern: TextLiteral
  private let folded: [UInt8]

  init(_ text: TextLiteral) {
    pattern = text
    folded = text.bytes.map(Self.fold)
  }

  @inline(__always)
  private static func fold(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }

  /// Whether all of `text` matches. O(pattern · text) at worst, no recursion.
  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    folded.withUnsafeBufferPointer { pattern in
      var place = 0
      var index = 0
      // The last % seen, and where the text it stands for ends; on a mismatch that end moves on by one.
      var retryPlace = -1
      var retryIndex = 0
      while index < text.count {
        if place < pattern.count, pattern[place] == 0x25 {
          retryPlace = place + 1
          retryIndex = index
          place += 1
        } else if place < pattern.count, pattern[place] == 0x5F {
          place += 1
          index = Self.endOfScalar(at: index, in: text)
        } else if place < pattern.count, pattern[place] == Self.fold(text[index]) {
          place += 1
          index += 1
        } else if retryPlace >= 0 {
          retryIndex = Self.endOfScalar(at: retryIndex, in: text)
          index = retryIndex
          place = retryPlace
        } else {
          return false
        }
      }
      while place < pattern.count, pattern[place] == 0x25 { place += 1 }
      return place == pattern.count
    }
  }

  /// The index behind the scalar that begins at `index`; a stray continuation byte counts as one scalar.
  private static func endOfScalar(at index: Int, in text: UnsafeRawBufferPointer) -> Int {
    var end = index + 1
    guard text[index] >= 0xC0 else { return end }
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}
