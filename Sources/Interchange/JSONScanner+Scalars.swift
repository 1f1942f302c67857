import Basics

extension JSONScanner {
  /// The string whose opening quote is at the position.
  mutating func string() throws(JSONFault) -> String {
    position &+= 1
    let begin = position
    skipPlainCharacters()
    if position < count, base[position] == UInt8(ascii: "\"") {
      defer { position &+= 1 }
      return String(
        decoding: UnsafeRawBufferPointer(start: base + begin, count: position - begin), as: UTF8.self)
    }
    unescaped.removeAll(keepingCapacity: true)
    unescaped.append(
      contentsOf: UnsafeRawBufferPointer(start: base + begin, count: position - begin))
    return try escapedString()
  }

  /// Goes on behind the first part of a string, which `unescaped` holds already.
  private mutating func escapedString() throws(JSONFault) -> String {
    while true {
      guard position < count else { throw unexpected("a closing quote") }
      switch base[position] {
      case UInt8(ascii: "\""):
        position &+= 1
        return String(decoding: unescaped, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position &+= 1
        try escape()
      default:
        throw JSONFault(
          .invalidJSON, position, .text("a control character inside a string; write it as \\u00XX"))
      }
      let begin = position
      skipPlainCharacters()
      unescaped.append(
        contentsOf: UnsafeRawBufferPointer(start: base + begin, count: position - begin))
    }
  }

  /// Moves to the next quote, backslash or control character, or to the end.
  @inline(__always)
  private mutating func skipPlainCharacters() {
    let quote = ByteMatching.pattern(UInt8(ascii: "\""))
    let backslash = ByteMatching.pattern(UInt8(ascii: "\\"))
    while position &+ 8 <= count {
      let word = ByteMatching.load(base, position)
      let mask =
        ByteMatching.equal(word, quote) | ByteMatching.equal(word, backslash)
        | ByteMatching.firstBelow(word, 0x20)
      if mask != 0 {
        position &+= ByteMatching.firstIndex(mask)
        return
      }
      position &+= 8
    }
    while position < count {
      let byte = base[position]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
      position &+= 1
    }
  }

  /// Appends what the escape behind a backslash stands for.
  private mutating func escape() throws(JSONFault) {
    let byte = current
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
    case UInt8(ascii: "b"): unescaped.append(0x08)
    case UInt8(ascii: "f"): unescaped.append(0x0c)
    case UInt8(ascii: "n"): unescaped.append(0x0a)
    case UInt8(ascii: "r"): unescaped.append(0x0d)
    case UInt8(ascii: "t"): unescaped.append(0x09)
    case UInt8(ascii: "u"):
      try unicodeEscape()
      return
    default: throw unexpected("one of \"\\/bfnrtu behind a backslash")
    }
    position &+= 1
  }

  /// Appends the scalar of `\uXXXX` or of a pair of them; the position is at the `u`.
  private mutating func unicodeEscape() throws(JSONFault) {
    let begin = position - 1
    var value = try codeUnit()
    if value & 0xfc00 == 0xd800 {
      // Stepping only over what is there, so that a text cut short inside the pair is called that.
      guard current == UInt8(ascii: "\\") || position >= count else { throw loneSurrogate(begin) }
      try expect(UInt8(ascii: "\\"), "the second half of a surrogate pair")
      guard current == UInt8(ascii: "u") || position >= count else { throw loneSurrogate(begin) }
      let low = try codeUnit()
      guard low & 0xfc00 == 0xdc00 else { throw loneSurrogate(begin) }
      value = 0x10000 + (value & 0x3ff) << 10 + (low & 0x3ff)
    }
    guard let scalar = UnicodeScalar(value) else { throw loneSurrogate(begin) }
    unescaped.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
  }

  private func loneSurrogate(_ offset: Int) -> JSONFault {
    JSONFault(.loneSurrogate, offset, .text("half of a surrogate pair in a \\u escape"))
  }

  /// The number of `uXXXX` at the position.
  private mutating func codeUnit() throws(JSONFault) -> UInt32 {
    try expect(UInt8(ascii: "u"), "\\u")
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = current
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
      default: throw unexpected("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position &+= 1
    }
    return value
  }

  /// The number at the position, with its text.
  mutating func number() throws(JSONFault) -> JSONNumber {
    let begin = position
    let value = try double()
    let text = UnsafeRawBufferPointer(start: base + begin, count: position - begin)
    return JSONNumber(value: value, text: String(decoding: text, as: UTF8.self))
  }

  /// The number at the position, without a copy of its text.
  mutating func double() throws(JSONFault) -> Double {
    let begin = position
    var decimal = DecimalNumber()
    if current == UInt8(ascii: "-") {
      decimal.isNegative = true
      position &+= 1
    }
    let leading = position
    try digits(into: &decimal, areFraction: false)
    if base[leading] == UInt8(ascii: "0"), position - leading > 1 {
      throw JSONFault(.badNumber, leading, .text("a number with a leading zero"))
    }
    if current == UInt8(ascii: ".") {
      position &+= 1
      try digits(into: &decimal, areFraction: true)
    }
    if current | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      guard decimal.readExponent(base.assumingMemoryBound(to: UInt8.self), &position, count) else {
        throw unexpected("a digit")
      }
    }
    let text = UnsafeRawBufferPointer(start: base + begin, count: position - begin)
    guard let value = decimal.value(of: text) else {
      throw JSONFault(.badNumber, begin, .text("a number outside the range of a 64-bit float, or overlong"))
    }
    return value
  }

  @inline(__always)
  private mutating func digits(into decimal: inout DecimalNumber, areFraction: Bool) throws(JSONFault) {
    let begin = position
    while position < count, decimal.append(base[position], isFraction: areFraction) { position &+= 1 }
    if position == begin {
      guard position < count else { throw unexpected("a digit") }
      throw JSONFault(.badNumber, position, .unexpected(expected: "a digit"))
    }
  }
}
