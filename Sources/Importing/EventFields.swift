import Values
import Interchange

/// The columns that hold the fields of a file's events.
struct EventFields {
  let user: RecordColumn
  let item: RecordColumn
  let time: RecordColumn
  let kind: RecordColumn?
  let session: RecordColumn?
  let value: RecordColumn?

  /// The fields an event has.
  static let names = ["user", "item", "time", "kind", "session", "value"]

  /// - Throws: `.badInput` where there is no column for a field that is needed, or the map names one that the file
  ///   lacks.
  init(_ reader: RowReader, _ map: ByName<String>) throws {
    var map = map
    for field in ["user", "item", "time"] { try reader.guess(field, of: "events", &map) }
    func column(_ field: String) throws -> RecordColumn {
      if let column = try reader.column(field, map) { return column }
      throw ImportError(code: .badInput, message: "\(reader.name) has no column for \(field)")
    }
    user = try column("user")
    item = try column("item")
    time = try column("time")
    kind = try reader.column("kind", map)
    session = try reader.column("session", map)
    value = try reader.column("value", map)
    if let columns = reader.columnNames { Self.noteUnread(keys: columns, reader, map) }
  }

  /// Says which columns, or keys of the first JSON row, are not read: an event has no attributes.
  static func noteUnread(keys columns: [String], _ reader: RowReader, _ map: ByName<String>) {
    let taken = names.map { map[$0] ?? $0 }
    let unread = columns.filter { column in !taken.contains { $0.isExactly(column) } }
    guard !unread.isEmpty else { return }
    var likely: [String] = []
    for field in ["kind", "session", "value"]
    where map[field] == nil && !columns.contains(where: { $0.isExactly(field) }) {
      let found = UsualNames.candidates(for: field, of: "events", among: unread, taken: [])
      if found.count == 1 { likely.append(UsualNames.mapping(field, found[0])) }
    }
    let advice = likely.isEmpty ? "" : "; did you mean \(likely.joined(separator: " "))?"
    let shown = unread.prefix(8).joined(separator: ", ") + (unread.count > 8 ? " …" : "")
    reader.note("not read, since events have no attributes: \(shown)\(advice)")
  }
}

extension RowReader {
  /// Maps a field that is needed, and that no column is named after, to the one column with a usual name.
  /// - Parameter taken: columns that are used for something else, besides those of the map.
  func guess(_ field: String, of records: String, _ map: inout ByName<String>, besides taken: [String] = [])
    throws
  {
    guard map[field] == nil, let columns = columnNames, !columns.contains(where: { $0.isExactly(field) })
    else { return }
    let taken = map.names.compactMap { map[$0] } + taken
    let found = UsualNames.candidates(for: field, of: records, among: columns, taken: taken)
    guard found.count == 1, let column = found.first else {
      let advice = UsualNames.advice(for: field, of: records, among: columns, taken: taken)
      throw ImportError(
        code: .badInput, message: "no column \"\(field)\" in \(columns.joined(separator: ", ")); \(advice)")
    }
    map[field] = column
    note("the \(field) is taken from \"\(column)\"; another column: --map \(field)=Column")
  }
}
