import Baselines
import Basics
public import Values

/// How recommendations are evaluated.
public struct EvaluateOptions: Sendable, Hashable {
  /// What is held out and has to be predicted.
  public enum Split: Sendable, Hashable {
    /// Each user's last event that is to be predicted, from all before it.
    case leaveOneOut
    /// Every event from this time on, each from all before it of the same user.
    case time(Timestamp)
    /// Every item but the first of these sessions, which are not in the store, each from those before it.
    case sessions([[String]])
  }

  /// What is held out and has to be predicted.
  public var split: Split
  /// The lengths of the lists (k of the metrics), each 1 to 1,000.
  public var cutoffs: [Int]
  /// What to compare with.
  public var baselines: [Baseline]
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
  public var repeats: Repeats
  /// The model to judge; nil takes the newest that was not trained on the targets.
  public var model: Int?
  /// Maximum number of targets, sampled evenly; nil takes all.
  public var limit: Int?
  /// Threads, 1 to 256; all cores where none is given.
  public var threads: Int

  /// Makes options.
  public init(
    split: Split = .leaveOneOut, cutoffs: [Int] = [5, 10, 20], baselines: [Baseline] = [],
    keepsSeen: Bool? = nil, repeats: Repeats = .miss, model: Int? = nil, limit: Int? = nil,
    threads: Int? = nil
  ) {
    self.split = split
    self.cutoffs = cutoffs
    self.baselines = baselines
    self.keepsSeen = keepsSeen
    self.repeats = repeats
    self.model = model
    self.limit = limit
    self.threads = threads ?? processorCount
  }

  /// - Throws: `RecommendingError` `.invalidArgument`.
  func check() throws {
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw RecommendingError(code: .invalidArgument, message: message) }
    }
    for k in cutoffs { try require((1...1_000).contains(k), "a list of \(k) is outside 1 to 1,000") }
    try require(!cutoffs.isEmpty, "no length of lists is given")
    try ThreadCountError.check(threads)
    if let limit { try require(limit >= 1, "\(limit) targets; take at least 1") }
    for baseline in baselines {
      try require(
        Baseline.all.contains(baseline),
        "baseline \"\(baseline.rawValue)\" is not known; there are "
          + Baseline.all.map(\.rawValue).joined(separator: ", "))
    }
  }
}

extension EvaluateOptions {
  /// What a model is compared with, by its name. More may come.
  public struct Baseline: RawRepresentable, Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    /// The name, as the command has it.
    public let rawValue: String

    /// A baseline by its name; `evaluate` refuses one that it does not know.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A baseline by its name.
    public init(stringLiteral name: String) { self.init(rawValue: name) }

    /// How often items occur.
    public static let popularity = Baseline(.popularity)
    /// How often items occur, newer events counting more.
    public static let recent = Baseline(.recent)
    /// The items of the history itself.
    public static let ownHistory = Baseline(.ownHistory)
    /// Items that occur with those of the history.
    public static let itemNeighbors = Baseline(.itemNeighbors)
    /// Items that follow those of the history.
    public static let rules = Baseline(.rules)
    /// Items of the sessions most like this one.
    public static let sessionNeighbors = Baseline(.sessionNeighbors)
    /// A linear autoencoder.
    public static let autoencoder = Baseline(.autoencoder)
    /// Matrix factorisation by alternating least squares.
    public static let factorization = Baseline(.factorization)
    /// A variational autoencoder.
    public static let multVAE = Baseline(.multVAE)
    /// What is recommended where no model serves, by counts of events.
    public static let counted: Baseline = "counted"
    /// All of them.
    public static let all = [counted] + Baselines.Baseline.allCases.map { Baseline($0) }

    private init(_ baseline: Baselines.Baseline) { rawValue = baseline.rawValue }
  }
}

/// What an evaluation found.
public struct EvaluationReport: Sendable, Hashable, Codable {
  /// The split and its settings, by name.
  public var protocolSettings: NamedValues<String>
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
}

/// One way to recommend and how it did.
public struct EvaluatedModel: Sendable, Hashable, Codable {
  /// `session`, or a baseline's name.
  public var name: String
  /// The settings that validation chose, in words.
  public var settings: String
  /// Values such as `HR@10`, in the order they are to be shown.
  public var metrics: NamedValues<Double>
  /// Wall time of one target, all threads together.
  public var secondsPerUser: Double
}
