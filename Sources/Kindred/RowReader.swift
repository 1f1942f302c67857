import Filters
import Interchange

/// Reads the rows of one file, applies the row filter, and keeps count of what is dropped and why.
final class RowReader {
  private let reader: RecordReader
  private var filter: RowFilter?
  private let rejects: ByteSink?
  private let stage: String
  private let progress: ProgressHandler?
  private(set) var counts = ImportCounts()

  /// The columns of a delimited file, in order; nil for JSON Lines.
  var columnNames: [String]? { reader.columnNames }

  init(
    _ path: String, options: ImportOptions, rejects: ByteSink?, stage: String, progress: ProgressHandler?
  ) throws {
    let format = try options.format.map { name in
      guard let format = RecordFormat(name: name) else {
        throw StoreError(code: .invalidArgument, message: "unknown format \"\(name)\"; use jsonl, csv or tsv")
      }
      return format
    }
    let reader = try RecordReader(path: path, format: format)
    self.reader = reader
    filter = try options.rowsWhere.map { try RowFilter($0, columns: reader.columnNames) }
    self.rejects = rejects
    self.stage = stage
    self.progress = progress
  }

  /// The column that holds a field.
  /// - Throws: `.badInput` when the map names a column that the file lacks.
  func column(_ field: String, _ map: [String: String]) throws -> RecordColumn? {
    let column = reader.column(named: map[field] ?? field)
    if column == nil, let name = map[field], let names = reader.columnNames {
      throw StoreError(
        code: .badInput,
        message:
          "\(reader.name) has no column \"\(name)\" (mapped to \(field)); it has \(names.joined(separator: ", "))"
      )
    }
    return column
  }

  /// Hands every row that reads well and passes the filter to `body`, which answers with a reason to drop it or nil.
  func forEach(_ body: (Interchange.Record) throws -> String?) throws {
    while let outcome = try reader.next() {
      counts.rows += 1
      if counts.rows % 8_192 == 0 {
        try Task.checkCancellation()
        progress?(Progress(stage: stage, completed: counts.rows, total: nil))
      }
      switch outcome {
      case .bad(let row): try drop(row.reason.rawValue, row.lineNumber, row.raw)
      case .record(let record):
        if filter?.passes(record) == false {
          try drop("condition", record.lineNumber, record.raw)
        } else if let reason = try body(record) {
          try drop(reason, record.lineNumber, record.raw)
        }
      }
    }
    counts.unknownNames = filter?.unknownNames ?? []
  }

  private func drop(_ reason: String, _ line: Int, _ raw: UnsafeRawBufferPointer) throws {
    counts.dropped[reason, default: 0] += 1
    guard let rejects else { return }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("line", line)
      writer.member("reason", reason)
      writer.member("row", String(decoding: raw, as: UTF8.self))
    }
    writer.endLine()
    try rejects.write(writer.bytes)
  }

  /// Reports how far the storing of rows that were read has come.
  func reportProgress(_ stage: String, completed: Int, total: Int) {
    progress?(Progress(stage: stage, completed: completed, total: total))
  }

  /// Counts a row that is part of the record of an earlier one.
  func countMerged() { counts.merged += 1 }

  /// Counts a record that cannot be stored after all.
  func countDropped(_ reason: String) { counts.dropped[reason, default: 0] += 1 }

  func note(_ text: String) {
    if !counts.notes.contains(text) { counts.notes.append(text) }
  }

  func count(stored: Int, unchanged: Int) {
    counts.stored += stored
    counts.unchanged += unchanged
  }

  /// Forgets what a first run of a transaction counted, before its second.
  func resetStored() {
    counts.stored = 0
    counts.unchanged = 0
  }
}
