import ArgumentParser
import Kindred

extension Command {
  struct List: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "List items, users or events.",
      usage: "kindred list <store> <kind> [<options>]",
      discussion: """
        Without --order-by records come in the order they were first written, events by user and time. A table has \
        20 rows unless -n says more; JSON and CSV have all. --after goes on where a list ended, whatever was written \
        since: with JSON the last line has the cursor as next, null at the end. Events have user, item, time, kind, \
        session and value.

        Examples:
          kindred list shop.kindred items --where 'price < 30' \\
            --order-by 'price desc, id' --fields text,price
          kindred list shop.kindred events --order-by 'time desc' -n 50
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "What to list.")
    var kind: RowKind

    @OptionGroup var rows: RowFilterOptions

    @Option(
      help: ArgumentHelp(
        "Order by these names, each with desc for the largest first.", valueName: "price desc, id"))
    var orderBy: String?

    @Option(name: .customShort("n"), help: "How many rows at most.")
    var limit: Int?

    @Option(help: ArgumentHelp("Go on where a list of the same rows ended.", valueName: "cursor"))
    var after: String?

    @Option(
      help: ArgumentHelp("Only these of each row: id, text or names of attributes.", valueName: "a,b"))
    var fields: String?

    @OptionGroup var output: RowOutputOptions

    /// Rows of a table where nothing else is said.
    private static let tableRows = 20

    func validate() throws {
      try require("-n", limit)
    }

    func run(_ opened: Store) throws {
      let isTable = output.format == .table || output.format == .markdown
      let options = ListOptions(
        where: rows.filter, orderedBy: SortOrder(orderBy ?? ""),
        limit: limit ?? (isTable ? Self.tableRows : nil), after: after.map { ListCursor($0) })
      let (printer, unknown) = try opened.read { snapshot in
        let names = try fields.map { try fieldNames($0, snapshot) }
        let printer = ListPrinter(output, try columns(names, snapshot))
        if let records = kind.records {
          printer.next = try snapshot.forEachRecord(records, options) { record in
            try Task.checkCancellation()
            try printer.add(names.map { record.row($0) } ?? record.json, all: record.columns) {
              record.field($0)?.json
            }
          }
        } else {
          printer.next = try snapshot.forEachEvent(options) { event in
            try Task.checkCancellation()
            try printer.add(names.map { event.row($0) } ?? event.json, all: event.json) {
              event.json.member($0)
            }
          }
        }
        return (printer, try rows.noteUnknownNames(snapshot, kind))
      }
      try printer.finish(whenEmpty: "no \(kind.rawValue) pass")
      if let next = printer.next {
        try output.note("there are more: the same command with --after \(next.text)")
      }
      try output.note(unknown)
    }

    /// The names of --fields; one that no row has is an error.
    private func fieldNames(_ list: String, _ snapshot: borrowing Snapshot) throws -> [String] {
      let names = AnswerOptions.names(in: list)
      guard !names.isEmpty else { throw ValidationError("--fields names nothing.") }
      for name in names {
        if let records = kind.records {
          try snapshot.requireName(name, of: records)
        } else if !Event.columns.contains(name) {
          throw ValidationError(
            "events have no \(name); they have \(Event.columns.joined(separator: ", ")).")
        }
      }
      return names
    }

    /// The columns of a table; nil where each row has its own names.
    private func columns(_ names: [String]?, _ snapshot: borrowing Snapshot) throws -> [String]? {
      guard let records = kind.records else { return names ?? Event.columns }
      if let names { return names.contains("id") ? names : ["id"] + names }
      // A table has the columns of its rows; the header of CSV comes before them.
      return output.format == .csv ? try snapshot.schema(of: records).map(\.name) : nil
    }
  }
}

/// Prints the rows of a list: JSON and CSV as they come, tables at the end.
final class ListPrinter {
  var next: ListCursor?
  private let output: RowOutputOptions
  private let columns: [String]?
  private var csv: CSVRows?
  private var rows: [JSON] = []
  private var count = 0

  /// - Parameter columns: of a table; nil for those of its rows.
  init(_ output: RowOutputOptions, _ columns: [String]?) {
    self.output = output
    self.columns = columns
    if output.format == .csv { csv = CSVRows(columns: columns ?? []) }
  }

  /// - Parameters:
  ///   - row: as JSON has it.
  ///   - all: all columns of the row.
  ///   - field: the value of a column.
  func add(
    _ row: @autoclosure () -> JSON, all: @autoclosure () -> JSON, _ field: (String) -> JSON?
  ) throws {
    count += 1
    switch output.format {
    case .json: try StandardOutput.shared.print(row())
    case .csv:
      csv?.append((columns ?? []).map { field($0) ?? .null })
      if let bytes = csv?.take() { try StandardOutput.shared.write(bytes) }
    case .table, .markdown:
      rows.append(columns.map { JSON(members: $0.map { ($0, field($0) ?? .null) }) } ?? all())
    }
  }

  func finish(whenEmpty nothing: String) throws {
    switch output.format {
    case .json: try StandardOutput.shared.print(["next": JSON(next?.text)])
    // The header of a list without rows.
    case .csv: if let bytes = csv?.take() { try StandardOutput.shared.write(bytes) }
    case .table, .markdown:
      // A column of nothing but nulls says nothing.
      let shown = CSVRows.columns(of: rows).filter { name in
        rows.contains { $0.member(name) ?? .null != .null }
      }
      let table = rows.map { row in JSON(members: shown.map { ($0, row.member($0) ?? .null) }) }
      if !table.isEmpty { try output.print(Table(of: table)) }
    }
    if count == 0 { try output.note(nothing) }
  }
}

extension Record {
  /// The id and the fields of these names, and the fields once more in an object of their own: there alone stands what
  /// is called `id` or `fields`.
  fileprivate func row(_ names: [String]) -> JSON {
    let fields = names.map { ($0, field($0)?.json ?? .null) }
    return JSON(
      members: [("id", .string(id))] + fields.filter { !["id", "fields"].contains($0.0) }
        + [("fields", JSON(members: fields))])
  }
}

extension Event {
  fileprivate func row(_ names: [String]) -> JSON {
    let json = json
    return JSON(members: names.map { ($0, json.member($0) ?? .null) })
  }
}
