import Basics

/// Hands out the texts of JSON values one after the other.
protocol JSONTexts {
  /// The next text, unparsed and valid until the next step, or nil at the end.
  /// - Throws: what `ByteSource.read` throws.
  func nextText() throws(InterchangeError) -> JSONText?
}

/// One step of a reader of JSON.
enum JSONText {
  case text(UnsafeRawBufferPointer, lineNumber: Int)
  case bad(BadRow)
}

extension TextBuffer {
  /// The values of a buffer of which nothing was taken: elements of an array where `isStream` or where it begins with
  /// `[`, otherwise lines.
  func jsonTexts(isStream: Bool = false) throws(InterchangeError) -> any JSONTexts {
    try skipByteOrderMark()
    let first = try firstByte()
    return isStream || first == UInt8(ascii: "[") ? JSONStreamReader(self) : JSONLinesReader(self)
  }
}

/// The texts of JSON Lines: one a line, empty lines skipped.
final class JSONLinesReader: JSONTexts {
  private let lines: LineReader

  /// Lines of `buffer`, of which nothing but a byte order mark was taken.
  init(_ buffer: TextBuffer) { lines = LineReader(buffer) }

  func nextText() throws(InterchangeError) -> JSONText? {
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
}

extension BadRow {
  /// The bad row of a fault in `raw`.
  init(_ fault: JSONFault, raw: UnsafeRawBufferPointer, lineNumber: Int) {
    self.init(
      reason: fault.reason, message: fault.message(for: raw), lineNumber: lineNumber,
      column: fault.reason == .invalidUTF8 ? nil : fault.offset + 1, raw: raw)
  }
}
