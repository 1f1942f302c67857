import ArgumentParser
import Kindred

extension Command {
  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Build the indexes anew from what is stored.",
      discussion: """
        The new index takes the old one's place at once: readers see one or the other, never a mixture, and can \
        query all the while.

        Example:
          kindred rebuild shop.kindred --space content
          kindred rebuild shop.kindred --space content --encoding int8
          kindred rebuild shop.kindred --from-sequences --model 1
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(help: "A space to rebuild; may be repeated. All of them if not given.")
    var space: [String] = []

    @Option(help: "How components are stored from now on; as they are if not given.")
    var encoding: Encoding?

    @Flag(
      help: "Encode items and users anew with a trained model and flip to the vectors of all at once.")
    var fromSequences = false

    @Option(help: ArgumentHelp("Which model; the newest if not given.", valueName: "version"))
    var model: Int?

    @Option(help: "Threads that build; as many as the machine has cores if not given.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard fromSequences || model == nil else {
        throw ValidationError("--model is for --from-sequences.")
      }
      guard !fromSequences || (space.allSatisfy { $0.hasPrefix("session") } && encoding == nil) else {
        throw ValidationError("--from-sequences writes the spaces session and session-users, nothing else.")
      }
      if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1.") }
    }

    func run() throws {
      let opened = try Store.openForWriting(store)
      defer { opened.close() }
      let reports = try output.withProgress { progress in
        fromSequences
          ? try opened.rebuildFromSequences(
            model: model, threads: threads ?? Store.defaultThreads, progress: progress)
          : try opened.rebuild(
            spaces: space.isEmpty ? nil : space, encoding: encoding, threads: threads ?? Store.defaultThreads,
            progress: progress)
      }
      if output.json {
        for report in reports { try StandardOutput.shared.print(report.json) }
      } else if reports.isEmpty {
        try output.note("no spaces to rebuild")
      } else {
        try StandardOutput.shared.print(table(reports).text())
      }
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
