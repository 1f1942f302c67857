package import Values
import Baselines
import Basics
package import Engine
import Evaluation
import Records
import SessionEncoder

/// What lists are described by beside their targets.
private struct TrainingCounts {
  /// How often each item occurs.
  let popularity: [Int]
  let diversity: ListDiversity

  init(_ sequences: SequenceSet, itemCount: Int) {
    var counts = [Int](repeating: 0, count: itemCount)
    for sequence in sequences { for item in sequence { counts[Int(item)] += 1 } }
    popularity = counts
    diversity = ListDiversity(sequences, itemCount: itemCount)
  }
}

/// One evaluation of a snapshot from start to end.
package struct SessionEvaluation {
  private let snapshot: Snapshot
  private let problem: EvaluationProblem
  private let settings: EvaluateOptions
  private let progress: ProgressHandler?
  /// The model to judge, or why there is none.
  private let encoder: SessionEncoderModel?
  private let note: String?

  /// The length of the list that intervals of NDCG are reported for.
  private static let usual = 10

  /// - Throws: `RecommendingError` `.recordNotFound`, `.notEnoughData` where there is nothing to evaluate.
  package init(
    _ snapshot: Snapshot, _ models: ModelCache, _ settings: EvaluateOptions, _ progress: ProgressHandler?
  ) throws {
    try settings.check()
    self.snapshot = snapshot
    self.settings = settings
    self.progress = progress
    (encoder, note) = try EvaluatedEncoder.find(models, snapshot, settings)
    problem = try EvaluationProblem(snapshot, settings, model: encoder?.manifest)
  }

  /// Ranks the targets by the model, by the baselines and by blends of both.
  package func run() throws -> EvaluationReport {
    var report = EvaluationReport(
      protocolSettings: NamedValues(
        problem.protocolSettings + [
          ("model", try encoder.map { try words($0.version) } ?? "none"),
          ("seen items", problem.test.isKeepingSeen ? "kept" : "removed"),
          ("repeated targets", repeatsInWords), ("ranked among", "all items"),
          ("ties", "broken by insertion order"),
        ]),
      targets: problem.test.cases.count, repeatedTargets: problem.repeatedTargets,
      items: problem.numbering.items.count,
      models: [], notes: [])
    if let note { report.notes.append(note) }
    let training = TrainingCounts(problem.training, itemCount: problem.numbering.items.count)
    var blends: SessionBlends?
    if let encoder {
      let scorer = try SessionScorer(encoder, items: problem.numbering.items, problem.events, snapshot)
      blends = try SessionBlends(encoder, scorer, problem, snapshot, threads: settings.threads)
      if let rules = encoder.rules {
        report.models.append(
          judge(
            "session", settings: "\(words(encoder)), \(Int((100 * rules.share).rounded())) % rules",
            training,
            by: scorer.mixed(with: rules, items: problem.numbering.items)))
      }
      report.models.append(
        judge(
          encoder.rules == nil ? "session" : "session, encoder alone", settings: words(encoder), training,
          by: scorer))
      if let indexed = try judgeThroughIndex(encoder, training) { report.models.append(indexed) }
    }
    if settings.baselines.contains(.counted) {
      let scorer = CountedScorer(problem.learned, counts: problem.learnedCounts, problem.numbering)
      report.models.append(
        judge(
          EvaluateOptions.Baseline.counted.rawValue, settings: CountedScorer.settings, training,
          by: HistoryScorer(scorer)))
    }
    for baseline in settings.baselines.compactMap({ Baseline(rawValue: $0.rawValue) }) {
      try Task.checkCancellation()
      let tuning = TuningProgress("tuning \(baseline.rawValue)", progress)
      guard
        let tuned = baseline.tuned(
          problem.tuningTraining, validation: problem.validation, threads: settings.threads,
          progress: { tuning.show($0) }),
        let scorer = tuned.make(
          problem.training, progress: { tuning.show("fitting \(baseline.rawValue)", $0, of: $1) })
      else {
        try Task.checkCancellation()
        let count = problem.numbering.items.count
        let limit = baseline.itemLimit.flatMap {
          count > $0 ? " is limited to \($0) items, and there are \(count)" : nil
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
    return settings.repeats == .skip ? "\(count), left out" : "\(count), counted as misses"
  }

  private func judge(
    _ name: String, settings words: String, _ training: TrainingCounts, by scorer: some CaseScorer
  ) -> EvaluatedModel {
    progress?(WorkProgress(stage: "ranking by \(name)", completed: 0, total: problem.test.cases.count))
    let clock = ContinuousClock()
    let start = clock.now
    let ranking = Ranking(
      problem.test, by: scorer, k: settings.cutoffs.max() ?? Self.usual, threads: settings.threads)
    let seconds = (clock.now - start) / .seconds(1)
    return EvaluatedModel(
      name: name, settings: words, metrics: NamedValues(metrics(ranking, training)),
      secondsPerUser: seconds / Double(problem.test.cases.count))
  }

  private func metrics(_ ranking: Ranking, _ training: TrainingCounts) -> [(name: String, value: Double)] {
    let found = ranking.metrics
    var metrics: [(name: String, value: Double)] = []
    for k in settings.cutoffs {
      metrics += [
        ("HR@\(k)", found.hitRate(at: k)), ("NDCG@\(k)", found.ndcg(at: k)),
        ("MRR@\(k)", found.meanReciprocalRank(at: k)), ("recall@\(k)", found.hitRate(at: k)),
      ]
    }
    for k in settings.cutoffs {
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
    guard try snapshot.servingVersion() == encoder.version else { return nil }
    let task = problem.test
    let k = settings.cutoffs.max() ?? Self.usual
    let (events, numbering, snapshot) = (problem.events, problem.numbering, snapshot)
    let clock = ContinuousClock()
    let start = clock.now
    let view = try snapshot.space(SessionSpaces.items)
    let search = SessionSearch(snapshot, encoder, view, allowed: nil, k: k, effort: .recall(0.98))
    let lists = try parallelMap(task.cases.count, threads: settings.threads) { index -> [UInt32] in
      let one = task.cases[index]
      var histories = SessionHistories(encoder) { try snapshot.vector(of: $0, in: view) }
      guard
        try histories.append(
          events, events.range(one.sequence).prefix(one.place),
          profile: try snapshot.profile(of: events.users[one.sequence], encoder),
          kindName: snapshot.eventKindName)
      else { return [] }
      let seen = Set(task.hidden(index).map { numbering.items[Int($0)] })
      return try search.candidates(
        histories.encoded(0), after: histories.items, leavingOut: seen
      )
      .compactMap { numbering.numbers[$0.ordinal] }
    }
    let seconds = (clock.now - start) / .seconds(1)
    let ranking = Ranking(lists: lists, targets: task.cases.indices.map { task.target($0) })
    return EvaluatedModel(
      name: "session, by the index", settings: "\(words(encoder)), recall 0.98",
      metrics: NamedValues(metrics(ranking, training)), secondsPerUser: seconds / Double(task.cases.count))
  }
}
