import Kindred

extension ImportReport {
  /// The counts of each kind of record that was imported.
  var kinds: [(name: String, counts: ImportCounts)] {
    let all: [(String, ImportCounts?)] = [("items", items), ("users", users), ("events", events)]
    return all.compactMap { name, counts in counts.map { (name: name, counts: $0) } }
  }

  func json(seconds: Double) -> JSON {
    var members = kinds.map { name, counts in JSON.Member(key: name, value: counts.json(of: name)) }
    if isDryRun { members.append(JSON.Member(key: "dryRun", value: .bool(true))) }
    return .object(members + [JSON.Member(key: "seconds", value: .number(seconds))])
  }

  var people: String {
    let showsDeleted = kinds.contains { $0.counts.deleted > 0 }
    var columns: [Table.Column] = [
      .left(""), .right("rows"), .right("stored"), .right("unchanged"), .right("merged"), .right("dropped"),
    ]
    if showsDeleted { columns.append(.right("deleted")) }
    var table = Table(columns)
    var reasons = Table([.right(""), .left("")], indent: 2)
    for (name, counts) in kinds {
      let dropped = counts.dropped.values.reduce(0, +)
      var numbers = [counts.rows, counts.stored, counts.unchanged, counts.merged, dropped]
      if showsDeleted { numbers.append(counts.deleted) }
      table.rows.append([name] + numbers.map { People.count($0) })
      for (reason, count) in counts.dropped.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        reasons.rows.append([People.count(count), "\(name): \(reason)"])
      }
    }
    let why = reasons.rows.isEmpty ? "" : "dropped because" + reasons.text()
    return table.text() + why
  }

  /// The first records and events of a dry run, one a line.
  func firstRows() -> String {
    var text = ""
    for (name, counts) in kinds {
      let rows = counts.firstRows
      guard !rows.isEmpty else { continue }
      text += "first \(name)\n" + rows.map { "  \(Table.printable($0.text))\n" }.joined()
    }
    return text
  }

  /// A file of which every row was dropped.
  struct DroppedFile {
    var kind: String
    var rows: Int
    /// The most frequent reason.
    var reason: String
    var hint: String?
  }

  /// What people should know beside the counts.
  /// - Parameter file: a file whose reason is reported as the error.
  func notes(besides file: DroppedFile?) -> [String] {
    kinds.flatMap { name, counts in
      let hints = counts.hints.filter { reason, _ in
        !Self.plainReasons.contains(reason) && !(name == file?.kind && reason == file?.reason)
      }
      .sorted { $0.key < $1.key }.map { "\(name), \($0.key): \($0.value)" }
      return counts.notes + hints + (counts.columnLine.map { ["\(name) have \($0)"] } ?? [])
    }
  }

  /// Reasons that say all that people need as long as other rows are good.
  private static let plainReasons: Set<String> = ["no id", "no user", "no item", "no time", "bad time"]
}

extension ImportCounts {
  /// Columns that people are shown; JSON has all.
  private static let shownColumns = 12

  fileprivate func json(of name: String) -> JSON {
    var members: [(String, JSON)] = [
      ("rows", .integer(rows)), ("stored", .integer(stored)), ("unchanged", .integer(unchanged)),
      ("merged", .integer(merged)), ("dropped", JSON(counts: dropped)),
    ]
    if name == "events" {
      members += [("newItems", .integer(newItems)), ("newUsers", .integer(newUsers))]
    } else {
      let types = columns.map { JSON.Member(key: $0.name, value: .string($0.type)) }
      members += [("deleted", .integer(deleted)), ("types", .object(types))]
    }
    members.append(("notes", .array((notes + unknownNames.map(\.description)).map { .string($0) })))
    let sorted = hints.sorted { $0.key < $1.key }
    members.append(("hints", .object(sorted.map { JSON.Member(key: $0.key, value: .string($0.value)) })))
    let first = firstRows
    if !first.isEmpty { members.append(("first", .array(first))) }
    return JSON(members: members)
  }

  fileprivate var firstRows: [JSON] {
    firstItems.map(\.flatJSON) + firstUsers.map(\.flatJSON) + firstEvents.map(\.json)
  }

  /// The columns with their types, in one line; nil where there are none.
  fileprivate var columnLine: String? {
    guard !columns.isEmpty else { return nil }
    let shown = columns.prefix(Self.shownColumns).map { "\($0.name) (\($0.type))" }.joined(separator: ", ")
    let rest = columns.count - Self.shownColumns
    return rest > 0 ? "\(shown) and \(rest) more attributes; --json lists all" : shown
  }
}
