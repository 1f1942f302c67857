/// What kind of character a scalar is to the reference tokenizer, whose Unicode tables are older than those of any
/// current library.
enum CharacterClass: UInt8 {
  /// A part of a word.
  case plain = 0x4B  // K
  /// A control, format or private character, which cleaning removes.
  case control = 0x52  // R
  /// A control that is white space too.
  case controlSpace = 0x58  // X
  case space = 0x57  // W
  /// A character that `handle_chinese_chars` puts between spaces.
  case ideograph = 0x43  // C
  case punctuation = 0x50  // P
  /// An accent, which stripping removes.
  case mark = 0x4D  // M
  /// An accent of combining class 0: other marks do not move across it.
  case startingMark = 0x53  // S
  /// A mark that the reference does not know for an accent and puts in order only.
  case keptMark = 0x4E  // N
}

/// Facts about Unicode scalars, as the reference tokenizers hold them. Stored as text, in `CharacterFacts+Data.swift`,
/// that is read when a tokenizer is made.
enum CharacterFacts {
  /// The scalars of Hangul syllables, which decompose by arithmetic.
  static let syllables: Range<UInt32> = 0xAC00..<0xD7A4

  /// Calls `body` with each range of scalars and its letter.
  static func forEachRun(in text: StaticString, _ body: (Range<UInt32>, UInt8) -> Void) {
    var start: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes(text) {
      if let digit = digit(byte) {
        count = count &* 36 &+ digit
      } else {
        body(start..<(start + count), byte)
        (start, count) = (start + count, 0)
      }
    }
  }

  /// Calls `body` with each scalar and the numbers that it maps to, at most 8, valid during the call.
  static func forEachMap(
    in text: StaticString, _ body: (UInt32, Slice<UnsafeMutableBufferPointer<UInt32>>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { result in
      result.initialize(repeating: 0)
      var scalar: UInt32 = 0
      var (resultCount, number, step, repeats) = (0, 0 as UInt32, 1 as UInt32, false)
      func end() {
        if !repeats { result[resultCount - 1] = number }
        let count = repeats ? number : 1
        for index in 0..<count {
          if index > 0 { (scalar, result[0]) = (scalar + step, result[0] + step) }
          body(scalar, result[..<resultCount])
        }
        (resultCount, number, step, repeats) = (0, 0, 1, false)
      }
      for byte in bytes(text) {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "="):
          scalar += number
          (resultCount, number, step) = (1, 0, byte == UInt8(ascii: "=") ? 2 : 1)
        case UInt8(ascii: "/"), UInt8(ascii: "*"):
          result[resultCount - 1] = number
          number = 0
          repeats = byte == UInt8(ascii: "*")
          if !repeats { resultCount += 1 }
        case UInt8(ascii: " "): end()
        default: number = number &* 36 &+ (digit(byte) ?? 0)
        }
      }
      end()
    }
  }

  private static func bytes(_ text: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  /// The value of a digit in base 36.
  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
    default: nil
    }
  }
}
