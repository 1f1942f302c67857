/// The table of replacements of a SentencePiece model (`precompiled_charsmap`): a double-array tree of byte sequences,
/// and their replacements.
struct ReplacementMap: Sendable {
  /// The units of the tree: a label in bits 0 to 7 and 31, whether a leaf follows in bit 8, and in the bits above the
  /// distance to the children, times 256 where bit 9 is set.
  private let units: [UInt32]
  /// All replacements, each ended by a zero byte.
  private let replacements: [UInt8]
  /// Per byte: whether a sequence begins with it.
  private var isFirst = [Bool](repeating: false, count: 256)

  /// Reads the table: the size of the tree in bytes (4 bytes, little-endian), the tree, the replacements.
  /// - Throws: `ModelError` `.corrupted` where the tree leads out of itself or into a circle.
  init(_ bytes: [UInt8]) throws(ModelError) {
    guard bytes.count >= 4 else { throw Self.broken("has \(bytes.count) bytes") }
    let size = Int(Self.number(bytes, 0))
    guard size <= bytes.count - 4, size >= 4 else {
      throw Self.broken("has a tree of \(size) bytes in \(bytes.count)")
    }
    units = (0..<(size / 4)).map { Self.number(bytes, 4 + $0 * 4) }
    replacements = Array(bytes[(4 + size / 4 * 4)...])
    guard String(validating: replacements, as: UTF8.self) != nil else {
      throw Self.broken("has replacements that are not UTF-8")
    }
    try check()
  }

  private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }

  private static func broken(_ what: String) -> ModelError {
    TokenizerPart.broken("The tokenizer's table of replacements (\"precompiled_charsmap\") \(what)")
  }

  @inline(__always)
  private static func distance(_ unit: UInt32) -> Int { Int(unit &>> 10) &<< Int((unit & 0x200) &>> 6) }

  /// Visits every unit that a text can reach, once: none leads to itself, and each leaf names a replacement.
  private mutating func check() throws(ModelError) {
    enum State { case new, entered, left }
    var states = [State](repeating: .new, count: units.count)
    var open = [0]
    while let unit = open.last {
      guard states[unit] == .new else {
        open.removeLast()
        states[unit] = .left
        continue
      }
      states[unit] = .entered
      var isEmpty = true
      for byte in 1...255 {
        let child = unit ^ Self.distance(units[unit]) ^ byte
        guard child < units.count, units[child] & 0x8000_00FF == UInt32(byte) else { continue }
        isEmpty = false
        if unit == 0 { isFirst[byte] = true }
        guard states[child] != .entered else { throw Self.broken("has a tree that leads back into itself") }
        guard states[child] == .new else { continue }
        // The shortest sequence counts: what is behind a leaf is not looked at.
        guard units[child] & 0x100 == 0 else {
          try checkLeaf(child ^ Self.distance(units[child]))
          states[child] = .left
          continue
        }
        open.append(child)
      }
      guard !isEmpty || unit == 0 else { throw Self.broken("has a tree that is cut short") }
    }
  }

  private func checkLeaf(_ place: Int) throws(ModelError) {
    guard place < units.count else { throw Self.broken("has a tree that leads out of itself") }
    let start = Int(units[place] & 0x7FFF_FFFF)
    guard start <= replacements.count, start == replacements.count || replacements[start] & 0xC0 != 0x80
    else {
      throw Self.broken("has the replacement \(start) in \(replacements.count) bytes")
    }
  }

  /// Where in `replacements` the replacement is of the shortest sequence that `text` has at `start`, before `end`.
  private func find(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int? {
    guard isFirst[Int(text[start])] else { return nil }
    var node = Self.distance(units[0])
    for place in start..<end {
      let byte = text[place]
      if byte == 0 { return nil }
      node ^= Int(byte)
      guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
      let hasLeaf = units[node] & 0x100 != 0
      node ^= Self.distance(units[node])
      if hasLeaf { return node < units.count ? Int(units[node] & 0x7FFF_FFFF) : nil }
    }
    return nil
  }

  /// Appends `text` with its replacements to `result`. As in the reference, the first sequence found in a grapheme
  /// cluster of below 6 bytes replaces the whole of it; longer clusters are taken by scalars.
  /// - Complexity: O(length of `text`).
  func apply(to text: UnsafeRawBufferPointer, into result: inout [UInt8]) {
    var place = 0
    while place < text.count {
      let byte = text[place]
      // A printable ASCII character before another is a cluster.
      if byte >= 0x20, byte < 0x7F, place + 1 == text.count || text[place + 1] < 0x80 {
        if !isFirst[Int(byte)] || !replace(text, place, place + 1, &result) { result.append(byte) }
        place += 1
        continue
      }
      let end = GraphemeScanner.end(from: place, in: text)
      if end - place >= 6 || !replace(text, place, end, &result) {
        while place < end {
          let count = UTF8Text.byteCount(text[place])
          if !replace(text, place, place + count, &result) {
            result.append(contentsOf: text[place..<(place + count)])
          }
          place += count
        }
      }
      place = end
    }
  }

  /// Appends the replacement of a part of the text, if there is one.
  @inline(__always)
  private func replace(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ result: inout [UInt8])
    -> Bool
  {
    guard var place = find(text, start, end) else { return false }
    while place < replacements.count, replacements[place] != 0 {
      result.append(replacements[place])
      place += 1
    }
    return true
  }
}

/// Binary data in text (RFC 4648, with padding).
enum Base64 {
  /// The bytes that `text` writes, or nil where it is not base64.
  static func decode(_ text: String) -> [UInt8]? {
    var characters = Array(text.utf8)
    guard characters.count % 4 == 0 else { return nil }
    let paddingCount = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard paddingCount <= 2 else { return nil }
    characters.removeLast(paddingCount)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count / 4 * 3 + 2)
    var (bits, bitCount) = (0 as UInt32, 0)
    for character in characters {
      guard let value = value(character) else { return nil }
      bits = bits &<< 6 | value
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    return bits & ((1 << UInt32(bitCount)) - 1) == 0 ? bytes : nil
  }

  private static func value(_ character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0") + 52)
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
