import ArgumentParser
import Kindred

extension Command {
  struct Stats: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a store holds and how big it is.",
      discussion: """
        Example:
          kindred stats shop.kindred
        """)

    @OptionGroup var path: StorePath

    @OptionGroup var output: RowOutputOptions

    func run(_ opened: Store) throws {
      let statistics = try opened.statistics()
      switch output.format {
      case .json, .table: try output.print(statistics.json, people: statistics.people(store: store))
      case .csv, .markdown:
        let rows: [JSON] = statistics.json.pairs().map { ["name": .string($0.name), "value": $0.value] }
        try output.print(rows: rows, table: Table(of: rows), whenEmpty: "")
      }
      if let missing = MissingVectors.words(in: statistics.spaces, of: store) { try output.notice(missing) }
    }
  }
}

extension Store.Statistics {
  var json: JSON {
    [
      "items": .integer(items), "users": .integer(users), "events": .integer(events),
      "fileBytes": .integer(fileBytes), "usedBytes": .integer(usedBytes),
      "freeBytes": .integer(freeBytes),
      "spaces": .array(spaces.map(\.json)), "readers": .integer(readers), "version": .string(version),
      "lmdbVersion": .string(lmdbVersion),
    ]
  }

  func people(store: String) -> String {
    var pairs = [
      ("store", store), ("items", People.count(items)), ("users", People.count(users)),
      ("events", People.count(events)), ("file", People.bytes(fileBytes)),
      ("used", "\(People.bytes(usedBytes)), \(People.bytes(freeBytes)) free"),
      ("readers", People.count(readers)), ("version", "kindred \(version), LMDB \(lmdbVersion)"),
    ]
    // More than half of a large file lying free is worth a word.
    if fileBytes > 1 << 24, fileBytes > 2 * usedBytes {
      pairs[5].1 += "; 'kindred compact' would give that back"
    }
    return Table.pairs(pairs) + (spaces.isEmpty ? "" : "\n" + spaces.table.text())
  }
}
