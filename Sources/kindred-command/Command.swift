import ArgumentParser
import Kindred

/// The root command `kindred`; its subcommands are extensions of it, one file each in `Commands`.
struct Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kindred",
    abstract: "An embedded store for personalised retrieval: items, users, events and vectors in one file.",
    discussion: """
      A first store, from a file of items (JSON Lines, CSV or TSV) to an answer:

        kindred create shop.kindred
        kindred import shop.kindred --items items.jsonl
        kindred embed  shop.kindred --space content
        kindred query  shop.kindred content --text "red bag" -k 5

      With events as well, to recommendations:

        kindred import    shop.kindred --events clicks.csv
        kindred train     shop.kindred
        kindred recommend shop.kindred --user 17850 -k 5

      Results go to standard output, everything else to standard error; --json on any command prints JSON. \
      A file named '-' is standard input or output, and .gz files are read without unpacking.

      Exit codes: \(ExitStatus.list).
      """,
    version: "kindred \(Store.version)",
    groupedSubcommands: [
      CommandGroup(name: "Start a store:", subcommands: [Create.self, Space.self]),
      CommandGroup(
        name: "Put something in:", subcommands: [Import.self, Upsert.self, Embed.self, Append.self]),
      CommandGroup(
        name: "Query and inspect:",
        subcommands: [Query.self, Recommend.self, Stats.self, Models.self, Bench.self]),
      CommandGroup(
        name: "Look through what is stored:",
        subcommands: [
          List.self, Get.self, Sequence.self, Count.self, Facets.self, Schema.self, Attribute.self,
        ]),
      CommandGroup(name: "Learn:", subcommands: [Signals.self, Train.self, Factorize.self, Evaluate.self]),
      CommandGroup(name: "Take something out:", subcommands: [Export.self, Delete.self, Forget.self]),
      CommandGroup(
        name: "Care:",
        subcommands: [Rebuild.self, Verify.self, Backup.self, Restore.self, Compact.self, Version.self]),
    ])
}
