/// The formats that records come in.
package enum RecordFormat: String, CaseIterable, Sendable {
  /// A JSON array of objects, one object, or several objects without an array.
  case json
  /// JSON Lines: one object a line.
  case jsonLines = "jsonl"
  /// Comma-separated with a header line.
  case csv
  /// Tab-separated with a header line.
  case tsv

  /// The format that the ending of `path` indicates, `.gz` and letter case aside:
  /// `.json`, `.jsonl`, `.ndjson`, `.csv`, `.tsv`, `.tab`. Nil for every other ending.
  package init?(path: String) {
    guard let ending = fileEnding(of: path) else { return nil }
    self.init(name: String(ending))
  }

  /// The format of that name, as given on a command line: `json`, `jsonl`, `ndjson`, `csv`,
  /// `tsv`, `tab`.
  package init?(name: String) {
    switch name.lowercased() {
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonLines
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    default: return nil
    }
  }

  /// The format of that name.
  /// - Throws: `.invalidArgument` with the names there are.
  package static func named(_ name: String) throws(InterchangeError) -> RecordFormat {
    if let format = RecordFormat(name: name) { return format }
    throw InterchangeError(.invalidArgument, "unknown format \"\(name)\"; use json, jsonl, csv or tsv")
  }

  /// The delimiter that a command line names: one ASCII character, `tab` or `\t`.
  /// - Throws: `.invalidArgument` for everything that cannot separate fields.
  package static func delimiter(named name: String) throws(InterchangeError) -> UInt8 {
    let text = name == "tab" || name == "\\t" ? "\t" : name
    if let byte = text.utf8.first, text.utf8.count == 1, DelimitedDialect.isUsable(byte) { return byte }
    throw InterchangeError(
      .invalidArgument,
      "the delimiter \"\(name)\" is not one ASCII character other than the quote; use for instance ';' or tab"
    )
  }

  /// What usually separates fields, of a delimited format.
  package var delimiter: UInt8? {
    switch self {
    case .json, .jsonLines: nil
    case .csv: UInt8(ascii: ",")
    case .tsv: UInt8(ascii: "\t")
    }
  }

  /// The format given, or the one that the path indicates.
  /// - Throws: `.unsupportedFormat` if there is neither.
  package static func resolve(path: String, given: RecordFormat?) throws(InterchangeError) -> RecordFormat {
    if let given { return given }
    if let known = RecordFormat(path: path) { return known }
    throw InterchangeError(
      .unsupportedFormat,
      "the name '\(path)' does not indicate a format; name it .json, .jsonl, .csv or .tsv, or state the format",
      path: path)
  }
}

/// What follows the last dot of `path`, in lower case, `.gz` aside; nil where there is no dot.
func fileEnding(of path: String) -> Substring? {
  var name = path.lowercased()[...]
  if name.hasSuffix(".gz") { name = name.dropLast(3) }
  return name.lastIndex(of: ".").map { name[name.index(after: $0)...] }
}
