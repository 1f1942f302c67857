import ArgumentParser
import Kindred

extension Command {
  struct Space: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create, list and drop vector spaces.",
      discussion: """
        A space is a named set of vectors of one dimension and metric, over items or users, with its own index.

        Examples:
          kindred space create shop.kindred photos --of items \\
            --dimension 384 --metric cosine
          kindred space list shop.kindred
        """,
      subcommands: [Create.self, List.self, Drop.self])
  }
}

extension Command.Space {
  struct Create: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an empty vector space to a store.",
      usage: "kindred space create <store> <name> [<options>]",
      discussion: """
        --m and --ef-construction shape the index: more links and a wider search while building give better \
        recall for more bytes and a slower build. The defaults are good up to millions of vectors.

        Example:
          kindred space create shop.kindred photos --of items \\
            --dimension 384 --metric cosine
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Name of the space.")
    var name: String

    @Option(help: "Whose vectors these are.")
    var of: RecordKind

    @Option(help: "Components of each vector.")
    var dimension: Int

    @Option(help: "How distance is measured.")
    var metric: VectorMetric

    @Option(help: "Links of each vector in the index, twice as many in its base layer.")
    var m = 16

    @Option(help: "Width of the search that places a vector in the index.")
    var efConstruction = 200

    @Option(help: "How components are stored.")
    var encoding: VectorEncoding = .float32

    @Option(help: "Seed of the index's random levels; the same seed builds the same index.")
    var seed: UInt64 = 42

    @OptionGroup var output: OutputOptions

    func validate() throws {
      try require("--dimension", dimension)
    }

    func run(_ opened: Store) throws {
      try opened.createSpace(
        SpaceConfiguration(
          name: name, of: of, dimension: dimension, metric: metric, m: m, efConstruction: efConstruction,
          encoding: encoding, seed: seed))
      let info = try opened.read { try $0.space(name) }
      try output.print(
        info.json,
        people: "created space \(name): \(of) vectors of dimension \(dimension), metric \(metric)\n")
    }
  }

  struct List: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the vector spaces of a store.",
      usage: "kindred space list <store> [<options>]",
      discussion: """
        Example:
          kindred space list shop.kindred
        """)

    @OptionGroup var path: StorePath

    @OptionGroup var output: RowOutputOptions

    func run(_ opened: Store) throws {
      let spaces = try opened.read { try $0.spaces() }
      try output.print(
        rows: spaces.map(\.json), table: spaces.table,
        whenEmpty: "no spaces yet; create one with: kindred embed \(store) --space content")
    }
  }

  struct Drop: WritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove a vector space with all its vectors.",
      discussion: """
        The records stay. The file keeps its size, and freed pages are used again; compact shrinks it.

        Example:
          kindred space drop shop.kindred photos
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Name of the space.", completion: .spaceNames)
    var name: String

    @OptionGroup var output: OutputOptions

    func run(_ opened: Store) throws {
      try opened.dropSpace(name)
      try output.print(["dropped": .string(name)], people: "dropped space \(name)\n")
    }
  }
}
