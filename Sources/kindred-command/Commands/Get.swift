import ArgumentParser
import Kindred

extension Command {
  struct Get: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show items or users by their ids.",
      usage: "kindred get <store> <kind> <id> [<options>]",
      discussion: """
        Exit code 66 if one of them is not there. JSON has the record as export writes it, and its attributes once \
        more in an object of their own.

        Example:
          kindred get shop.kindred items 85123A
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Whether the ids are of items or users.")
    var kind: RecordKind

    @Argument(help: "Ids to show.")
    var ids: [String]

    @OptionGroup var output: RowOutputOptions

    func run(_ opened: Store) throws {
      let records = try opened.read { snapshot in try ids.map { try snapshot.record(kind, id: $0) } }
      let found = records.compactMap { $0 }
      switch output.format {
      case .json: for record in found { try StandardOutput.shared.print(record.json) }
      case .csv: try StandardOutput.shared.write(CSVRows.text(of: found.map(\.columns)))
      case .markdown: if !found.isEmpty { try output.print(Table(of: found.map(\.columns))) }
      case .table: try StandardOutput.shared.print(found.map(\.people).joined(separator: "\n"))
      }
      let missing = zip(ids, records).filter { $0.1 == nil }.map(\.0)
      guard missing.isEmpty else { throw CommandFailure(missing: missing, kind: kind, store: store) }
    }
  }
}

extension CommandFailure {
  /// Records asked for by id that the store does not have.
  init(missing ids: [String], kind: RecordKind, store: String) {
    let shown = ids.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    let more = ids.count > 5 ? " and \(ids.count - 5) more" : ""
    let (noun, other) = kind == .items ? ("item", "users") : ("user", "items")
    self.init(
      .recordNotFound,
      "no \(noun) \(shown)\(more) in '\(store)' (ids must match exactly; \(other) are separate)")
  }
}
