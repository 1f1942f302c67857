@testable import Interchange

/// What a reader said about one row, copied out of its memory.
enum RowRecord: Equatable, CustomStringConvertible {
  case row(line: Int, [String], raw: String)
  case bad(line: Int, BadRow.Reason, raw: [UInt8])

  var description: String {
    switch self {
    case .row(let line, let fields, let raw): "row \(line) \(fields) raw \(raw.debugDescription)"
    case .bad(let line, let reason, let raw): "bad \(line) \(reason.rawValue) raw \(raw)"
    }
  }

  /// Everything in `bytes` behind the header line.
  static func all(
    _ bytes: [UInt8], delimiter: Character = ",", limitBytes: Int = 16 << 20, pieceBytes: Int = .max
  ) throws -> [RowRecord] {
    let reader = try DelimitedReader(
      ByteSource(bytes: bytes, pieceBytes: pieceBytes), delimiter: delimiter.asciiValue ?? 0,
      limitBytes: limitBytes)
    var rows: [RowRecord] = []
    while let outcome = try reader.next() {
      switch outcome {
      case .row(let row):
        let fields = (0..<row.count).map { String(decoding: row[$0], as: UTF8.self) }
        rows.append(.row(line: row.lineNumber, fields, raw: String(decoding: row.raw, as: UTF8.self)))
      case .bad(let bad): rows.append(.bad(line: bad.lineNumber, bad.reason, raw: Array(bad.raw)))
      }
    }
    return rows
  }

  static func all(
    _ text: String, delimiter: Character = ",", limitBytes: Int = 16 << 20
  ) throws -> [RowRecord] {
    try all(Array(text.utf8), delimiter: delimiter, limitBytes: limitBytes)
  }

  /// The fields of the good rows.
  static func fields(_ text: String, delimiter: Character = ",") throws -> [[String]] {
    try all(text, delimiter: delimiter).compactMap {
      if case .row(_, let fields, _) = $0 { fields } else { nil }
    }
  }
}

/// Calls `body` with the UTF-8 of `text`.
func withBytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
  Array(text.utf8).withUnsafeBytes(body)
}

/// The code of the error that `body` throws, or nil if it throws none or another one.
func errorCode(_ body: () throws -> Void) -> InterchangeError.Code? {
  do {
    try body()
    return nil
  } catch let error as InterchangeError {
    return error.code
  } catch {
    return nil
  }
}
