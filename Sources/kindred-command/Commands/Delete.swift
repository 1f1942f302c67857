import ArgumentParser
import Kindred

extension Command {
  struct Delete: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove items or users by their ids.",
      discussion: """
        All of them are removed in one transaction, with their vectors; users also with their events. Missing ids are \
        reported; exit code 66 if all are missing. Put '--' before ids that begin with a dash.

        Example:
          kindred delete shop.kindred items 85123A 71053
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Whether the ids are of items or users.")
    var kind: RecordKind

    @Argument(help: "Ids to remove.")
    var ids: [String]

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let removal = try Removal(of: ids, kind, from: opened, at: store)
      let noun = kind == .items ? "item" : "user"
      try output.print(
        [
          "deleted": .integer(removal.count), "events": .integer(removal.events),
          "missing": .array(removal.missing.map(JSON.string)),
        ],
        people: "deleted \(People.count(removal.count, noun))"
          + (removal.events > 0 ? " with \(People.count(removal.events, "event"))\n" : "\n"))
      try removal.reportMissing()
    }
  }
}
