import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Import: StoreCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read items, users and events from files.",
      discussion: """
        Files are JSON Lines, JSON (an array of objects), CSV or TSV with a header, distinguished by name (.jsonl, \
        .json, .csv, .tsv, each also with .gz) or by --format. Importing a file twice changes nothing.

        Fields: id and text of items and users; user, item, time, kind, session and value of events. A column of \
        the same name is taken without --map. Every other column of items and users becomes an attribute, and --map \
        new=Column renames one; events have no attributes. A field that is needed and missing in the header is taken \
        from the one column with a usual name (product_id, user_id, timestamp …), and the text from title or name; a \
        note says so. --map text=title+brand joins columns; a name with + or a comma is put in double quotes.

        --only, --except, --type and --list name an attribute as --map calls it, or a column of the file. A column \
        has one type, found from all its values and reported; --type states it: a row whose value is no number is \
        dropped (bad number), and text keeps digits as they are. Without --number-format a number has a decimal \
        point and nothing between thousands; currency signs and codes are skipped. --rows-where compares \
        numbers as they are read so, and everything else as it stands in the file; docs/filters.md has all that it \
        can say.

        Of several rows for one id the last non-empty value of each field is kept, and what the file does not say \
        stays stored. With --clear-missing null and empty cells count too: they clear the value. With --replace the \
        file is the catalogue: a record becomes what the file says of it, and items (or users, with their events) that \
        it lacks are deleted, all in one step. The record of a row that was dropped as bad is kept; rows that \
        --rows-where leaves out count as missing; where a row cannot be read at all nothing is deleted, and a file \
        without a good row is refused (65).

        Examples:
          kindred import shop.kindred --items items.jsonl --events clicks.csv
          kindred import shop.kindred --events transactions.tsv.gz --kind purchase \\
            --map "user=Customer ID,item=StockCode,time=InvoiceDate,session=Invoice" \\
            --rows-where "Quantity > 0" --rejects dropped.jsonl
          kindred import shop.kindred --items export.csv --delimiter ';' \\
            --encoding windows-1252 --number-format 1.234,56 --type zip=text --dry-run
          kindred import shop.kindred --items catalogue.jsonl --replace
        """)

    @OptionGroup var path: StorePath

    @Option(help: ArgumentHelp("Rows that are items.", valueName: "file"), completion: .file())
    var items: String?

    @Option(help: ArgumentHelp("Rows that are users.", valueName: "file"), completion: .file())
    var users: String?

    @Option(help: ArgumentHelp("Rows that are events.", valueName: "file"), completion: .file())
    var events: String?

    @Option(
      help: ArgumentHelp(
        "Which column holds which field; may be repeated. Other names rename an attribute.",
        valueName: "field=Column,…"))
    var map: [String] = []

    @Option(help: ArgumentHelp("Columns that become attributes, and no others.", valueName: "a,b"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Columns that do not become attributes.", valueName: "a,b"))
    var except: [String] = []

    @Option(
      help: ArgumentHelp("Types of columns: text or number.", valueName: "column=type,…"))
    var type: [String] = []

    @Option(
      help: ArgumentHelp(
        "Columns whose cells are lists, with what separates the elements, such as tags=;",
        valueName: "column=mark,…"))
    var list: [String] = []

    @Option(
      help: ArgumentHelp(
        "How numbers are written, by example: \(ImportOptions.numberFormats.joined(separator: " or ")).",
        valueName: "example"), completion: .list(ImportOptions.numberFormats))
    var numberFormat: String?

    @Flag(help: "Turn &amp; and other HTML entities in texts into characters.")
    var decodeHTML = false

    @Option(help: "Kind for events without one.")
    var kind: String?

    @Option(
      help: ArgumentHelp("Keep only rows that pass, such as \"Quantity > 0\".", valueName: "expression"))
    var rowsWhere: Filter?

    @Option(
      help: ArgumentHelp("Write dropped rows here, with line and reason, as JSON Lines.", valueName: "file"),
      completion: .file())
    var rejects: String?

    @Flag(help: "Store nothing unless all rows are good.")
    var strict = false

    @Flag(help: "Let null and empty cells clear the stored value.")
    var clearMissing = false

    @Flag(help: "Delete items (or users) that the file lacks: the file is all there is.")
    var replace = false

    @Flag(help: "Report what would be done, and store nothing.")
    var dryRun = false

    @Flag(help: "Leave new texts without vectors, for embed to make.")
    var noEmbed = false

    @Option(
      help: ArgumentHelp(
        "Input format, overriding the file name: json, jsonl, csv or tsv.", valueName: "format"),
      completion: .list(["json", "jsonl", "csv", "tsv"]))
    var format: String?

    @Option(
      help: ArgumentHelp(
        "What separates fields: one character, or tab; found from the header by default.",
        valueName: "character"))
    var delimiter: String?

    @Option(
      help: ArgumentHelp(
        "Encoding of the files: utf-8 (default), windows-1252, latin-1, utf-16, utf-16le or utf-16be.",
        valueName: "name"),
      completion: .list(["utf-8", "windows-1252", "latin-1", "utf-16", "utf-16le", "utf-16be"]))
    var encoding: String?

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
      let files = [items, users, events].compactMap { $0 }
      guard !files.isEmpty else {
        throw ValidationError("Nothing to import: give --items, --users or --events with a file.")
      }
      try StandardInput.requireOneReader([("--items", items), ("--users", users), ("--events", events)])
      guard rejects != "-" else {
        throw ValidationError(
          "Dropped rows are written to a file, not among the results; name one with --rejects.")
      }
      _ = try options()
    }

    /// What the command line asks for.
    private func options() throws -> ImportOptions {
      var options = ImportOptions(
        kind: kind, rowsWhere: rowsWhere, rejects: rejects, strict: strict, format: format,
        except: try ColumnArguments.names(except, "--except"), numberFormat: numberFormat,
        decodesHTML: decodeHTML, clearsMissing: clearMissing, replaces: replace, dryRun: dryRun,
        delimiter: delimiter, encoding: encoding, embedsTexts: !noEmbed)
      guard only.isEmpty || except.isEmpty else {
        throw ValidationError("--only and --except exclude each other; give one of them.")
      }
      if !only.isEmpty { options.only = try ColumnArguments.names(only, "--only") }
      options.map = try Self.columns(map)
      options.textColumns = try Self.mapPairs(map).compactMap(Self.joinedColumns).last ?? []
      for pair in try ColumnArguments.pairs(type, "--type", takes: "column=text or column=number") {
        guard let stated = ImportOptions.StatedType(rawValue: pair.value) else {
          throw ValidationError(
            "--type \(pair.name)=\(pair.value): a type is text or number; without --type it is found from the values."
          )
        }
        if let other = options.types[pair.name], other != stated {
          throw ValidationError("--type names two types for '\(pair.name)'.")
        }
        options.types[pair.name] = stated
      }
      for pair in try ColumnArguments.pairs(
        list, "--list", takes: "column=mark pairs, a comma as the mark in double quotes")
      {
        options.lists[pair.name] = pair.value
      }
      return options
    }

    private static func mapPairs(_ arguments: [String]) throws -> [ColumnArguments.Pair] {
      try ColumnArguments.pairs(
        arguments, "--map",
        takes: "field=Column pairs separated by commas, a column with commas in double quotes")
    }

    /// The column of each field, from `field=Column,field=Column` arguments.
    static func columns(_ arguments: [String]) throws -> ByName<String> {
      var columns = ByName<String>()
      for pair in try mapPairs(arguments) where joinedColumns(pair) == nil {
        if let other = columns[pair.name], Array(other.utf8) != Array(pair.value.utf8) {
          throw ValidationError(
            "--map names two columns for '\(pair.name)': '\(other)' and '\(pair.value)'.")
        }
        columns[pair.name] = pair.value
      }
      return columns
    }

    /// The columns of `text=Column+Column`; nil for every other pair.
    private static func joinedColumns(_ pair: ColumnArguments.Pair) -> [String]? {
      guard pair.name == "text", !pair.isValueQuoted else { return nil }
      let parts = pair.value.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
      return parts.count > 1 && parts.allSatisfy { !$0.isEmpty } ? parts : nil
    }

    func run() throws {
      if let rejects { try StagedFile.requireUncompressed(rejects) }
      let opened =
        try dryRun
        ? Store.openForReading(store, memoryLimit: memory.memoryLimit)
        : Store.openForWriting(store, memoryLimit: memory.memoryLimit)
      defer { opened.close() }
      let options = try options()
      let (report, seconds) = try timed {
        try output.withProgress { progress in
          try opened.importRecords(
            ImportFiles(items: items, users: users, events: events), options: options, progress: progress)
        }
      }
      let firstRows = report.firstRows()
      try output.print(report.json(seconds: seconds), people: report.people + firstRows)
      let rows = report.kinds.reduce(0) { $0 + $1.counts.rows }
      let rate = People.rate(rows, seconds: seconds, of: "rows").map { " (\($0))" } ?? ""
      let useless = dropsAll(report)
      // The reason that all rows were dropped for is the error's.
      for note in report.notes(besides: useless) { try output.note(note) }
      for (_, counts) in report.kinds { try output.note(counts.unknownNames) }
      try output.note("\(People.count(rows, "row")) in \(People.seconds(seconds))\(rate)")
      if dryRun {
        try output.note("dry run: nothing was stored")
      } else if report.items?.stored ?? 0 > 0 {
        try MissingVectors.notice(in: opened, named: store, output)
      }
      if let useless { throw CommandFailure(useless) }
    }

    /// The first file of which not one row could be used, with its most frequent reason: it was most likely read with
    /// the wrong columns.
    private func dropsAll(_ report: ImportReport) -> ImportReport.DroppedFile? {
      guard rowsWhere == nil else { return nil }
      for (kind, counts) in report.kinds
      where counts.stored + counts.unchanged == 0 && !counts.dropped.isEmpty {
        let reason = counts.dropped.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "unknown"
        return ImportReport.DroppedFile(
          kind: kind, rows: counts.rows, reason: reason, hint: counts.hints[reason])
      }
      return nil
    }
  }
}

extension CommandFailure {
  fileprivate init(_ file: ImportReport.DroppedFile) {
    let rows = file.rows == 1 ? "the only row" : "none of the \(People.count(file.rows)) rows"
    self.init(
      .badInput,
      "\(rows) of \(file.kind) could \(file.rows == 1 ? "not " : "")be used (\(file.reason)); "
        + (file.hint ?? "does --map name the right columns?"))
  }
}
