/// Cuts UTF-8 text into folded words.
struct WordScanner: ~Copyable {
  /// Longer words are cut into pieces of this many scalars, so that one buffer holds any word.
  static let longestWord = 64

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private let word: UnsafeMutablePointer<UInt32>
  private var count = 0
  /// A letter that was read but belongs to the next word.
  private var pending: UInt32 = 0

  /// Scans `bytes`, which are valid UTF-8, into `word`, which has room for `longestWord` scalars and two more.
  init(_ bytes: UnsafeBufferPointer<UInt8>, word: UnsafeMutablePointer<UInt32>) {
    self.bytes = bytes
    self.word = word
  }

  /// Puts the next word into the buffer and returns its length, or 0 behind the last word.
  mutating func next() -> Int {
    count = 0
    if pending != 0 {
      word[0] = pending
      pending = 0
      return 1
    }
    while position < bytes.count, count < Self.longestWord {
      switch TextFolding.fold(nextScalar()) {
      case .letter(let letter): append(letter)
      case .letters(let first, let second):
        append(first)
        append(second)
      case .ideograph(let letter):
        if count > 0 {
          pending = letter
          return withoutPlural()
        }
        append(letter)
        return 1
      case .dropped: continue
      case .separator: if count > 0 { return withoutPlural() }
      }
    }
    return withoutPlural()
  }

  @inline(__always)
  private mutating func append(_ letter: UInt32) {
    word[count] = letter
    count &+= 1
  }

  @inline(__always)
  private mutating func nextScalar() -> UInt32 {
    let first = bytes[position]
    if first < 0x80 {
      position &+= 1
      return UInt32(first)
    }
    return nextLongScalar(first)
  }

  private mutating func nextLongScalar(_ first: UInt8) -> UInt32 {
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var value = UInt32(first) & (0x7F >> UInt32(length))
    let end = min(position + length, bytes.count)
    position += 1
    while position < end {
      value = value << 6 | UInt32(bytes[position] & 0x3F)
      position += 1
    }
    return value
  }

  /// Folds the English plural of the word in the buffer and returns the length that is left.
  ///
  /// Light on purpose: what it gets wrong ("christma") it gets wrong in query and item alike.
  private func withoutPlural() -> Int {
    guard count > 3, word[count - 1] == 0x73 else { return count }
    let second = word[count - 2]
    let third = word[count - 3]
    switch second {
    case 0x73, 0x75, 0x69: return count  // ss, us, is
    case 0x65:
      if third == 0x69, count > 4 {  // ies
        word[count - 3] = 0x79
        return count - 2
      }
      let fourth = word[count - 4]
      let isSibilant =
        third == 0x78 || third == 0x73 && fourth == 0x73
        || third == 0x68 && (fourth == 0x63 || fourth == 0x73)
      return isSibilant ? count - 2 : count - 1  // xes, sses, ches, shes
    default: return count - 1
    }
  }
}
