import Basics

/// The lines of a text, one after the other without copying.
///
/// Lines end in LF or CRLF; if the first one ends in CR alone, in that too. The last line needs no line end. A byte
/// order mark is skipped. Bytes are not checked to be UTF-8.
package final class LineReader {
  /// One step of the reader.
  package enum Line {
    /// A line without its end; valid until the next step.
    case text(UnsafeRawBufferPointer)
    /// A line above the limit, already skipped; its first bytes.
    case tooLong(beginning: UnsafeRawBufferPointer)
  }

  /// The number of the line handed out last, from 1.
  package private(set) var lineNumber = 0
  /// The longest line that is handed out, in bytes with its line end.
  package var limitBytes: Int { buffer.limitBytes }
  /// The name of the source.
  package var name: String { buffer.source.name }

  private let buffer: TextBuffer
  private var isFirst = true
  private let keptBeginning = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 1)

  /// Lines of `source`, each at most `limitBytes` long.
  package init(
    _ source: ByteSource, limitBytes: Int = Limits.lineBytes, encoding: TextEncodingName? = nil
  ) {
    buffer = TextBuffer(source: source, limitBytes: limitBytes, encoding: encoding)
  }

  /// The lines of `buffer`, of which nothing was taken but blanks and a byte order mark.
  init(_ buffer: TextBuffer) { self.buffer = buffer }

  deinit { keptBeginning.deallocate() }

  /// The next line, or nil at the end.
  /// - Throws: what `ByteSource.read` throws.
  package func next() throws(InterchangeError) -> Line? {
    if isFirst {
      isFirst = false
      try buffer.skipByteOrderMark()
      try buffer.detectLineEnds()
    }
    var scanned = 0
    while true {
      if let line = buffer.lineEnd(from: buffer.start + scanned) {
        return take(to: line.end, next: line.next)
      }
      // The last byte may be a CR that is seen as an end only with the byte behind it.
      scanned = max(0, buffer.unreadCount - 1)
      switch try buffer.fill() {
      case .more: continue
      case .ended:
        if buffer.unreadCount == 0 { return nil }
        let line = buffer.lineEnd(from: buffer.start + scanned) ?? (buffer.end, buffer.end)
        return take(to: line.end, next: line.next)
      case .full: return try skipLongLine()
      }
    }
  }

  private func take(to end: Int, next: Int) -> Line {
    let line = buffer.line(from: buffer.start, to: end)
    buffer.start = next
    lineNumber += 1
    return .text(line)
  }

  private func skipLongLine() throws(InterchangeError) -> Line {
    let count = min(keptBeginning.count, buffer.unreadCount)
    keptBeginning.copyMemory(
      from: UnsafeRawBufferPointer(start: buffer.base + buffer.start, count: count))
    lineNumber += 1
    try buffer.discardLine()
    return .tooLong(beginning: UnsafeRawBufferPointer(rebasing: keptBeginning[..<count]))
  }
}
