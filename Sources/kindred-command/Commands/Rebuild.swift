import ArgumentParser
import Kindred

extension Command {
  struct Rebuild: LongWritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Rebuild indexes from the stored vectors.",
      usage: "kindred rebuild <store> [<options>]",
      discussion: """
        The new index replaces the old one in one step: readers see one or the other, never a mixture, and can \
        query all the time. With --from-sequences the vectors themselves are computed again by the model that \
        serves, which gives new items and users theirs; --model names another one, which serves from then on.

        Examples:
          kindred rebuild shop.kindred --words --attributes brand,code
          kindred rebuild shop.kindred --space content
          kindred rebuild shop.kindred --space content --encoding int8
          kindred rebuild shop.kindred --from-sequences --model 1
        """)

    @OptionGroup var path: StorePath

    @Option(help: "A space to rebuild; may be repeated. All of them by default.", completion: .spaceNames)
    var space: [String] = []

    @Option(help: "How components are stored from now on; unchanged by default.")
    var encoding: VectorEncoding?

    @Flag(
      help: "Encode all items and users again with a trained model, and serve that model.")
    var fromSequences = false

    @Option(
      help: ArgumentHelp(
        "Which model; by default the one that serves, or the newest if none does.", valueName: "version"))
    var model: Int?

    @Flag(help: "Make the word index from scratch instead, of the items' texts and of --attributes.")
    var words = false

    @Option(
      help: ArgumentHelp(
        "Attributes whose words are searched beside the texts; those of the index there is by default.",
        valueName: "a,b"))
    var attributes: String?

    @Flag(help: "Count all events from scratch instead, which a store of an older format needs once.")
    var counts = false

    @Option(help: "Number of threads; all cores by default.")
    var threads: Int?

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var output: RowOutputOptions

    func validate() throws {
      guard words || attributes == nil else { throw ValidationError("--attributes is for --words.") }
      guard !words || (space.isEmpty && encoding == nil && !fromSequences) else {
        throw ValidationError("--words makes the word index alone; rebuild spaces in a call of their own.")
      }
      guard !counts || (space.isEmpty && encoding == nil && !fromSequences && !words) else {
        throw ValidationError("--counts counts events alone; rebuild others in a call of their own.")
      }
      guard fromSequences || model == nil else {
        throw ValidationError("--model is for --from-sequences.")
      }
      guard !fromSequences || (space.allSatisfy(["session", "session-users"].contains) && encoding == nil)
      else {
        throw ValidationError("--from-sequences writes the spaces session and session-users, nothing else.")
      }
      try require("--threads", threads)
    }

    private func indexWords(_ opened: Store) throws {
      let chosen = attributes.map { AnswerOptions.names(in: $0) }
      try opened.read { snapshot in
        for name in chosen ?? [] { try snapshot.requireName(name, of: .items) }
      }
      let (_, seconds) = try timed { try opened.indexWords(attributes: chosen) }
      let (items, names) = try opened.read { (try $0.count(.items), try $0.indexedAttributes() ?? []) }
      try output.print(
        [
          "items": .integer(items), "attributes": .array(names.map { .string($0) }),
          "seconds": .number(seconds),
        ],
        people: "indexed the words of \(People.count(items, "item")) in \(People.seconds(seconds))\n")
    }

    private func countEvents(_ opened: Store) throws {
      let (_, seconds) = try timed {
        try opened.setSignalPolicy(try opened.signalPolicy() ?? SignalPolicy())
      }
      let events = try opened.statistics().events
      try output.print(
        ["events": .integer(events), "seconds": .number(seconds)],
        people: "counted \(People.count(events, "event")) in \(People.seconds(seconds))\n")
    }

    func run(_ opened: Store) throws {
      if words { return try indexWords(opened) }
      if counts { return try countEvents(opened) }
      if fromSequences, try opened.read({ try $0.models().isEmpty }) {
        throw CommandFailure(
          .recordNotFound, "'\(store)' has no model to encode with; train one with: kindred train \(store)")
      }
      let reports = try output.withProgress { progress in
        fromSequences
          ? try opened.rebuildFromSequences(
            model: model, threads: threads ?? Store.defaultThreads, progress: progress)
          : try opened.rebuild(
            space.isEmpty ? nil : space, encoding: encoding, threads: threads ?? Store.defaultThreads,
            progress: progress)
      }
      try output.print(
        rows: reports.map(\.json), table: table(reports), whenEmpty: "no spaces to rebuild")
    }

    private func table(_ reports: [RebuildReport]) -> Table {
      var table = Table([
        .left("space"), .right("vectors"), .right("time"), .right("generation"), .right("distances"),
      ])
      table.rows = reports.map { report in
        [
          report.space, People.count(report.count), People.seconds(report.seconds), String(report.generation),
          People.count(report.distanceComputations),
        ]
      }
      return table
    }
  }
}

extension RebuildReport {
  fileprivate var json: JSON {
    [
      "space": .string(space), "count": .integer(count), "seconds": .number(seconds),
      "generation": .integer(generation), "distanceComputations": .integer(distanceComputations),
    ]
  }
}
