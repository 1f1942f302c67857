import Basics

/// Reads CSV or TSV with a header line, row by row, without a copy or an allocation per row.
///
/// With quotes, as CSV has them (RFC 4180), a field that *begins* with `"` runs to the next lone `"`, may hold
/// delimiters and newlines, and writes a quote as `""`; a quote further inside a field is an ordinary
/// character. Without, as in TSV (IANA text/tab-separated-values), every quote is one. Lines end in LF or
/// CRLF; where the header line ends in CR alone, in that too; elsewhere a lone CR is an ordinary character. A
/// byte order mark is skipped; empty lines are skipped. A row that is
/// not usable is handed out as a `BadRow`; after a broken quote reading goes on at the next *line*, so that
/// one stray quote does not swallow the file.
package final class DelimitedReader {
  /// One step of the reader.
  package enum Outcome {
    /// A good row; valid until the next step.
    case row(DelimitedRow)
    /// An unusable one.
    case bad(BadRow)
  }

  /// The names in the header line, in order; a nameless column is called `column` and its number from 1.
  package let columnNames: [String]

  private let dialect: DelimitedDialect
  let buffer: TextBuffer
  let fields: UnsafeMutablePointer<UnsafeRawBufferPointer>
  /// The line on which the next row begins.
  var lineNumber: Int
  private var escapedFields: [Int] = []
  private var scratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private let beginning: UnsafeMutableRawBufferPointer

  /// Reads the header line of `source`.
  /// - Parameters:
  ///   - delimiter: one ASCII byte other than the quote and line ends; nil finds it in the header line, where
  ///     the comma goes before all others.
  ///   - hasQuotes: whether quotes mean something.
  ///   - encoding: nil for UTF-8, or UTF-16 where a byte order mark says so.
  ///   - limitBytes: the longest row; longer ones are bad rows.
  /// - Throws: `.badHeader` for an empty source, a broken header line or a name given twice, and what
  ///   `ByteSource.read` throws.
  package init(
    _ source: ByteSource, delimiter: UInt8?, hasQuotes: Bool = true, encoding: TextEncodingName? = nil,
    limitBytes: Int = Limits.lineBytes
  ) throws(InterchangeError) {
    precondition(delimiter.map(DelimitedDialect.isUsable) ?? true, "unusable delimiter")
    let buffer = TextBuffer(source: source, limitBytes: limitBytes, encoding: encoding)
    try buffer.skipByteOrderMark()
    let dialect = try DelimitedDialect.detect(in: buffer, delimiter: delimiter, hasQuotes: hasQuotes)
    let header = try DelimitedHeader.read(from: buffer, dialect: dialect)
    // Nothing throws from here on: a throwing initialiser runs no `deinit`.
    beginning = .allocate(byteCount: 1024, alignment: 1)
    self.buffer = buffer
    self.dialect = dialect
    columnNames = header.names
    lineNumber = header.nextLineNumber
    fields = .allocate(capacity: header.names.count)
    fields.initialize(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: header.names.count)
  }

  deinit {
    fields.deallocate()
    scratch.deallocate()
    beginning.deallocate()
  }

  /// The next row, good or bad, or nil at the end.
  /// - Throws: what `ByteSource.read` throws.
  package func next() throws(InterchangeError) -> Outcome? {
    while true {
      if buffer.unreadCount > 0 {
        escapedFields.removeAll(keepingCapacity: true)
        var scan = RowScan(buffer: buffer, dialect: dialect, fields: fields, capacity: columnNames.count)
        switch scan.run(escaped: &escapedFields) {
        case .row:
          if scan.isBlank {
            buffer.start = scan.next
            lineNumber += 1
            continue
          }
          return finish(scan)
        case .malformed(let reason):
          // The line is dropped as a whole, so all of it must be there first.
          if buffer.isAtEnd || buffer.lineEnd(from: buffer.start) != nil {
            return badLine(reason, at: scan.position)
          }
        case .incomplete:
          break
        }
      }
      switch try buffer.fill() {
      case .more: continue
      case .ended: if buffer.unreadCount == 0 { return nil }
      case .full: return try badLongRow()
      }
    }
  }

  /// Checks a completely scanned row and unescapes what needs it.
  private func finish(_ scan: RowScan) -> Outcome {
    let raw = buffer.line(from: buffer.start, to: scan.end)
    let rowLine = lineNumber
    buffer.start = scan.next
    lineNumber += 1
    if scan.hasQuotes {
      lineNumber += buffer.lineEndCount(in: raw)
    }
    if scan.mayHaveHighBytes, !isValidUTF8(raw) {
      return bad(.invalidUTF8, "the row is not UTF-8; convert the file to UTF-8", rowLine, nil, raw)
    }
    guard scan.count == columnNames.count else {
      let message = "\(scan.count) fields where the header names \(columnNames.count) columns"
      return bad(.wrongFieldCount, message, rowLine, nil, raw)
    }
    if !escapedFields.isEmpty { unescape() }
    return .row(DelimitedRow(fields: UnsafePointer(fields), count: scan.count, lineNumber: rowLine, raw: raw))
  }

  /// Copies the fields that hold `""` into the scratch memory, with one quote for each pair.
  private func unescape() {
    let needed = escapedFields.reduce(0) { $0 + fields[$1].count }
    if scratch.count < needed {
      scratch.deallocate()
      scratch = .allocate(byteCount: max(needed, 2 * scratch.count, 4096), alignment: 1)
    }
    var used = 0
    for index in escapedFields {
      let begin = used
      forEachUnescapedByte(of: fields[index]) { byte in
        scratch[used] = byte
        used += 1
      }
      fields[index] = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(scratch)[begin..<used])
    }
  }

  /// A row with a broken quote: only its first line is dropped.
  private func badLine(_ reason: BadRow.Reason, at position: Int) -> Outcome {
    let begin = buffer.start
    let line = buffer.lineEnd(from: begin) ?? (buffer.end, buffer.end)
    let raw = buffer.line(from: begin, to: line.end)
    buffer.start = line.next
    lineNumber += 1
    let message =
      reason == .unterminatedQuote
      ? "a field begins with a quote that is never closed; write a quote inside a quoted field as \"\""
      : "text behind a closing quote; write a quote inside a quoted field as \"\""
    return bad(reason, message, lineNumber - 1, position - begin + 1, raw)
  }

  /// A row that fills the whole buffer without coming to an end.
  private func badLongRow() throws(InterchangeError) -> Outcome {
    if buffer.lineEnd(from: buffer.start) != nil {
      return badLine(.unterminatedQuote, at: buffer.start)
    }
    let count = min(beginning.count, buffer.unreadCount)
    beginning.copyMemory(from: UnsafeRawBufferPointer(start: buffer.base + buffer.start, count: count))
    try buffer.discardLine()
    lineNumber += 1
    let message = "the row is longer than \(buffer.limitBytes) bytes"
    let raw = UnsafeRawBufferPointer(rebasing: beginning[..<count])
    return bad(.lineTooLong, message, lineNumber - 1, nil, raw)
  }

  private func bad(
    _ reason: BadRow.Reason, _ message: String, _ line: Int, _ column: Int?, _ raw: UnsafeRawBufferPointer
  ) -> Outcome {
    .bad(BadRow(reason: reason, message: message, lineNumber: line, column: column, raw: raw))
  }
}
