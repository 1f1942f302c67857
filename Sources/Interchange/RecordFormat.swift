/// The formats that records come in.
package enum RecordFormat: String, CaseIterable, Sendable {
  /// JSON Lines: one object a line.
  case jsonLines = "jsonl"
  /// Comma-separated with a header line.
  case csv
  /// Tab-separated with a header line.
  case tsv

  /// The format that the ending of `path` tells, `.gz` and letter case aside:
  /// `.jsonl`, `.ndjson`, `.csv`, `.tsv`, `.tab`. Nil for every other ending.
  package init?(path: String) {
    var name = path.lowercased()[...]
    if name.hasSuffix(".gz") { name = name.dropLast(3) }
    guard let dot = name.lastIndex(of: ".") else { return nil }
    self.init(name: String(name[name.index(after: dot)...]))
  }

  /// The format of that name, as given on a command line: `jsonl`, `ndjson`, `csv`, `tsv`, `tab`.
  package init?(name: String) {
    switch name.lowercased() {
    case "jsonl", "ndjson": self = .jsonLines
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    default: return nil
    }
  }

  /// What separates fields, of a delimited format.
  package var delimiter: UInt8? {
    switch self {
    case .jsonLines: nil
    case .csv: UInt8(ascii: ",")
    case .tsv: UInt8(ascii: "\t")
    }
  }

  /// The format given, or the one the path tells.
  /// - Throws: `.unsupportedFormat` if there is neither.
  package static func resolve(path: String, given: RecordFormat?) throws(InterchangeError) -> RecordFormat {
    if let given { return given }
    if let told = RecordFormat(path: path) { return told }
    throw InterchangeError(
      .unsupportedFormat,
      "the name '\(path)' does not tell a format; name it .jsonl, .csv or .tsv, or state the format",
      path: path)
  }
}
