/// Turns the bytes of a source into UTF-8, piece by piece.
///
/// UTF-16 is recognised by its byte order mark. What an encoding cannot hold (half of a surrogate pair, an odd
/// byte at the end) becomes bytes that are not UTF-8, so that the row with it is reported and not changed.
final class TextDecoder {
  private let source: ByteSource
  private let given: TextEncodingName?
  /// Decided with the first bytes.
  private var encoding: TextEncodingName?
  private var input: [UInt8] = []
  private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  /// UTF-8 that nobody has taken yet.
  private var output: [UInt8] = []
  private var taken = 0
  private var isAtEnd = false

  init(_ source: ByteSource, encoding: TextEncodingName?) {
    self.source = source
    given = encoding
  }

  deinit { piece.deallocate() }

  /// Fills the front of `buffer`, as `ByteSource.read` does; 0 is the end.
  /// - Throws: what `ByteSource.read` throws; `.invalidArgument` for a byte order mark of another encoding than
  ///   the one given.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InterchangeError) -> Int {
    if encoding == nil { try begin() }
    // Nothing is pending and nothing is to be converted: the usual case costs no copy.
    if taken == output.count, encoding == .utf8 { return isAtEnd ? 0 : try source.read(into: buffer) }
    while taken == output.count {
      if isAtEnd { return 0 }
      try refill()
    }
    let count = min(buffer.count, output.count - taken)
    output.withUnsafeBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + count]))
    }
    taken += count
    return count
  }

  /// Reads the bytes that may be a mark and decides the encoding.
  private func begin() throws(InterchangeError) {
    // Whoever sends a short line and waits for an answer sends no more before it: bytes that begin no mark are enough.
    while input.count < 3, !isAtEnd, TextEncodingName.mayBeginMark(input) {
      try readPiece(limit: 3 - input.count)
    }
    let marked = input.withUnsafeBytes { TextEncodingName.marked(by: $0) }
    let isMarkedUTF16 = marked == .utf16le || marked == .utf16be
    if let given, let marked, given != marked, !(given == .utf16 && isMarkedUTF16) {
      throw InterchangeError(
        .invalidArgument,
        "'\(source.name)' begins with the byte order mark of \(marked.rawValue), not of \(given.rawValue)",
        path: source.name)
    }
    encoding = given == .utf16 ? marked ?? .utf16le : given ?? marked ?? .utf8
    convert()
  }

  private func refill() throws(InterchangeError) {
    try readPiece(limit: piece.count)
    convert()
  }

  private func readPiece(limit: Int) throws(InterchangeError) {
    let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: piece[..<limit]))
    if count == 0 { isAtEnd = true }
    input.append(contentsOf: piece[..<count])
  }

  /// Moves what is complete from the input to the output.
  private func convert() {
    output.removeAll(keepingCapacity: true)
    taken = 0
    switch encoding {
    case .latin1:
      for byte in input { append(Self.scalar(ofWindows1252: byte)) }
      input.removeAll(keepingCapacity: true)
    case .utf16le: convertUTF16 { UInt16($0) | UInt16($1) << 8 }
    case .utf16be: convertUTF16 { UInt16($1) | UInt16($0) << 8 }
    default: swap(&input, &output)
    }
  }

  private func convertUTF16(_ unit: (UInt8, UInt8) -> UInt16) {
    var place = 0
    while place + 1 < input.count {
      let first = UInt32(unit(input[place], input[place + 1]))
      var length = 2
      var scalar = first
      if first & 0xfc00 == 0xd800 {
        if place + 3 < input.count {
          let second = UInt32(unit(input[place + 2], input[place + 3]))
          if second & 0xfc00 == 0xdc00 {
            scalar = 0x10000 + (first & 0x3ff) << 10 + (second & 0x3ff)
            length = 4
          }
        } else if !isAtEnd {
          break
        }
      }
      append(scalar)
      place += length
    }
    if isAtEnd, place < input.count {
      // Half a unit: a byte that UTF-8 does not have.
      output.append(0xff)
      place = input.count
    }
    input.removeFirst(place)
  }

  /// Appends a code point; half of a surrogate pair becomes three bytes that are not UTF-8.
  private func append(_ scalar: UInt32) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3f) }
    switch scalar {
    case ..<0x80: output.append(UInt8(scalar))
    case ..<0x800: output += [UInt8(0xc0 | scalar >> 6), tail(0)]
    case ..<0x10000: output += [UInt8(0xe0 | scalar >> 12), tail(6), tail(0)]
    default: output += [UInt8(0xf0 | scalar >> 18), tail(12), tail(6), tail(0)]
    }
  }

  /// Bytes 0x80 to 0x9f of Windows-1252 (WHATWG Encoding Standard); all others are Latin-1.
  private static let upperControls: [UInt32] = [
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
    0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
    0x153, 0x9d, 0x17e, 0x178,
  ]

  private static func scalar(ofWindows1252 byte: UInt8) -> UInt32 {
    (0x80..<0xa0).contains(byte) ? upperControls[Int(byte) - 0x80] : UInt32(byte)
  }
}
