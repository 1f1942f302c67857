import Platform

/// The window of a stream that line and row readers look at: unread bytes, contiguous, with a sentinel.
///
/// One newline always stands at `base[end]`, and eight more bytes behind it may be loaded, so that scanners
/// need no bounds check per byte. Rows are never longer than `limitBytes`.
final class TextBuffer {
  /// What a call of `fill` did.
  enum Fill {
    /// At least one more byte is unread.
    case more
    /// The stream has ended.
    case ended
    /// As many bytes as one row may have are unread already.
    case full
  }

  let source: ByteSource
  let limitBytes: Int
  /// Whether a carriage return alone ends a line too; LF and CRLF always do.
  var endsLinesAtReturn = false
  private let decoder: TextDecoder
  private(set) var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// The first unread byte.
  var start = 0
  /// One behind the last unread byte; the sentinel stands here.
  private(set) var end = 0
  private(set) var isAtEnd = false

  /// Room behind the sentinel for word loads.
  private static let slackBytes = 16
  private static let initialBytes = 512 << 10

  init(source: ByteSource, limitBytes: Int, encoding: TextEncodingName? = nil) {
    precondition(limitBytes > 0, "a row needs room")
    self.source = source
    decoder = TextDecoder(source, encoding: encoding)
    self.limitBytes = limitBytes
    capacity = min(Self.initialBytes, limitBytes)
    base = Self.allocate(capacity)
  }

  deinit { base.deallocate() }

  var unreadCount: Int { end - start }

  /// Reads on. Existing unread bytes keep their order but may move: offsets into `base` change.
  ///
  /// With much unread already, the unread part at least doubles, so that a long row on a slow pipe is not
  /// scanned again for every few bytes; with little unread, one read is enough and nothing waits.
  func fill() throws(InterchangeError) -> Fill {
    if isAtEnd { return .ended }
    let unread = unreadCount
    if unread >= limitBytes { return .full }
    makeRoom()
    let goal = unread > 64 << 10 ? min(2 * unread, capacity) : unread + 1
    while unreadCount < goal {
      let room = UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
      let count = try decoder.read(into: room)
      if count == 0 {
        isAtEnd = true
        break
      }
      end += count
    }
    base.storeBytes(of: 0x0a, toByteOffset: end, as: UInt8.self)
    return unreadCount > unread ? .more : .ended
  }

  /// Makes at least half of the buffer free behind the unread bytes, growing it up to the limit.
  private func makeRoom() {
    let unread = unreadCount
    if unread > capacity / 2, capacity < limitBytes {
      let larger = min(2 * capacity, limitBytes)
      let fresh = Self.allocate(larger)
      fresh.copyMemory(from: base + start, byteCount: unread)
      base.deallocate()
      base = fresh
      capacity = larger
    } else if start > 0 {
      memmove(base, base + start, unread)
    }
    start = 0
    end = unread
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity + slackBytes, alignment: 64)
    // Word loads reach into the slack: give it defined content.
    memset(memory + capacity, 0, slackBytes)
    memory.storeBytes(of: 0x0a, as: UInt8.self)
    return memory
  }

  /// Steps over a UTF-8 byte order mark at the current place.
  func skipByteOrderMark() throws(InterchangeError) {
    while unreadCount < 3 {
      // Whoever sends a short line and waits for an answer sends no more before it.
      if unreadCount > 0, base[start] != 0xef { return }
      guard case .more = try fill() else { return }
    }
    if base[start] == 0xef, base[start + 1] == 0xbb, base[start + 2] == 0xbf { start += 3 }
  }

  /// The first unread byte that is no blank, without taking anything; nil where there is none within the limit.
  func firstByte() throws(InterchangeError) -> UInt8? {
    var place = 0
    while true {
      while place < unreadCount {
        let byte = base[start + place]
        if ![0x20, 0x09, 0x0a, 0x0d].contains(byte) { return byte }
        place += 1
      }
      guard case .more = try fill() else { return nil }
    }
  }

  /// Decides whether lines end in carriage returns alone, by the end of the first line.
  ///
  /// The first CR before any LF decides, if no LF stands behind it. A file of which nobody knows yet (no line
  /// end within the limit) keeps LF.
  func detectLineEnds() throws(InterchangeError) {
    var scanned = 0
    while true {
      if let at = firstLineEndByte(from: start + scanned) {
        guard base[at] == 0x0d else { return }
        if at + 1 < end {
          endsLinesAtReturn = base[at + 1] != 0x0a
          return
        }
        scanned = at - start
      } else {
        scanned = unreadCount
      }
      guard case .more = try fill() else { return }
    }
  }

  /// The offset of the first end of a line at or behind `offset`, among the unread bytes, and that of the next
  /// line. A CR whose next byte is not there yet is no end yet.
  func lineEnd(from offset: Int) -> (end: Int, next: Int)? {
    guard endsLinesAtReturn else {
      guard offset < end, let found = memchr(base + offset, 0x0a, end - offset) else { return nil }
      let newline = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      return (newline, newline + 1)
    }
    guard let at = firstLineEndByte(from: offset) else { return nil }
    guard base[at] == 0x0d else { return (at, at + 1) }
    if at + 1 == end, !isAtEnd { return nil }
    return (at, at + (at + 1 < end && base[at + 1] == 0x0a ? 2 : 1))
  }

  /// How many line ends stand in `bytes`.
  func lineEndCount(in bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0a || (endsLinesAtReturn && byte == 0x0d && !bytes[(index + 1)...].starts(with: [0x0a])) {
        count += 1
      }
    }
    return count
  }

  /// The offset of the first CR or LF at or behind `offset`, among the unread bytes.
  private func firstLineEndByte(from offset: Int) -> Int? {
    let newline = ByteMatching.pattern(0x0a)
    let carriageReturn = ByteMatching.pattern(0x0d)
    var place = offset
    while place < end {
      let word = ByteMatching.load(base, place)
      let mask = ByteMatching.equal(word, newline) | ByteMatching.equal(word, carriageReturn)
      if mask != 0 {
        let found = place + ByteMatching.firstIndex(mask)
        return found < end ? found : nil
      }
      place += 8
    }
    return nil
  }

  /// Drops everything through the next line end, however far it is.
  func discardLine() throws(InterchangeError) {
    while true {
      if let line = lineEnd(from: start) {
        start = line.next
        return
      }
      // A last CR stays, because it may be the end.
      start = endsLinesAtReturn && end > start && base[end - 1] == 0x0d ? end - 1 : end
      guard case .more = try fill() else {
        start = end
        return
      }
    }
  }

  /// The bytes from `from` up to `to` without a carriage return at their end.
  func line(from: Int, to: Int) -> UnsafeRawBufferPointer {
    let hasReturn = to > from && base[to - 1] == 0x0d
    return UnsafeRawBufferPointer(start: base + from, count: to - from - (hasReturn ? 1 : 0))
  }
}

extension UnsafeMutableRawPointer {
  /// The byte `offset` bytes ahead.
  @inline(__always)
  subscript(offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}

extension UnsafeRawPointer {
  /// The byte `offset` bytes ahead.
  @inline(__always)
  subscript(offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}
