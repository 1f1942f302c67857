import Baselines
import Basics

/// What is evaluated, and how.
package struct EvaluationSettings: Sendable {
  /// What is held out and has to be predicted.
  package enum Split: Sendable {
    /// Each user's last event, from all before it.
    case leaveOneOut
    /// Every event from this time on (milliseconds since 1970), each from all before it of the same user.
    case time(Int64)
    /// Every item but the first of these sessions, which are not in the store, each from those before it.
    case sessions([[String]])
  }

  package var split: Split
  /// The lengths of the lists (k of the metrics), each 1 to 1,000.
  package var cutoffs: [Int]
  var baselines: [Baseline]

  /// The names of the baselines that there are.
  package static let baselineNames = Baseline.allCases.map(\.rawValue)
  /// Whether items of the history may come back; nil does what serves.
  package var keepsSeen: Bool?
  /// Whether targets that were seen before are left out where seen items are removed; else each is a miss.
  package var skipsRepeats: Bool
  /// The model to judge; nil takes the newest that was not trained on the targets.
  package var model: Int?
  /// Maximum number of targets, sampled evenly; nil takes all.
  package var limit: Int?
  /// 1 to 256.
  package var threads: Int

  package init(
    split: Split, cutoffs: [Int], baselines: [String], keepsSeen: Bool?, skipsRepeats: Bool, model: Int?,
    limit: Int?, threads: Int
  ) throws {
    self.split = split
    self.cutoffs = cutoffs
    self.baselines = try baselines.map { name in
      guard let baseline = Baseline(rawValue: name) else {
        throw RecommendingError(
          code: .invalidArgument,
          message:
            "baseline \"\(name)\" is not known; there are \(Self.baselineNames.joined(separator: ", "))")
      }
      return baseline
    }
    self.keepsSeen = keepsSeen
    self.skipsRepeats = skipsRepeats
    self.model = model
    self.limit = limit
    self.threads = threads
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw RecommendingError(code: .invalidArgument, message: message) }
    }
    for k in cutoffs { try require((1...1_000).contains(k), "a list of \(k) is outside 1 to 1,000") }
    try require(!cutoffs.isEmpty, "no length of lists is given")
    try ThreadCountError.check(threads)
    if let limit { try require(limit >= 1, "\(limit) targets; take at least 1") }
  }
}

/// What an evaluation found.
package struct EvaluationResult: Sendable {
  /// One way to recommend and how it did.
  package struct Row: Sendable {
    /// `session`, or a baseline's name.
    package var name: String
    /// The settings that validation chose, in words.
    package var settings: String
    /// Values such as `HR@10`, in the order they are to be shown.
    package var metrics: [(name: String, value: Double)]
    /// Wall time of one target, all threads together.
    package var secondsPerUser: Double
  }

  /// The split and its settings, by name.
  package var protocolSettings: [(name: String, value: String)]
  /// Targets that were ranked.
  package var targets: Int
  /// Targets that are items of their histories.
  package var repeatedTargets: Int
  /// Items that they were ranked among.
  package var items: Int
  package var rows: [Row]
  /// What could not be compared, and why.
  package var notes: [String]
}
