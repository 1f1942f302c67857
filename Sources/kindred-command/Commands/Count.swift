import ArgumentParser
import Kindred

extension Command {
  struct Count: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Count items, users or events.",
      usage: "kindred count <store> <kind> [<options>]",
      discussion: """
        Example:
          kindred count shop.kindred items --where 'price < 30'
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "What to count.")
    var kind: RowKind

    @OptionGroup var rows: RowFilterOptions

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      let (count, unknown) = try opened.read { snapshot in
        let count =
          if let records = kind.records {
            try snapshot.count(records, where: rows.filter)
          } else {
            try snapshot.countEvents(where: rows.filter)
          }
        return (count, try rows.noteUnknownNames(snapshot, kind))
      }
      // A plain number, for scripts.
      try output.print(["count": .integer(count)], people: "\(count)\n")
      try output.note(unknown)
    }
  }
}
