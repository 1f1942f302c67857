import Basics
import Interchange
import Kindred

/// Writes records or events as CSV or TSV, and finds what such a file cannot say: it has no types, so a value comes
/// back as what `import` makes of its column.
struct DelimitedExport {
  /// The columns that all records have before their attributes.
  private static let ownColumns = ["id", "text"]

  private let format: RecordFormat
  private var writer: DelimitedWriter
  private var columns: [(name: ExactString, type: ColumnType, lost: Int)] = []
  private var places: [ExactString: Int] = [:]

  /// - Parameter format: `.csv` or `.tsv`.
  init(_ format: RecordFormat) {
    self.format = format
    writer = DelimitedWriter(format)
  }

  /// Takes one record into account before any is written: every attribute is a column.
  mutating func survey(_ record: any Kindred.Record) {
    for (name, value) in record.attributes.withoutOwnNames.attributes.map({ (ExactString($0.key), $0.value) })
    {
      let place = places[name] ?? columns.count
      if place == columns.count {
        columns.append((name, ColumnType(), 0))
        places[name] = place
      }
      value.json.cell.withBytes { if !$0.isEmpty { columns[place].type.see($0) } }
    }
  }

  /// Writes the header of the records that were surveyed.
  mutating func beginRecords() {
    columns.sort { $0.name < $1.name }
    for (place, column) in columns.enumerated() { places[column.name] = place }
    writer.row(Self.ownColumns + columns.map(\.name.value))
  }

  /// Writes one record.
  mutating func write(_ record: any Kindred.Record) throws {
    var row = [try identifier(record.id), record.text ?? ""]
    row += repeatElement("", count: columns.count)
    for (name, value) in record.attributes.withoutOwnNames.attributes.map({ (ExactString($0.key), $0.value) })
    {
      guard let place = places[name] else { continue }
      let cell = value.json.cell
      row[Self.ownColumns.count + place] = cell
      let read = cell.isEmpty ? .null : columns[place].type.value(of: cell)
      if read != value { columns[place].lost += 1 }
    }
    writer.row(row)
  }

  /// Writes the header of events.
  mutating func beginEvents() { writer.row(Event.columns) }

  /// Writes one event.
  mutating func write(_ event: Event) throws {
    writer.row([
      try identifier(event.user), try identifier(event.item), event.time.description, event.kind,
      event.session ?? "", JSON(event.value).cell,
    ])
  }

  /// Hands over what was written.
  mutating func take() -> [UInt8] { writer.take() }

  /// What will not come back as it was.
  var notes: [String] {
    var notes: [String] = []
    let lost = columns.filter { $0.lost > 0 }
    if !lost.isEmpty {
      let names = lost.prefix(5).map { "\($0.name.value) (\(People.count($0.lost, "value")))" }
      notes.append(
        "\(format.rawValue) has no types: import reads some values of these attributes as something else: "
          + names.joined(separator: ", ")
          + (lost.count > 5 ? " and \(lost.count - 5) more" : "") + "; JSON Lines keeps them")
    }
    if writer.changedFields > 0 {
      notes.append(
        "\(People.count(writer.changedFields, "field")) held tabs or line ends, which TSV cannot; "
          + "each is a blank there; CSV and JSON Lines keep them")
    }
    return notes
  }

  /// - Throws: `CommandFailure` `.badInput` for an id that TSV cannot hold.
  private func identifier(_ id: String) throws -> String {
    guard format == .tsv, id.utf8.contains(where: { [0x09, 0x0a, 0x0d].contains($0) }) else { return id }
    throw CommandFailure(
      .badInput,
      "id \(id.debugDescription) holds a tab or a line end, which TSV cannot; export CSV or JSON Lines"
    )
  }
}
