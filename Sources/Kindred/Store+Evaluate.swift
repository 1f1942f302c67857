import Baselines
import Engine
import Evaluation
import Records
import SessionEncoder

extension Store {
  /// The names of the baselines that `evaluate` compares with.
  public static let baselineNames = Baseline.allCases.map(\.rawValue)

  /// Ranks held-out events among all items, by the session encoder and by baselines that validation tunes.
  ///
  /// A model takes part only if it did not learn from the targets: train it with `excludeLast` or `before`.
  /// - Throws: `StoreError` `.invalidArgument`, `.notEnoughData` where there is nothing to evaluate; `.recordNotFound`.
  public func evaluate(
    _ options: EvaluateOptions = .init(), progress: ProgressHandler? = nil
  ) throws -> EvaluationReport {
    try StoreError.translating {
      try options.check()
      let baselines = try options.baselines.map { name in
        guard let baseline = Baseline(rawValue: name) else {
          throw StoreError(
            code: .invalidArgument,
            message:
              "baseline \"\(name)\" is not known; there are \(Store.baselineNames.joined(separator: ", "))")
        }
        return baseline
      }
      return try engine.read { snapshot in
        let (encoder, note) = try EvaluatedEncoder.find(self, snapshot, options)
        let problem = try EvaluationProblem(snapshot, options, model: encoder?.manifest)
        return try SessionEvaluation(
          store: self, snapshot: snapshot, problem: problem, options: options, progress: progress
        ).run(baselines, encoder, note)
      }
    }
  }
}

/// What lists are described by beside their targets.
private struct TrainingCounts {
  /// How often each item occurs.
  let popularity: [Int]
  let diversity: ListDiversity

  init(_ sequences: [[UInt32]], itemCount: Int) {
    var counts = [Int](repeating: 0, count: itemCount)
    for sequence in sequences { for item in sequence { counts[Int(item)] += 1 } }
    popularity = counts
    diversity = ListDiversity(sequences, itemCount: itemCount)
  }
}

private struct SessionEvaluation {
  let store: Store
  let snapshot: Engine.Snapshot
  let problem: EvaluationProblem
  let options: EvaluateOptions
  let progress: ProgressHandler?

  /// The length of the list that intervals of NDCG are reported for.
  private static let usual = 10

  func run(
    _ baselines: [Baseline], _ encoder: SessionEncoderModel?, _ note: String?
  ) throws -> EvaluationReport {
    var report = EvaluationReport(
      protocolSettings: problem.settings + [
        ("model", try encoder.map { try words($0.version) } ?? "none"),
        ("seen items", problem.test.isKeepingSeen ? "kept" : "removed"),
        ("repeated targets", repeatsInWords), ("ranked among", "all items"),
        ("ties", "broken by insertion order"),
      ],
      targets: problem.test.cases.count, repeatedTargets: problem.repeatedTargets, items: problem.items.count,
      models: [], notes: [])
    if let note { report.notes.append(note) }
    let training = TrainingCounts(problem.training, itemCount: problem.items.count)
    var blends: SessionBlends?
    if let encoder {
      let scorer = try SessionScorer(encoder, items: problem.items, problem.events, snapshot)
      blends = try SessionBlends(encoder, scorer, problem, snapshot, threads: options.threads)
      if let rules = encoder.rules {
        report.models.append(
          judge(
            "session", settings: "\(words(encoder)), \(Int((100 * rules.share).rounded())) % rules",
            training,
            by: scorer.mixed(with: rules, items: problem.items)))
      }
      report.models.append(
        judge(
          encoder.rules == nil ? "session" : "session, encoder alone", settings: words(encoder), training,
          by: scorer))
      if let indexed = try judgeThroughIndex(encoder, training) { report.models.append(indexed) }
    }
    for baseline in baselines {
      try Task.checkCancellation()
      let tuning = TuningProgress("tuning \(baseline.rawValue)", progress)
      guard
        let tuned = baseline.tuned(
          problem.tuningTraining, validation: problem.validation, threads: options.threads,
          progress: { tuning.show($0) }),
        let scorer = tuned.make(
          problem.training, progress: { tuning.show("fitting \(baseline.rawValue)", $0, of: $1) })
      else {
        try Task.checkCancellation()
        let limit = baseline.itemLimit.map {
          " is limited to \($0) items, and there are \(problem.items.count)"
        }
        report.notes.append(baseline.rawValue + (limit ?? " cannot be fitted to these events"))
        continue
      }
      try Task.checkCancellation()
      let history = HistoryScorer(scorer)
      report.models.append(judge(baseline.rawValue, settings: tuned.settings, training, by: history))
      if let blends, blends.partners.contains(baseline) {
        let (share, settings) = blends.share(of: tuned)
        report.models.append(
          judge(
            "session + \(baseline.rawValue)", settings: settings, training,
            by: BlendedScorer(blends.session, history, share: share)))
      }
    }
    return report
  }

  /// The model that is judged, and whether it serves: the newest that fits the targets need not.
  private func words(_ version: UInt32) throws -> String {
    try snapshot.servingVersion() == version ? "\(version), serving" : "\(version), not served"
  }

  /// The model, and whether it learned from events that baselines are only tuned by.
  private func words(_ encoder: SessionEncoderModel) -> String {
    let more = encoder.manifest.epochsWithHeldOut > 0 ? ", retrained on all events" : ""
    return "model \(encoder.version)\(more)"
  }

  /// What is done with targets that were seen before.
  private var repeatsInWords: String {
    let count = problem.repeatedTargets
    if problem.test.isKeepingSeen { return "\(count), ranked as all others" }
    return options.repeats == .skip ? "\(count), left out" : "\(count), counted as misses"
  }

  private func judge(
    _ name: String, settings: String, _ training: TrainingCounts, by scorer: some CaseScorer
  ) -> EvaluatedModel {
    progress?(Progress(stage: "ranking by \(name)", completed: 0, total: problem.test.cases.count))
    let clock = ContinuousClock()
    let start = clock.now
    let ranking = Ranking(
      problem.test, by: scorer, k: options.cutoffs.max() ?? Self.usual, threads: options.threads)
    let seconds = (clock.now - start) / .seconds(1)
    return EvaluatedModel(
      name: name, settings: settings, metrics: metrics(ranking, training),
      secondsPerUser: seconds / Double(problem.test.cases.count))
  }

  private func metrics(_ ranking: Ranking, _ training: TrainingCounts) -> [(name: String, value: Double)] {
    let found = ranking.metrics
    var metrics: [(name: String, value: Double)] = []
    for k in options.cutoffs {
      metrics += [
        ("HR@\(k)", found.hitRate(at: k)), ("NDCG@\(k)", found.ndcg(at: k)),
        ("MRR@\(k)", found.meanReciprocalRank(at: k)), ("recall@\(k)", found.hitRate(at: k)),
      ]
    }
    for k in options.cutoffs {
      let lists = ListMetrics(ranking.best, k: k, popularity: training.popularity)
      metrics += [
        ("coverage@\(k)", lists.coverage), ("gini@\(k)", lists.gini), ("novelty@\(k)", lists.novelty),
        ("diversity@\(k)", training.diversity.mean(ranking.best, k: k)),
      ]
    }
    let interval = Bootstrap(meanOf: found.ndcgValues(at: Self.usual))
    metrics += [("NDCG@\(Self.usual) low", interval.low), ("NDCG@\(Self.usual) high", interval.high)]
    return metrics
  }

  /// The same through the space's index, where it holds this model's vectors.
  private func judgeThroughIndex(
    _ encoder: SessionEncoderModel, _ training: TrainingCounts
  ) throws -> EvaluatedModel? {
    guard
      let record = try snapshot.spaces().first(where: { $0.name == SessionSpaces.items }),
      SessionEncoderNames.version(record) == encoder.version
    else { return nil }
    let task = problem.test
    let k = options.cutoffs.max() ?? Self.usual
    let numbers = Dictionary(uniqueKeysWithValues: problem.items.enumerated().map { ($1, UInt32($0)) })
    let (events, items, snapshot) = (problem.events, problem.items, snapshot)
    let clock = ContinuousClock()
    let start = clock.now
    let keepsSeen = task.isKeepingSeen
    let search = SessionSearch(
      snapshot, encoder, try snapshot.space(SessionSpaces.items), allowed: nil, QueryOptions(k: k))
    let lists = try concurrentMap(task.cases.count, threads: options.threads) { index -> [UInt32] in
      let one = task.cases[index]
      var histories = SessionHistories(encoder)
      guard
        try histories.append(
          events, events.range(one.sequence).prefix(one.place), kindName: snapshot.eventKindName)
      else { return [] }
      let set = histories.set
      let seen = keepsSeen ? [] : Set(task.history(index).map { items[Int($0)] })
      return try search.candidates(
        encoder.encode(set.range(0), of: set), after: set.items[set.range(0)], leavingOut: seen
      )
      .compactMap { numbers[$0.ordinal] }
    }
    let seconds = (clock.now - start) / .seconds(1)
    let ranking = Ranking(lists: lists, targets: task.cases.indices.map { task.target($0) })
    return EvaluatedModel(
      name: "session, by the index", settings: "\(words(encoder)), recall 0.98",
      metrics: metrics(ranking, training), secondsPerUser: seconds / Double(task.cases.count))
  }
}

/// How much of a blend of the session encoder and a baseline is the baseline's.
private struct SessionBlends {
  /// The baselines that something is gained with: what they know of sequences is unlike what the encoder does. Rules that
  /// the model has itself are in its row.
  let partners: Set<Baseline>

  let session: SessionScorer
  private let problem: EvaluationProblem
  private let threads: Int
  /// The encoder on the validation's targets; nil where it learned from them.
  private let validated: SessionScorer?

  /// Validation targets at most, as many as tune a baseline.
  private static let targetLimit = 2_000

  init(
    _ encoder: SessionEncoderModel, _ session: SessionScorer, _ problem: EvaluationProblem,
    _ snapshot: Engine.Snapshot, threads: Int
  ) throws {
    partners = encoder.rules == nil ? [.rules, .sessionNeighbors] : [.sessionNeighbors]
    self.session = session
    self.problem = problem
    self.threads = threads
    validated =
      problem.isHeldOut(by: encoder.manifest)
      ? try SessionScorer(encoder, items: problem.items, problem.validationEvents, snapshot) : nil
  }

  /// The share with which validation targets are ranked best, and how it was found, in words.
  func share(of tuned: Baseline.Tuned) -> (share: Double, settings: String) {
    guard let validated else {
      return (0.5, "half of each, as the model was trained on what a share would be chosen by")
    }
    let share = BlendedScorer.bestShare(
      of: (1...9).map { Double($0) / 10 }, validated, HistoryScorer(tuned.validated),
      problem.validation.sampled(Self.targetLimit), threads: threads)
    return (share, "\(Int((100 * share).rounded())) % \(tuned.baseline.rawValue), chosen by validation")
  }
}
