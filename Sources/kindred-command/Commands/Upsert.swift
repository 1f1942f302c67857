import ArgumentParser
import Kindred

extension Command {
  struct Upsert: LongWritingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Store vectors from a file in a space.",
      usage: "kindred upsert <store> <space> <file> [<options>]",
      discussion: """
        The file is .npy [N, D] of float32 or float16, .fvecs, or JSON Lines or an array of \
        {"id":…,"vector":[…],"attributes":{…}}; - is standard input. Where the name does not indicate the format, the \
        first bytes or --format do. Rows of .npy and .fvecs are named by --ids, one id a line, or by \
        their number from 0. The vectors are searchable when the command returns.

        Rows that cannot be stored are left out and reported; of several rows of one id the last one is kept, the \
        others are counted as merged. If some were stored the command succeeds with a \
        warning; if none was, it fails with exit code 65.

        Example:
          kindred upsert shop.kindred photos photos.npy --ids photos.txt
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Name of the space.", completion: .spaceNames)
    var space: String

    @Argument(help: "The vectors: .npy, .fvecs or .jsonl.", completion: .file())
    var file: String

    @Option(
      help: ArgumentHelp("The ids of the file's rows, one a line.", valueName: "file"), completion: .file())
    var ids: String?

    @Option(
      help: ArgumentHelp("npy, fvecs or jsonl.", valueName: "format"),
      completion: .list(["npy", "fvecs", "jsonl"]))
    var format: String?

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var output: OutputOptions

    /// Rejected rows shown to people; JSON has them all.
    private static let shownRows = 10

    func validate() throws {
      try StandardInput.requireOneReader([("the vectors", file), ("--ids", ids)])
    }

    func run(_ opened: Store) throws {
      let (report, seconds) = try timed {
        try output.withProgress {
          try opened.upsert(space, from: file, ids: ids, format: format, progress: $0)
        }
      }
      let rejected = report.rejected.map { rejection -> JSON in
        ["row": .integer(rejection.row), "reason": .string(rejection.reason)]
      }
      try output.print(
        [
          "stored": .integer(report.stored), "merged": .integer(report.merged), "rejected": .array(rejected),
          "ignored": .object(Self.counts(report.ignored)), "renamed": .object(Self.counts(report.renamed)),
          "seconds": .number(seconds),
        ],
        people: people(report, seconds: seconds))
      try note(report)
      guard let first = report.rejected.first else { return }
      guard report.stored > 0 else {
        // The dimension of a whole file is the usual mistake: the first row's reason says what is wrong with all.
        throw CommandFailure(
          .badInput,
          "no row of '\(file)' could be stored, \(People.count(report.rejected.count)) rejected; "
            + "row \(first.row): \(first.reason)")
      }
      try StandardError.warn(
        "\(People.count(report.rejected.count, "row")) of '\(file)' could not be stored; "
          + "row \(first.row): \(first.reason)")
    }

    private static func counts(_ counts: ByName<Int>) -> [JSON.Member] {
      counts.names.map { JSON.Member(key: $0, value: JSON(counts[$0])) }
    }

    /// Says what was done otherwise than somebody may expect.
    private func note(_ report: VectorUpsertReport) throws {
      if !report.ignored.isEmpty {
        // The most frequent first; those of one count stay in the order of their names.
        let keys = report.ignored.names.map { (name: $0, count: report.ignored[$0] ?? 0) }
          .sorted { $0.count > $1.count }
          .map { "\"\($0.name)\" in \(People.count($0.count, "row"))" }
        let rest = keys.count > 5 ? " and \(People.count(keys.count - 5)) more" : ""
        try output.note(
          "note: not stored, since only id, vector and attributes are read: "
            + keys.prefix(5).joined(separator: ", ") + rest)
      }
      for name in report.renamed.names {
        try output.note(
          "note: the attribute \(name) of \(People.count(report.renamed[name] ?? 0, "row")) is stored as \(name)_, "
            + "since "
            + "a record's own \(name) would hide it")
      }
      if report.isNumbered, report.recordsMade > 0, report.recordsBefore > 0 {
        try output.note(
          "note: without --ids the rows were named by their numbers from 0, which made "
            + "\(People.count(report.recordsMade, "record")) beside the "
            + "\(People.count(report.recordsBefore)) there were")
      }
    }

    private func people(_ report: VectorUpsertReport, seconds: Double) -> String {
      let rate = People.rate(report.stored, seconds: seconds, of: "vectors").map { " (\($0))" } ?? ""
      var text =
        "stored \(People.count(report.stored, "vector")) in \(space) in \(People.seconds(seconds))\(rate)\n"
      if report.merged > 0 {
        text += "\(People.count(report.merged, "row")) replaced by a later row of the same id\n"
      }
      guard !report.rejected.isEmpty else { return text }
      var table = Table([.right("row"), .left("rejected because")])
      table.rows = report.rejected.prefix(Self.shownRows).map { [String($0.row), $0.reason] }
      text += table.text()
      let rest = report.rejected.count - Self.shownRows
      return rest > 0 ? text + "… and \(People.count(rest)) more; --json lists all\n" : text
    }
  }
}
