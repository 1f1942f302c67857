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
        the same name is taken without --map. --rows-where is over the file's own columns; docs/filters.md has all that \
        it can say.

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
      help: ArgumentHelp("Input format, overriding the file name: jsonl, csv or tsv.", valueName: "format"),
      completion: .list(["json", "jsonl", "csv", "tsv"]))
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
      for argument in arguments {
        var rest = argument[...]
        repeat {
          let (field, column) = try takePair(from: &rest, of: argument)
          if let other = columns.updateValue(column, forKey: field), other != column {
            throw ValidationError("--map names two columns for '\(field)': '\(other)' and '\(column)'.")
          }
        } while !rest.isEmpty
      }
      return columns
    }

    /// Takes `field=Column` and the comma behind it from the front of `rest`. A column in double quotes is taken as it is,
    /// with blanks and commas; a double quote in it is written twice.
    private static func takePair(
      from rest: inout Substring, of argument: String
    ) throws -> (field: String, column: String) {
      let wrong = ValidationError(
        "--map takes field=Column pairs separated by commas, a column with commas in double quotes; "
          + "'\(argument)' has something else.")
      guard let equals = rest.firstIndex(of: "=") else { throw wrong }
      let field = rest[..<equals].trimmed
      guard !field.isEmpty, !field.contains(",") else { throw wrong }
      rest = rest[rest.index(after: equals)...]
      let column: String
      let behind: Substring
      if let opening = rest.firstIndex(where: { !$0.isWhitespace }), rest[opening] == "\"" {
        (column, behind) = try quoted(rest[opening...].dropFirst(), orThrow: wrong)
      } else {
        let end = rest.firstIndex(of: ",") ?? rest.endIndex
        (column, behind) = (rest[..<end].trimmed, rest[end...])
      }
      let following = behind.drop { $0.isWhitespace }
      guard !column.isEmpty, following.isEmpty || following.first == "," else { throw wrong }
      rest = following.dropFirst()
      // A comma at the end promises one more pair.
      guard following.isEmpty || !rest.isEmpty else { throw wrong }
      return (field, column)
    }

    /// What stands before the closing quote, and what is behind it.
    private static func quoted(
      _ text: Substring, orThrow wrong: ValidationError
    ) throws -> (String, Substring) {
      var (content, rest) = ("", text)
      while let character = rest.popFirst() {
        if character != "\"" {
          content.append(character)
        } else if rest.first == "\"" {
          content.append(rest.removeFirst())
        } else {
          return (content, rest)
        }
      }
      throw wrong
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
      for (_, counts) in report.kinds { try output.note(counts.unknownNames) }
      try output.note("\(People.count(rows, "row")) in \(People.seconds(seconds))\(rate)")
      if report.items?.stored ?? 0 > 0 {
        try MissingVectors.notice(in: opened, named: store, output)
      }
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
        "dropped": JSON(counts: counts.dropped),
        "notes": .array((counts.notes + counts.unknownNames.map(\.description)).map { .string($0) }),
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
