import ArgumentParser
import Kindred

extension Command {
  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove items or users by their ids.",
      discussion: """
        All of them are removed in one transaction, with their vectors; users also with their events. Missing ids are reported; exit code 66 if \
        all are missing. Put '--' before ids that begin with a dash.

        Example:
          kindred delete shop.kindred items 85123A 71053
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Argument(help: "Whether the ids are of items or users.")
    var kind: RecordKind

    @Argument(help: "Ids to remove.")
    var ids: [String]

    @OptionGroup var output: OutputOptions

    func run() throws {
      let opened = try Store.openForWriting(store)
      defer { opened.close() }
      // The same id twice is one removal, not a removal and a miss.
      // Ids are bytes: two spellings of a letter are two ids.
      var seen: Set<[UInt8]> = []
      let distinct = ids.filter { seen.insert(Array($0.utf8)).inserted }
      let (missing, events) = try opened.write { try $0.deleteCounting(distinct, kind: kind) }
      let deleted = distinct.count - missing.count
      let noun = kind == .items ? "item" : "user"
      try output.print(
        [
          "deleted": .integer(deleted), "events": .integer(events),
          "missing": .array(missing.map(JSON.string)),
        ],
        people: "deleted \(People.count(deleted, noun))"
          + (events > 0 ? " with \(People.count(events, "event"))\n" : "\n"))
      if deleted == 0 { throw CommandFailure(missing: missing, kind: kind, store: store) }
      if !missing.isEmpty {
        try StandardError.warn("not there: \(missing.map { "'\($0)'" }.joined(separator: ", "))")
      }
    }
  }
}
