/// Reads the objects of a JSON array one after the other, without the whole array in memory.
///
/// One object and several without an array are read too, over any number of lines. An element that is
/// not exactly one object is handed out as a `BadRow`, and reading goes on behind it. Where an element is broken
/// so that its end cannot be found (a quote or bracket is missing), reading goes on at the next line that begins
/// like the line of the broken element: with the same indentation and an object. Where there is none, the rest
/// of the file is refused with an error.
final class JSONStreamReader: JSONTexts {
  private let buffer: TextBuffer
  private var isInArray = false
  /// Whether an element must be separated from the one before it by a comma, which was not met yet.
  private var needsComma = false
  /// Whether a comma may stand here, because the one behind a broken element was perhaps not met.
  private var allowsComma = false
  /// Whether a comma was met behind which an element must follow.
  private var isBehindComma = false
  private var lineNumber = 1
  /// How many bytes of its line stand before the place, while only blanks, commas and brackets were met on it; nil
  /// otherwise.
  private var indentation: Int? = 0
  /// Line ends in the element handed out last, which is still unread.
  private var taken = 0
  private var failure: InterchangeError?
  /// Broken elements that were found to be broken only far behind their beginning, each at the cost of a scan.
  private var longScans = 0
  private static let longScanLimit = 100

  /// What stands in `buffer`, of which nothing but a byte order mark was taken.
  init(_ buffer: TextBuffer) { self.buffer = buffer }

  /// The next element whose end is found, unparsed, or nil at the end.
  /// - Throws: what `ByteSource.read` throws; `.invalidJSON` behind an element whose end cannot be found,
  ///   `.limitExceeded` behind one that is longer than the limit.
  func nextText() throws(InterchangeError) -> JSONText? {
    advance(taken)
    taken = 0
    if let failure { throw failure }
    while true {
      guard try hasByte() else {
        guard isInArray else { return nil }
        isInArray = false
        return .bad(bad(.truncatedJSON, "the array is not closed; the file may be cut short", 0))
      }
      let byte = buffer.base[buffer.start]
      switch byte {
      case 0x0a:
        lineNumber += 1
        indentation = 0
        buffer.start += 1
      case 0x20, 0x09, 0x0d: advance(1)
      case UInt8(ascii: "[") where !isInArray:
        isInArray = true
        needsComma = false
        isBehindComma = false
        advance(1)
      case UInt8(ascii: "]") where isInArray:
        isInArray = false
        needsComma = false
        advance(1)
        indentation = nil
        if isBehindComma {
          isBehindComma = false
          return .bad(bad(.invalidJSON, "a value expected between ',' and ']'", 0))
        }
      case UInt8(ascii: ",") where isInArray && (needsComma || allowsComma):
        needsComma = false
        allowsComma = false
        isBehindComma = true
        advance(1)
      case UInt8(ascii: ",") where isInArray:
        isBehindComma = true
        advance(1)
        return .bad(bad(.invalidJSON, "a value expected before ','", 0))
      default:
        // A bracket that nothing has opened is one fault, not a missing comma before it and behind it as well.
        let isStray = byte == UInt8(ascii: "}")
        if needsComma, !isStray {
          needsComma = false
          return .bad(bad(.invalidJSON, "',' or ']' expected between two elements", 0))
        }
        needsComma = isInArray && !isStray
        allowsComma = isStray
        isBehindComma = false
        return try element()
      }
    }
  }

  private func hasByte() throws(InterchangeError) -> Bool {
    if buffer.unreadCount > 0 { return true }
    if case .more = try buffer.fill() { return true }
    return false
  }

  /// Steps over bytes of an element or between elements.
  private func advance(_ count: Int) {
    guard count > 0 else { return }
    for place in buffer.start..<buffer.start + count {
      if buffer.base[place] == 0x0a {
        lineNumber += 1
        indentation = 0
      } else if [0x20, 0x09, 0x0d, 0x5b, 0x2c].contains(buffer.base[place]) {
        indentation = indentation.map { $0 + 1 }
      } else {
        indentation = nil
      }
    }
    buffer.start += count
  }

  /// The element that begins at the first unread byte.
  private func element() throws(InterchangeError) -> JSONText {
    var extent = JSONExtent()
    while true {
      let bytes = UnsafeRawBufferPointer(start: buffer.base + buffer.start, count: buffer.unreadCount)
      switch extent.scan(bytes) {
      case .end(let count):
        taken = count
        return .text(text(count), lineNumber: lineNumber)
      case .broken: return try broken()
      case .more: break
      }
      switch try buffer.fill() {
      case .more: continue
      case .full: return try broken()
      case .ended:
        if extent.isScalar {
          taken = buffer.unreadCount
          return .text(text(taken), lineNumber: lineNumber)
        }
        return try broken()
      }
    }
  }

  /// The bad row of an element whose end is not found, up to the line where reading can go on.
  private func broken() throws(InterchangeError) -> JSONText {
    var searched = 0
    if buffer.unreadCount > buffer.limitBytes / 16 { longScans += 1 }
    while longScans <= Self.longScanLimit {
      if let count = lineOfNextElement(from: searched) {
        // The comma between the elements stands on either side of the line end.
        needsComma = false
        allowsComma = true
        taken = count
        return .bad(fault(count))
      }
      searched = max(0, buffer.unreadCount - 64)
      guard case .more = try buffer.fill() else { break }
    }
    taken = buffer.unreadCount
    let row = fault(taken)
    if buffer.isAtEnd, longScans <= Self.longScanLimit,
      row.reason == .truncatedJSON || !row.raw.dropFirst().contains(UInt8(ascii: "{"))
    {
      // The file is cut short, or this element is the last one: nothing else is lost.
      isInArray = false
    } else {
      let isFull = !buffer.isAtEnd && longScans <= Self.longScanLimit
      failure = InterchangeError(
        isFull ? .limitExceeded : .invalidJSON,
        "'\(buffer.source.name)' is "
          + (isFull ? "one element of more than \(buffer.limitBytes) bytes" : "broken JSON")
          + " from line \(lineNumber) on; nothing behind it is read", path: buffer.source.name)
    }
    return .bad(row)
  }

  /// How many bytes lie before the next line that begins as the line of this element did, from `offset` on.
  private func lineOfNextElement(from offset: Int) -> Int? {
    guard let indentation else { return nil }
    var place = buffer.start + offset
    while let line = buffer.lineEnd(from: place) {
      place = line.next
      var begin = place
      while begin < buffer.end, [0x20, 0x09, 0x2c].contains(buffer.base[begin]) { begin += 1 }
      if begin < buffer.end, begin - place == indentation, buffer.base[begin] == UInt8(ascii: "{") {
        return place - buffer.start
      }
    }
    return nil
  }

  /// What is wrong with the first `count` unread bytes.
  private func fault(_ count: Int) -> BadRow {
    let raw = text(count)
    do throws(JSONFault) {
      _ = try JSONParser.parseDocument(raw, limits: JSONLimits())
      return bad(.invalidJSON, "the end of the element is not found", count)
    } catch {
      return BadRow(error, raw: raw, lineNumber: lineNumber)
    }
  }

  private func bad(_ reason: BadRow.Reason, _ message: String, _ count: Int) -> BadRow {
    BadRow(reason: reason, message: message, lineNumber: lineNumber, column: nil, raw: text(count))
  }

  /// The first `count` unread bytes without blanks at their end.
  private func text(_ count: Int) -> UnsafeRawBufferPointer {
    var end = count
    while end > 0, [0x20, 0x09, 0x0a, 0x0d].contains(buffer.base[buffer.start + end - 1]) { end -= 1 }
    return UnsafeRawBufferPointer(start: buffer.base + buffer.start, count: end)
  }
}

/// Finds the end of a JSON value by its quotes and brackets alone, also over several pieces.
struct JSONExtent {
  enum Result {
    /// The number of bytes that the value has.
    case end(Int)
    /// A bracket closes what another has opened, or a line ends inside a string.
    case broken
    case more
  }

  private var place = 0
  private var closings: [UInt8] = []
  private var isString = false
  private var isEscaped = false
  /// Whether the value is a number or a word, which only what follows can end.
  private(set) var isScalar = false

  /// Goes on in `bytes`, which begin with the same bytes as before and hold more of them.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Result {
    while place < bytes.count {
      let byte = bytes[place]
      if isString {
        if byte == 0x0a || byte == 0x0d { return .broken }
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
          if closings.isEmpty, !isScalar { return .end(place + 1) }
        }
        place += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"): closings.append(UInt8(ascii: "}"))
      case UInt8(ascii: "["): closings.append(UInt8(ascii: "]"))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if closings.isEmpty {
          // The bracket of the array around a scalar, or one that nothing has opened.
          return .end(max(place, 1))
        }
        guard closings.removeLast() == byte else { return .broken }
        if closings.isEmpty { return .end(place + 1) }
      case UInt8(ascii: ","), 0x20, 0x09, 0x0a, 0x0d:
        if closings.isEmpty { return .end(max(place, 1)) }
      default:
        if closings.isEmpty { isScalar = true }
      }
      place += 1
    }
    return .more
  }
}
