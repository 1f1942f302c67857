import ArgumentParser
import Kindred

extension Command {
  struct Sequence: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show one user's events in time order.",
      usage: "kindred sequence <store> <user> [<options>]",
      discussion: """
        Example:
          kindred sequence shop.kindred 12346 --last 20
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Id of the user.")
    var user: String

    @Option(help: ArgumentHelp("Only the newest events.", valueName: "n"))
    var last: Int?

    @OptionGroup var output: RowOutputOptions

    func validate() throws {
      try require("--last", last)
    }

    func run(_ opened: Store) throws {
      let isTable = output.format == .table || output.format == .markdown
      let (events, texts) = try opened.read { snapshot in
        guard let events = try snapshot.sequence(user: user, last: last) else {
          throw StoreError(code: .recordNotFound, message: "the store has no user \"\(user)\"")
        }
        // Only tables show titles; the other formats have events as an export has them.
        return (events, try isTable ? events.map { try snapshot.item(id: $0.item)?.text ?? "" } : [])
      }
      try output.print(
        rows: events.map(\.json), table: table(events, texts), whenEmpty: "no events of \(user) yet")
    }

    private func table(_ events: [Event], _ texts: [String]) -> Table {
      var table = Table([
        .whole("time"), .left("kind"), .whole("item"), .right("value"), .left("session"), .left("text"),
      ])
      table.rows = zip(events, texts).map { event, text in
        [
          event.time.description, event.kind, event.item, event.value.map { JSON.number($0).text } ?? "-",
          event.session ?? "-", text,
        ]
      }
      return table
    }
  }
}
