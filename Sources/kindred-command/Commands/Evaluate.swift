import ArgumentParser
import Kindred

extension Command {
  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Evaluate the model and baselines on held-out events.",
      discussion: """
        A model is evaluated only on events it was not trained on. Baselines are tuned on validation \
        events: popularity, recent, own-history, item-knn, rules, v-sknn, ease, als.

        Examples:
          kindred train shop.kindred --exclude-last 1
          kindred evaluate shop.kindred --baselines all
          kindred evaluate shop.kindred --split time:2011-11-01 \\
            --baselines rules,v-sknn --json
          kindred evaluate shop.kindred --test sessions.jsonl --keep-seen --at 20
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(help: ArgumentHelp("leave-one-out, or time:DATE.", valueName: "split"))
    var split = "leave-one-out"

    @Option(
      help: ArgumentHelp(
        "Sessions to predict, one per line as for recommend; every item but the first is a target.",
        valueName: "file"), completion: .file())
    var test: String?

    @Option(help: ArgumentHelp("Lengths of the lists (k of the metrics).", valueName: "5,10,20"))
    var at = "5,10,20"

    @Option(help: ArgumentHelp("Names of baselines, or all.", valueName: "a,b"))
    var baselines: String?

    @OptionGroup var seen: SeenOptions

    @Option(
      help: ArgumentHelp(
        "Where seen items are removed, a target that was seen is a miss, or left out (skip).",
        valueName: "miss|skip"))
    var repeats = EvaluateOptions.Repeats.miss

    @Option(
      help: ArgumentHelp(
        "Which model; by default the newest that was not trained on the targets.", valueName: "version"))
    var model: Int?

    @Option(help: "Maximum number of targets, sampled evenly.")
    var limit: Int?

    @Option(help: "Number of threads; all cores by default.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    func run() throws {
      var options = EvaluateOptions(split: try parsedSplit())
      options.cutoffs = []
      for text in SessionFile.ids(at) {
        guard let k = Int(text) else {
          throw ValidationError("--at takes whole numbers; '\(text)' is not one.")
        }
        // A length that is given twice would give an object the same key twice.
        if !options.cutoffs.contains(k) { options.cutoffs.append(k) }
      }
      if let baselines {
        options.baselines = baselines == "all" ? Store.baselineNames : SessionFile.ids(baselines)
      }
      options.keepsSeen = seen.keepsSeen
      options.repeats = repeats
      options.model = model
      options.limit = limit
      options.threads = threads ?? Store.defaultThreads
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      let report = try output.withProgress { try opened.evaluate(options, progress: $0) }
      if output.json { return try StandardOutput.shared.print(report.json) }
      try StandardOutput.shared.print(
        Table.pairs(
          report.protocolSettings.map { ($0.name, $0.value) } + [("targets", People.count(report.targets))])
          + "\n" + table(report, options.cutoffs).text())
      for note in report.notes { try output.note(note) }
    }

    private func parsedSplit() throws -> EvaluateOptions.Split {
      if let test { return .sessions(try SessionFile.read(test)) }
      if split == "leave-one-out" { return .leaveOneOut }
      guard split.hasPrefix("time:"), let time = Timestamp(String(split.dropFirst(5))) else {
        throw ValidationError(
          "--split is '\(split)'; it is leave-one-out, or time:DATE such as time:2011-11-01.")
      }
      return .time(time.milliseconds)
    }

    private func table(_ report: EvaluationReport, _ cutoffs: [Int]) -> Table {
      let names =
        cutoffs.flatMap { ["HR@\($0)", "NDCG@\($0)"] }
        + (cutoffs.last.map { ["MRR@\($0)", "coverage@\($0)"] } ?? [])
      var table = Table([.left("model")] + names.map { .right($0) } + [.right("µs/user"), .left("settings")])
      table.rows = report.models.map { model in
        let values = Dictionary(model.metrics.map { ($0.name, $0.value) }) { first, _ in first }
        return [model.name] + names.map { People.fixed(values[$0] ?? 0, 4) }
          + [People.fixed(1e6 * model.secondsPerUser, 0), model.settings]
      }
      return table
    }
  }
}

extension EvaluationReport {
  fileprivate var json: JSON {
    [
      "protocol": JSON(members: protocolSettings.map { ($0.name, .string($0.value)) }),
      "targets": .integer(targets), "repeatedTargets": .integer(repeatedTargets), "items": .integer(items),
      "models": .array(
        models.map { model in
          JSON(
            members: [("name", .string(model.name)), ("settings", .string(model.settings))]
              + model.metrics.map { ($0.name, .number($0.value)) }
              + [("secondsPerUser", .number(model.secondsPerUser))])
        }), "notes": .array(notes.map { .string($0) }),
    ]
  }
}
