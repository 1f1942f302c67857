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
      let (statistics, indexed) = (try opened.statistics(), try opened.read { try $0.indexedAttributes() })
      let json = statistics.json(indexed: indexed)
      switch output.format {
      case .json, .table:
        try output.print(json, people: statistics.people(store: store, indexed: indexed))
      case .csv, .markdown:
        let rows: [JSON] = json.pairs().map { ["name": .string($0.name), "value": $0.value] }
        try output.print(rows: rows, table: Table(of: rows), whenEmpty: "")
      }
      if let missing = MissingVectors.words(in: statistics.spaces, of: store) { try output.notice(missing) }
    }
  }
}

extension Store.Statistics {
  /// - Parameter indexed: attributes of the word index; nil where there is none.
  func json(indexed: [String]?) -> JSON {
    [
      "items": .integer(items), "users": .integer(users), "events": .integer(events),
      "fileBytes": .integer(fileBytes), "usedBytes": .integer(usedBytes),
      "freeBytes": .integer(freeBytes),
      "spaces": .array(spaces.map(\.json)), "readers": .integer(readers), "version": .string(version),
      "lmdbVersion": .string(lmdbVersion),
      "wordIndex": indexed.map { ["attributes": .array($0.map { .string($0) })] } ?? .null,
    ]
  }

  func people(store: String, indexed: [String]?) -> String {
    var pairs = [
      ("store", store), ("items", People.count(items)), ("users", People.count(users)),
      ("events", People.count(events)), ("file", People.bytes(fileBytes)),
      ("used", "\(People.bytes(usedBytes)), \(People.bytes(freeBytes)) free"),
      ("words", indexed.map { (["text"] + $0).joined(separator: ", ") } ?? "no index"),
      ("readers", People.count(readers)), ("version", "kindred \(version), LMDB \(lmdbVersion)"),
    ]
    // More than half of a large file lying free is worth a word.
    if fileBytes > 1 << 24, fileBytes > 2 * usedBytes {
      pairs[5].1 += "; 'kindred compact' would give that back"
    }
    return Table.pairs(pairs) + (spaces.isEmpty ? "" : "\n" + spaces.table.text())
  }
}
