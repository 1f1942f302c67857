import Basics
@testable import Interchange

/// What a `RecordReader` says, copied out: a good row as its fields' texts, a bad one as reason and line.
enum ReadRow: Equatable, CustomStringConvertible {
  case row([String], line: Int)
  case bad(BadRow.Reason, line: Int)

  var description: String {
    switch self {
    case .row(let fields, let line): "\(line): \(fields)"
    case .bad(let reason, let line): "\(line): \(reason.rawValue)"
    }
  }
}

/// All rows of `bytes`; a member of JSON is `key=value`, a nested value is its kind.
func readRows(
  _ bytes: [UInt8], _ format: RecordFormat, delimiter: UInt8? = nil, encoding: TextEncodingName? = nil,
  pieceBytes: Int = .max, limitBytes: Int = Limits.lineBytes
) throws -> [ReadRow] {
  let reader = try RecordReader(
    ByteSource(bytes: bytes, pieceBytes: pieceBytes), format: format, delimiter: delimiter,
    encoding: encoding, limitBytes: limitBytes)
  var rows: [ReadRow] = []
  try reader.forEach { outcome in
    switch outcome {
    case .bad(let bad): rows.append(.bad(bad.reason, line: bad.lineNumber))
    case .record(let record):
      let fields = (0..<record.fieldCount).map { index in
        let text = record.cell(at: index).string ?? "?"
        return reader.columnNames == nil ? "\(record.name(at: index))=\(text)" : text
      }
      rows.append(.row(fields, line: record.lineNumber))
    }
  }
  return rows
}

/// All rows of `text`.
func readRows(_ text: String, _ format: RecordFormat, delimiter: UInt8? = nil) throws -> [ReadRow] {
  try readRows(Array(text.utf8), format, delimiter: delimiter)
}

extension RecordReader {
  /// Hands every row to `body`, in order, until it throws.
  func forEach(_ body: (Outcome) throws -> Void) throws {
    while let outcome = try next() { try body(outcome) }
  }
}
