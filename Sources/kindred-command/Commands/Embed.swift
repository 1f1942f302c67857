import ArgumentParser
import Kindred

extension Command {
  struct Embed: LongWritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Turn the items' text into vectors.",
      usage: "kindred embed <store> --space <space> [<options>]",
      discussion: """
        Creates the space if it does not exist, and remembers the encoder on it, so that query --text and later \
        embeds use the same one. The encoder 'hashed' is built in and needs no model. \
        A folder is that of a model saved by sentence-transformers, of the BERT family or \
        a table of token vectors; what has the vector of its text already is left alone.

        Examples:
          kindred embed shop.kindred --space content
          kindred embed shop.kindred --space content --encoder MiniLM
          kindred query shop.kindred content --text "red bag"
        """)

    @OptionGroup var path: StorePath

    @Option(help: "Name of the space.", completion: .spaceNames)
    var space: String

    @Option(
      help: "hashed, or a text model's folder; the space's own by default.", completion: .directory)
    var encoder: String?

    @Option(help: "What a model computes in: float32, bfloat16 or int8.")
    var precision: EncoderPrecision?

    @Option(help: "A model's text before queries, such as 'query: '.")
    var queryPrefix: String?

    @Option(help: "A model's text before items, such as 'passage: '.")
    var passagePrefix: String?

    @Option(help: "Components of each vector; the encoder's own choice by default.")
    var dimension: Int?

    @Flag(help: "Only items that have no vector in the space yet.")
    var onlyMissing = false

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
      try require("--dimension", dimension)
    }

    private var options: EmbedOptions {
      EmbedOptions(
        dimension: dimension, onlyMissing: onlyMissing, precision: precision, queryPrefix: queryPrefix,
        passagePrefix: passagePrefix)
    }

    func run(_ opened: Store) throws {
      let (report, seconds) = try timed {
        try output.withProgress { progress in
          try opened.embed(
            space, encoder: encoder, options: options, progress: progress
          )
        }
      }
      let rate = People.rate(report.embedded, seconds: seconds, of: "items").map { " (\($0))" } ?? ""
      try output.print(
        [
          "space": .string(space), "encoder": .string(try opened.read { try $0.space(space).encoder ?? "" }),
          "dimension": .integer(report.dimension),
          "embedded": .integer(report.embedded), "skipped": .integer(report.skipped),
          "withoutText": .integer(report.withoutText), "withoutFeatures": .integer(report.withoutFeatures),
          "alreadyEmbedded": .integer(report.alreadyEmbedded),
          "seconds": .number(seconds),
        ],
        people:
          "embedded \(People.count(report.embedded, "item")) in \(space), dimension \(report.dimension), "
          + "in \(People.seconds(seconds))\(rate)\n")
      if report.withoutText > 0 {
        try output.note(
          "\(People.count(report.withoutText, "item")) without text; "
            + "name the column with: kindred import \(store) --items FILE --map text=Column")
      }
      if report.withoutFeatures > 0 {
        try output.note("\(People.count(report.withoutFeatures, "item")) with nothing to encode in the text")
      }
      if report.alreadyEmbedded > 0 {
        try output.note("\(People.count(report.alreadyEmbedded, "item")) had a vector already")
      }
    }
  }
}
