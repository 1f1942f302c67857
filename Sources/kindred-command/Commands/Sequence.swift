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

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if let last, last < 1 { throw ValidationError("--last is \(last); it must be at least 1.") }
    }

    func run() throws {
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      let (events, isKnown) = try opened.read { snapshot in
        let events = try snapshot.sequence(user: user, last: last)
        let isKnown = try !events.isEmpty || snapshot.record(.users, user) != nil
        return (events, isKnown)
      }
      guard isKnown else {
        throw CommandFailure(
          .recordNotFound, "'\(store)' has no events of a user '\(user)', and no such user")
      }
      if output.json {
        for event in events { try StandardOutput.shared.print(event.json) }
      } else if events.isEmpty {
        try output.note("no events of \(user) yet")
      } else {
        try StandardOutput.shared.print(table(events).text())
      }
    }

    private func table(_ events: [Event]) -> Table {
      var table = Table([.left("time"), .left("kind"), .left("item"), .right("value"), .left("session")])
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
