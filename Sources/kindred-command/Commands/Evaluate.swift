import ArgumentParser
import Kindred

extension Command {
  struct Evaluate: StoreCommand {
    static let configuration = CommandConfiguration(
      abstract: "Evaluate the model and baselines on held-out events.",
      discussion: """
        A model is evaluated only on events it was not trained on. Baselines: counted, which is what serves \
        without a model, and others that are tuned on validation events: popularity, recent, own-history, \
        item-knn, rules, v-sknn, ease, als, mult-vae.

        Examples:
          kindred train shop.kindred --exclude-last 1
          kindred evaluate shop.kindred --baselines all
          kindred evaluate shop.kindred --split time:2011-11-01 \\
            --baselines rules,v-sknn --json
          kindred evaluate shop.kindred --test sessions.jsonl --keep-seen --at 20
        """)

    @OptionGroup var path: StorePath

    @Option(
      help: ArgumentHelp("leave-one-out, or time:DATE.", valueName: "split"),
      completion: .list(["leave-one-out", "time:"]))
    var split = "leave-one-out"

    @Option(
      help: ArgumentHelp(
        "Sessions to predict, one per line as for recommend; every item but the first is a target.",
        valueName: "file"), completion: .file())
    var test: String?

    @Option(help: ArgumentHelp("Lengths of the lists (k of the metrics).", valueName: "5,10,20"))
    var at = "5,10,20"

    @Option(
      help: ArgumentHelp(
        "Names of baselines, or all; counted, popularity and rules where there is no model to evaluate.",
        valueName: "a,b"),
      completion: .list(["all"] + EvaluateOptions.Baseline.all.map(\.rawValue)))
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

    @OptionGroup var output: RowOutputOptions

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
        options.baselines =
          baselines == "all"
          ? EvaluateOptions.Baseline.all : SessionFile.ids(baselines).map { .init(rawValue: $0) }
      }
      options.keepsSeen = seen.keepsSeen
      options.repeats = repeats
      options.model = model
      options.limit = limit
      options.threads = threads ?? Store.defaultThreads
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      let report = try output.withProgress { progress in
        var report = try opened.evaluate(options, progress: progress)
        guard !report.models.contains(where: { $0.name == "session" }), baselines == nil else {
          return report
        }
        // Without a model there would be nothing to compare.
        options.baselines = [.counted, .popularity, .rules]
        report = try opened.evaluate(options, progress: progress)
        report.notes.append(
          "no baselines were named: these are counted, popularity and rules; --baselines all compares all there are"
        )
        return report
      }
      let settings =
        report.protocolSettings.map { ($0.name, $0.value) } + [("targets", People.count(report.targets))]
      switch output.format {
      case .json: return try StandardOutput.shared.print(report.json)
      case .csv: try StandardOutput.shared.write(CSVRows.text(of: report.models.map(\.json)))
      case .markdown:
        var protocolTable = Table([.left("protocol"), .left("")])
        protocolTable.rows = settings.map { [$0.0, $0.1] }
        try output.print(protocolTable)
        try StandardOutput.shared.print("\n")
        try output.print(table(report, options.cutoffs))
      case .table:
        try StandardOutput.shared.print(Table.pairs(settings) + "\n")
        try output.print(table(report, options.cutoffs))
      }
      for note in report.notes { try output.note(note) }
    }

    private func parsedSplit() throws -> EvaluateOptions.Split {
      if let test { return .sessions(try SessionFile.read(test)) }
      if split == "leave-one-out" { return .leaveOneOut }
      guard split.hasPrefix("time:"), let time = Timestamp(String(split.dropFirst(5))) else {
        throw ValidationError(
          "--split is '\(split)'; it is leave-one-out, or time:DATE such as time:2011-11-01.")
      }
      return .time(time)
    }

    private func table(_ report: EvaluationReport, _ cutoffs: [Int]) -> Table {
      let interval = "NDCG@10 95 %"
      var names = cutoffs.flatMap { ["HR@\($0)", "NDCG@\($0)"] }
      names.insert(interval, at: names.firstIndex(of: "NDCG@10").map { $0 + 1 } ?? names.count)
      names += cutoffs.last.map { ["MRR@\($0)", "coverage@\($0)"] } ?? []
      var table = Table(
        [.whole("model")] + names.map { .right($0) } + [.right("µs/user"), .left("settings")])
      table.rows = report.models.map { model in
        func text(_ name: String) -> String { People.fixed(model.metrics[name] ?? 0, 4) }
        return [model.name]
          + names.map { $0 == interval ? "\(text("NDCG@10 low"))–\(text("NDCG@10 high"))" : text($0) }
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
      "models": .array(models.map(\.json)), "notes": .array(notes.map { .string($0) }),
    ]
  }
}

extension EvaluatedModel {
  fileprivate var json: JSON {
    JSON(
      members: [("name", .string(name)), ("settings", .string(settings))]
        + metrics.map { ($0.name, .number($0.value)) } + [("secondsPerUser", .number(secondsPerUser))])
  }
}
