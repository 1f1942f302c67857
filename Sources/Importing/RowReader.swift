import Basics
import Values
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
  /// Rows that could not be read, so that nobody can say which record they are of.
  private(set) var unreadableCount = 0
  /// The first dropped row of each reason: its line, and what is to be said of it.
  private(set) var firstDrops: [String: (line: Int, detail: String?)] = [:]
  /// Said of the row at hand, should it be dropped.
  private var detail: String?

  /// The counts, with what may help against the drops.
  var countsWithHints: ImportCounts {
    var counts = counts
    for (reason, first) in firstDrops {
      counts.hints[reason] = ImportHints.hint(
        reason, line: first.line, detail: first.detail, columns: reader.columnNames)
    }
    return counts
  }

  /// The name of the file.
  var name: String { reader.name }
  /// The columns of a delimited file, in order; nil for JSON Lines.
  var columnNames: [String]? { reader.columnNames }

  /// - Parameter isOnlyFile: whether options for delimited files may be refused where this one is JSON.
  init(
    _ path: String, options: ImportOptions, isOnlyFile: Bool, rejects: ByteSink?, stage: String,
    progress: ProgressHandler?
  ) throws {
    var format = try options.format.map { name throws(InterchangeError) in try RecordFormat.named(name) }
    var delimiter = try options.delimiter.map { name throws(InterchangeError) in
      try RecordFormat.delimiter(named: name)
    }
    let encoding = try options.encoding.map { name throws(InterchangeError) in
      try TextEncodingName.named(name)
    }
    if format == nil { format = RecordFormat(path: path) }
    // What has a delimiter is delimited, whatever its name.
    if format == nil, delimiter != nil { format = .csv }
    if !isOnlyFile, let format, format.delimiter == nil { delimiter = nil }
    let reader = try RecordReader(path: path, format: format, delimiter: delimiter, encoding: encoding)
    self.reader = reader
    filter = try options.rowsWhere.map { try RowFilter($0.text, columns: reader.columnNames, options) }
    self.rejects = rejects
    self.stage = stage
    self.progress = progress
  }

  /// The column that holds a field.
  /// - Throws: `.badInput` when the map names a column that the file lacks.
  func column(_ field: String, _ map: ByName<String>) throws -> RecordColumn? {
    if let name = map[field] { return try column(named: name, for: field) }
    return reader.column(named: field)
  }

  /// The column that was named for a field.
  /// - Throws: `.badInput` when the file lacks it.
  func column(named name: String, for field: String) throws -> RecordColumn {
    if let column = reader.column(named: name) { return column }
    let names = reader.columnNames ?? []
    let nearest = NearestNames.nearest(to: name, among: names)
    let hint = nearest.isEmpty ? "" : "; did you mean \(nearest.joined(separator: " or "))?"
    throw ImportError(
      code: .badInput,
      message:
        "\(reader.name) has no column \"\(name)\" (mapped to \(field)); it has \(names.joined(separator: ", "))\(hint)"
    )
  }

  /// Hands every row that reads well and passes the filter to `body`, which answers with a reason to drop it or nil.
  func forEach(_ body: (Interchange.Record) throws -> String?) throws {
    while let outcome = try reader.next() {
      counts.rows += 1
      if counts.rows % 8_192 == 0 {
        try Task.checkCancellation()
        progress?(WorkProgress(stage: stage, completed: counts.rows, total: nil))
      }
      switch outcome {
      case .bad(let row):
        unreadableCount += 1
        detail = row.message
        try drop(row.reason.rawValue, row.lineNumber, row.raw)
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

  /// Says what is wrong with the row at hand; only the first row of a reason needs it.
  func explain(_ reason: String, _ detail: () -> String) {
    if firstDrops[reason] == nil { self.detail = detail() }
  }

  private func drop(_ reason: String, _ line: Int, _ raw: UnsafeRawBufferPointer) throws {
    counts.dropped[reason, default: 0] += 1
    if firstDrops[reason] == nil { firstDrops[reason] = (line, detail) }
    detail = nil
    guard let rejects else { return }
    let text = String(decoding: raw, as: UTF8.self)
    let rejected: JSONValue = ["line": .integer(line), "reason": .string(reason), "row": .string(text)]
    try rejects.write((rejected.text + "\n").utf8)
  }

  /// Reports how far the storing of rows that were read has come.
  func reportProgress(_ stage: String, completed: Int, total: Int) {
    progress?(WorkProgress(stage: stage, completed: completed, total: total))
  }

  /// Counts a row that is part of the record of an earlier one.
  func countMerged() { counts.merged += 1 }

  /// Counts a record that cannot be stored after all.
  func countDropped(_ reason: String) { counts.dropped[reason, default: 0] += 1 }

  func note(_ text: String) {
    if !counts.notes.contains(text) { counts.notes.append(text) }
  }

  /// Keeps what a run found out beside the counts of rows.
  func report(_ change: (inout ImportCounts) -> Void) { change(&counts) }

  func count(stored: Int, unchanged: Int) {
    counts.stored += stored
    counts.unchanged += unchanged
  }

  /// Forgets what a first run of a transaction counted, before its second.
  func resetStored() {
    counts.stored = 0
    counts.unchanged = 0
    counts.deleted = 0
    counts.newItems = 0
    counts.newUsers = 0
  }
}
