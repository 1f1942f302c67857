import ArgumentParser
import Kindred

extension Command {
  struct Sequence: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show one user's events in time order.",
      discussion: """
        Example:
          kindred sequence shop.kindred 12346 --last 20
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Argument(help: "Id of the user.")
    var user: String

    @Option(help: ArgumentHelp("Only the newest events.", valueName: "n"))
    var last: Int?

    @OptionGroup var output: RowOutputOptions

    func validate() throws {
      if let last, last < 1 { throw ValidationError("--last is \(last); it must be at least 1.") }
    }

    func run() throws {
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      let events = try opened.read { try $0.sequence(user: user, last: last) }
      try output.print(
        rows: events.map(\.json), table: table(events), whenEmpty: "no events of \(user) yet")
    }

    private func table(_ events: [Event]) -> Table {
      var table = Table([.whole("time"), .left("kind"), .whole("item"), .right("value"), .left("session")])
      table.rows = events.map { event in
        [
          event.time.description, event.kind, event.item, event.value.map { JSON.number($0).text } ?? "-",
          event.session ?? "-",
        ]
      }
      return table
    }
  }
}
