import Basics

/// Reads JSON Lines: one object a line, empty lines skipped.
///
/// A line that is not exactly one JSON object is handed out as a `BadRow` with reason and column.
package final class JSONLinesReader {
  /// One good line.
  package struct Line {
    /// What it says.
    package let object: JSONObject
    /// Its number in the file, from 1.
    package let lineNumber: Int
    /// Its text as it stands in the file; valid until the reader's next step.
    package let raw: UnsafeRawBufferPointer
  }

  /// One step of the reader.
  package enum Outcome {
    /// A line with one object.
    case object(Line)
    /// Any other line.
    case bad(BadRow)
  }

  private let lines: LineReader
  private let limits: JSONLimits

  /// Lines of `buffer`, of which nothing but a byte order mark was taken.
  init(_ buffer: TextBuffer, limits: JSONLimits = JSONLimits()) {
    lines = LineReader(buffer)
    self.limits = limits
  }

  /// The next line that is not empty, or nil at the end.
  /// - Throws: what `ByteSource.read` throws.
  package func next() throws(InterchangeError) -> Outcome? {
    switch try nextText() {
    case nil: return nil
    case .bad(let row): return .bad(row)
    case .text(let raw, let lineNumber):
      return Self.outcome(raw, limits, lineNumber, needed: "one JSON object a line")
    }
  }

  /// What the text of one row says.
  static func outcome(
    _ raw: UnsafeRawBufferPointer, _ limits: JSONLimits, _ lineNumber: Int, needed: String
  ) -> Outcome {
    do throws(JSONFault) {
      let value = try JSONParser.parseDocument(raw, limits: limits)
      guard case .object(let object) = value else {
        return .bad(
          BadRow(
            reason: .notAnObject, message: "\(needed) is needed, found \(value.kindName)",
            lineNumber: lineNumber, column: nil, raw: raw))
      }
      return .object(Line(object: object, lineNumber: lineNumber, raw: raw))
    } catch {
      return .bad(badRow(error, raw: raw, lineNumber: lineNumber))
    }
  }

  /// A line that is not empty, before it is parsed.
  enum Text {
    case text(UnsafeRawBufferPointer, lineNumber: Int)
    case bad(BadRow)
  }

  /// The next line that is not empty, unparsed.
  func nextText() throws(InterchangeError) -> Text? {
    while let line = try lines.next() {
      switch line {
      case .text(let raw):
        if trimmed(raw).isEmpty { continue }
        return .text(raw, lineNumber: lines.lineNumber)
      case .tooLong(let beginning):
        return .bad(
          BadRow(
            reason: .lineTooLong, message: "the line is longer than \(lines.limitBytes) bytes",
            lineNumber: lines.lineNumber, column: nil, raw: beginning))
      }
    }
    return nil
  }

  /// The bad row of a fault in `raw`.
  static func badRow(_ fault: JSONFault, raw: UnsafeRawBufferPointer, lineNumber: Int) -> BadRow {
    BadRow(
      reason: fault.reason, message: fault.message(for: raw), lineNumber: lineNumber,
      column: fault.reason == .invalidUTF8 ? nil : fault.offset + 1, raw: raw)
  }
}
