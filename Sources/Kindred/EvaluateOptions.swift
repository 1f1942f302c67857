import Recommending

/// How recommendations are evaluated.
public struct EvaluateOptions: Sendable {
  /// What is held out and has to be predicted.
  public enum Split: Sendable, Hashable {
    /// Each user's last event, from all before it.
    case leaveOneOut
    /// Every event from this time on (milliseconds since 1970), each from all before it of the same user.
    case time(Int64)
    /// Every item but the first of these sessions, which are not in the store, each from those before it.
    case sessions([[String]])
  }

  /// What is held out and has to be predicted.
  public var split: Split
  /// The lengths of the lists (k of the metrics), each 1 to 1,000.
  public var cutoffs = [5, 10, 20]
  /// Names of baselines to compare with; see `baselineNames`.
  public var baselines: [String] = []
  /// Whether items of the history may come back; nil does what serves: they may where the events repeat items.
  public var keepsSeen: Bool?
  /// What becomes of targets that were seen before, where seen items are removed.
  public enum Repeats: String, Sendable, Hashable, CaseIterable {
    /// They cannot be recommended, so each is a miss.
    case miss
    /// They are left out, and counted in the report.
    case skip
  }
  /// What becomes of targets that were seen before, where seen items are removed.
  public var repeats = Repeats.miss
  /// The model to judge; nil takes the newest that was not trained on the targets.
  public var model: Int?
  /// Maximum number of targets, sampled evenly; nil takes all.
  public var limit: Int?
  /// Threads, 1 to 256.
  public var threads = Store.defaultThreads

  /// Makes options.
  public init(split: Split = .leaveOneOut) { self.split = split }

  var settings: EvaluationSettings {
    get throws {
      let split: EvaluationSettings.Split =
        switch split {
        case .leaveOneOut: .leaveOneOut
        case .time(let time): .time(time)
        case .sessions(let sessions): .sessions(sessions)
        }
      return try EvaluationSettings(
        split: split, cutoffs: cutoffs, baselines: baselines, keepsSeen: keepsSeen,
        skipsRepeats: repeats == .skip, model: model, limit: limit, threads: threads)
    }
  }
}

/// What an evaluation found.
public struct EvaluationReport: Sendable {
  /// The split and its settings, by name.
  public var protocolSettings: [(name: String, value: String)]
  /// Targets that were ranked.
  public var targets: Int
  /// Targets that are items of their histories: of them, or left out of `targets` by `Repeats.skip`.
  public var repeatedTargets: Int
  /// Items that they were ranked among.
  public var items: Int
  /// What was compared.
  public var models: [EvaluatedModel]
  /// What could not be compared, and why.
  public var notes: [String]

  init(_ result: EvaluationResult) {
    protocolSettings = result.protocolSettings
    targets = result.targets
    repeatedTargets = result.repeatedTargets
    items = result.items
    models = result.rows.map {
      EvaluatedModel(
        name: $0.name, settings: $0.settings, metrics: $0.metrics, secondsPerUser: $0.secondsPerUser)
    }
    notes = result.notes
  }
}

/// One way to recommend and how it did.
public struct EvaluatedModel: Sendable {
  /// `session`, or a baseline's name.
  public var name: String
  /// The settings that validation chose, in words.
  public var settings: String
  /// Values such as `HR@10`, in the order they are to be shown.
  public var metrics: [(name: String, value: Double)]
  /// Wall time of one target, all threads together.
  public var secondsPerUser: Double
}
