import Interchange

/// What a reader of records made of a file, as bytes that can be compared.
enum ReadRow: Equatable {
  /// The names and the texts of a row's fields, with the line that it begins on.
  case row(names: [[UInt8]], cells: [[UInt8]], line: Int)
  /// Why it is not used.
  case bad(BadRow.Reason, line: Int)
  /// The end of a file that cannot be read further.
  case refused(InterchangeError.Code)

  /// The texts of a row; none of anything else.
  var cells: [[UInt8]] { if case .row(_, let cells, _) = self { cells } else { [] } }

  /// How a file is read.
  struct Options {
    var format: RecordFormat
    var delimiter: UInt8?
    var encoding: TextEncodingName?
    var limitBytes: Int
    var pieceBytes = Int.max
  }

  /// The rows of a file; nil where its beginning is refused.
  static func all(_ content: [UInt8], _ options: Options) throws -> (names: [[UInt8]]?, rows: [ReadRow])? {
    let opened = try accepted(InterchangeError.self) {
      try RecordReader(
        ByteSource(bytes: content, pieceBytes: options.pieceBytes), format: options.format,
        delimiter: options.delimiter, encoding: options.encoding, limitBytes: options.limitBytes)
    }
    guard let reader = opened else { return nil }
    var rows: [ReadRow] = []
    do throws(InterchangeError) {
      while let outcome = try reader.next() {
        switch outcome {
        case .bad(let row):
          _ = row.description.utf8.count + row.raw.reduce(0) { $0 &+ Int($1) }
          rows.append(.bad(row.reason, line: row.lineNumber))
        case .record(let record): rows.append(read(record))
        }
        // As many rows as an input has bytes, and one: a reader that goes on for ever is found at once.
        if rows.count > content.count + 1 { return (nil, [.refused(.limitExceeded)]) }
      }
    } catch { rows.append(.refused(error.code)) }
    return (reader.columnNames?.map { Array($0.utf8) }, rows)
  }

  private static func read(_ record: Record) -> ReadRow {
    let fields = 0..<record.fieldCount
    let cells = fields.map { index -> [UInt8] in
      let cell = record.cell(at: index)
      // Everything that an import may ask of a field.
      _ = (cell.number, cell.timeMilliseconds, cell.identifier, cell.isEmpty)
      if case .json(let value) = cell { return Array(value.text.utf8) }
      return Array((cell.string ?? "").utf8)
    }
    _ = record.raw.reduce(0) { $0 &+ Int($1) }
    return .row(names: fields.map { Array(record.name(at: $0).utf8) }, cells: cells, line: record.lineNumber)
  }

  /// Expects that a file is read the same in pieces as at once.
  static func checkPieces(_ content: [UInt8], _ options: Options) throws -> (
    names: [[UInt8]]?, rows: [ReadRow]
  )? {
    let inPieces = try all(content, options)
    var whole = options
    whole.pieceBytes = .max
    let atOnce = try all(content, whole)
    try hold(atOnce?.rows != [.refused(.limitExceeded)], "more rows than bytes")
    try hold(
      inPieces?.names == atOnce?.names && inPieces?.rows == atOnce?.rows,
      "in pieces \(String(describing: inPieces)), at once \(String(describing: atOnce))")
    return atOnce
  }
}
