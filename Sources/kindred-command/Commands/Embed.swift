import ArgumentParser
import Kindred

extension Command {
  struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Turn the items' text into vectors.",
      discussion: """
        Makes the space if it is not there, and remembers the encoder on it, so that query --text and later \
        embeds use the same one. The encoder 'hashed' is built in and needs no model.

        Example:
          kindred embed shop.kindred --space content
          kindred query shop.kindred content --text "red bag"
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(help: "Name of the space.")
    var space: String

    @Option(help: "What makes the vectors.")
    var encoder = "hashed"

    @Option(help: "Components of each vector; the encoder's own choice if not given.")
    var dimension: Int?

    @Flag(help: "Only items that have no vector in the space yet.")
    var onlyMissing = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if let dimension, dimension < 1 {
        throw ValidationError("--dimension is \(dimension); it must be at least 1.")
      }
    }

    func run() throws {
      let opened = try Store.openForWriting(store)
      defer { opened.close() }
      let (report, seconds) = try timed {
        try output.withProgress { progress in
          try opened.embed(
            space: space, encoder: encoder, dimension: dimension, onlyMissing: onlyMissing, progress: progress
          )
        }
      }
      let rate = People.rate(report.embedded, seconds: seconds, of: "items").map { " (\($0))" } ?? ""
      try output.print(
        [
          "space": .string(space), "encoder": .string(encoder), "dimension": .integer(report.dimension),
          "embedded": .integer(report.embedded), "skipped": .integer(report.skipped),
          "seconds": .number(seconds),
        ],
        people:
          "embedded \(People.count(report.embedded, "item")) in \(space), dimension \(report.dimension), "
          + "skipped \(People.count(report.skipped)), in \(People.seconds(seconds))\(rate)\n")
      if report.embedded == 0, report.skipped > 0, !onlyMissing {
        try output.note(
          "no item has text; import some with: kindred import \(store) --items FILE --map text=Column")
      }
    }
  }
}
