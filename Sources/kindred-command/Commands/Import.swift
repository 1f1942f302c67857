import ArgumentParser
import Kindred

extension Command {
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read items, users and events from files.",
      discussion: """
        Files are JSON Lines, CSV or TSV with a header, distinguished by name (.jsonl, .csv, .tsv, each also with \
        .gz) or by --format. Columns that are not mapped become attributes of items and users. Importing a file \
        twice changes nothing.

        Fields: id and text of items and users; user, item, time, kind, session and value of events. A column of \
        the same name is taken without --map.

        Examples:
          kindred import shop.kindred --items items.jsonl --events clicks.csv
          kindred import shop.kindred --events transactions.tsv.gz --kind purchase \\
            --map "user=Customer ID,item=StockCode,time=InvoiceDate,session=Invoice" \\
            --rows-where "Quantity > 0" --rejects dropped.jsonl
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(help: ArgumentHelp("Rows that are items.", valueName: "file"), completion: .file())
    var items: String?

    @Option(help: ArgumentHelp("Rows that are users.", valueName: "file"), completion: .file())
    var users: String?

    @Option(help: ArgumentHelp("Rows that are events.", valueName: "file"), completion: .file())
    var events: String?

    @Option(
      help: ArgumentHelp("Which column holds which field; may be repeated.", valueName: "field=Column,…"))
    var map: [String] = []

    @Option(help: "Kind for events without one.")
    var kind: String?

    @Option(
      help: ArgumentHelp("Keep only rows that pass, such as \"Quantity > 0\".", valueName: "expression"))
    var rowsWhere: String?

    @Option(
      help: ArgumentHelp("Write dropped rows here, with line and reason, as JSON Lines.", valueName: "file"),
      completion: .file())
    var rejects: String?

    @Flag(help: "Store nothing unless all rows are good.")
    var strict = false

    @Option(
      help: ArgumentHelp("Input format, overriding the file name: jsonl, csv or tsv.", valueName: "format"))
    var format: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      let files = [items, users, events].compactMap { $0 }
      guard !files.isEmpty else {
        throw ValidationError("Nothing to import: give --items, --users or --events with a file.")
      }
      guard files.filter({ $0 == "-" }).count < 2 else {
        throw ValidationError("Standard input ('-') can be only one of --items, --users and --events.")
      }
      guard rejects != "-" else {
        throw ValidationError(
          "Dropped rows are written to a file, not among the results; name one with --rejects.")
      }
      _ = try Self.columns(map)
    }

    /// The column of each field, from `field=Column,field=Column` arguments.
    static func columns(_ arguments: [String]) throws -> [String: String] {
      var columns: [String: String] = [:]
      for pair in arguments.flatMap(Self.pairs) {
        var parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
          String.init)
        guard parts.count == 2 else {
          throw ValidationError("--map takes field=Column pairs separated by commas; '\(pair)' is not one.")
        }
        parts[0] = parts[0][...].trimmed
        parts[1] = Self.unquoted(parts[1])
        guard !parts[0].isEmpty, !parts[1][...].trimmed.isEmpty else {
          throw ValidationError("--map takes field=Column pairs separated by commas; '\(pair)' is not one.")
        }
        if let other = columns.updateValue(parts[1], forKey: parts[0]), other != parts[1] {
          throw ValidationError("--map names two columns for '\(parts[0])': '\(other)' and '\(parts[1])'.")
        }
      }
      return columns
    }

    /// The pairs of one argument: a comma between double quotes is part of a column's name.
    private static func pairs(_ argument: String) -> [String] {
      var pairs = [""]
      var isQuoted = false
      for character in argument {
        if character == "\"" { isQuoted.toggle() }
        if character == ",", !isQuoted { pairs.append("") } else { pairs[pairs.count - 1].append(character) }
      }
      return pairs
    }

    /// A column's name as it is, without the double quotes that it may stand in.
    private static func unquoted(_ text: String) -> String {
      let trimmed = text[...].trimmed
      guard trimmed.count >= 2, trimmed.hasPrefix("\""), trimmed.hasSuffix("\"") else { return text }
      return String(trimmed.dropFirst().dropLast())
    }

    func run() throws {
      let opened = try Store.openForWriting(store)
      defer { opened.close() }
      let options = ImportOptions(
        map: try Self.columns(map), kind: kind, rowsWhere: rowsWhere, rejects: rejects, strict: strict,
        format: format)
      let (report, seconds) = try timed {
        try output.withProgress { progress in
          try opened.importRecords(
            ImportFiles(items: items, users: users, events: events), options: options, progress: progress)
        }
      }
      try output.print(report.json(seconds: seconds), people: report.people)
      let rows = report.kinds.reduce(0) { $0 + $1.counts.rows }
      let rate = People.rate(rows, seconds: seconds, of: "rows").map { " (\($0))" } ?? ""
      for (_, counts) in report.kinds { for note in counts.notes { try output.note(note) } }
      try output.note("\(People.count(rows, "row")) in \(People.seconds(seconds))\(rate)")
      try refuseUselessImport(report)
    }

    /// A file of which not one row could be used was most likely read with the wrong columns.
    private func refuseUselessImport(_ report: ImportReport) throws {
      guard rowsWhere == nil else { return }
      for (kind, counts) in report.kinds
      where counts.stored + counts.unchanged == 0 && !counts.dropped.isEmpty {
        let reason = counts.dropped.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "unknown"
        throw CommandFailure(
          .badInput,
          "none of the \(People.count(counts.rows)) rows of \(kind) could be used (\(reason)); "
            + "does --map name the right columns?")
      }
    }
  }
}

extension Substring {
  /// The text without blanks at its ends.
  fileprivate var trimmed: String {
    var rest = self
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

extension ImportReport {
  /// The counts of each kind of record that was imported.
  var kinds: [(name: String, counts: ImportCounts)] {
    let all: [(String, ImportCounts?)] = [("items", items), ("users", users), ("events", events)]
    return all.compactMap { name, counts in counts.map { (name: name, counts: $0) } }
  }

  func json(seconds: Double) -> JSON {
    let kinds: [JSON.Member] = kinds.map { name, counts in
      let json: JSON = [
        "rows": .integer(counts.rows), "stored": .integer(counts.stored),
        "unchanged": .integer(counts.unchanged), "merged": .integer(counts.merged),
        "dropped": JSON(counts: counts.dropped), "notes": .array(counts.notes.map { .string($0) }),
      ]
      return JSON.Member(key: name, value: json)
    }
    return .object(kinds + [JSON.Member(key: "seconds", value: .number(seconds))])
  }

  var people: String {
    var table = Table([
      .left(""), .right("rows"), .right("stored"), .right("unchanged"), .right("merged"), .right("dropped"),
    ])
    var reasons = Table([.right(""), .left("")], indent: 2)
    for (name, counts) in kinds {
      let dropped = counts.dropped.values.reduce(0, +)
      table.rows.append(
        [name]
          + [counts.rows, counts.stored, counts.unchanged, counts.merged, dropped].map { People.count($0) })
      for (reason, count) in counts.dropped.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        reasons.rows.append([People.count(count), "\(name): \(reason)"])
      }
    }
    let why = reasons.rows.isEmpty ? "" : "dropped because" + reasons.text()
    return table.text() + why
  }
}
