import ArgumentParser
import Kindred

extension Command {
  struct Append: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Store one event, durably.",
      usage: "kindred append <store> --user <user> --item <item> [<options>]",
      discussion: """
        Without --time the event happens now. An event equal to a stored one in user, item, time, kind, session \
        and value is the same event: nothing changes.

        Example:
          kindred append shop.kindred --user 12346 --item 85123A \\
            --kind purchase --value 2
        """)

    @OptionGroup var path: StorePath

    @Option(help: "Id of the user; an unknown one is added.")
    var user: String

    @Option(help: "Id of the item; an unknown one is added.")
    var item: String

    @Option(help: "view, click, cart, purchase or any other word.")
    var kind = "view"

    @Option(
      parsing: .unconditional, help: "When: ISO 8601 or a number of seconds since 1970; now by default.",
      transform: Timestamp.argument)
    var time: Timestamp?

    @Option(help: "The session it belongs to.")
    var session: String?

    @Option(parsing: .unconditional, help: "A number that goes with it, such as a quantity or a rating.")
    var value: Double?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if let value, !value.isFinite {
        throw ValidationError("--value is \(value); it must be a finite number.")
      }
    }

    func run(_ opened: Store) throws {
      let event = Event(
        user: user, item: item, time: time ?? .now(), kind: kind,
        // Empty is none, as in an import: else the two would be different events.
        session: session.flatMap { $0.isEmpty ? nil : $0 }, value: value)
      let isNew = try opened.append(event)
      try output.print(
        ["stored": .bool(isNew), "event": event.json],
        people: isNew
          ? "stored: \(user) \(kind) \(item) at \(event.time)\n"
          : "unchanged: an equal event was stored already\n")
    }
  }
}
