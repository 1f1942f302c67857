import Basics

/// How a session encoder is trained; nil leaves a setting to what the events are like.
package struct TrainingSettings: Sendable {
  /// Elements of the vectors, 16 to 512, a multiple of twice `heads`.
  package var dimension: Int?
  /// Blocks of the Transformer, 1 to 8.
  package var layers = 2
  /// Heads of attention.
  package var heads = 2
  /// Query vectors of a session, 1 to 16.
  package var interests = 1
  /// Newest events of a sequence that are used, 1 to 1,000.
  package var maxLength: Int?
  /// Maximum number of epochs.
  package var epochs: Int?
  /// Time limit in minutes.
  package var minutes: Double?
  package var seed: UInt64 = 1
  /// Newest events of each user that are held out for an evaluation.
  package var excludeLast = 0
  /// Events from this time on are held out for an evaluation, in milliseconds since 1970.
  package var before: Int64?
  /// Whether events held out for early stopping are learned from in the end.
  package var learnsHeldOut = true
  /// Whether words and attributes of items are used.
  package var usesContent = true
  /// Whether counted rules are mixed in.
  package var usesRules = true
  /// Users that a counted pair of items must occur with, at least 1.
  package var minimumSupport = 1
  /// The file of a checkpoint.
  package var checkpoint: String?
  /// 1 to 256.
  package var threads = 1

  /// The maximum number of epochs where none is given.
  package static let defaultEpochs = 300

  package init() {}

  /// - Throws: `RecommendingError` `.invalidArgument`.
  package func check() throws {
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw RecommendingError(code: .invalidArgument, message: message) }
    }
    // What is chosen where none is given is a multiple of this one.
    let dimension = dimension ?? SessionRecipe.leastDimension
    try require((16...512).contains(dimension), "dimension \(dimension) is outside 16 to 512")
    try require((1...8).contains(layers), "\(layers) layers are outside 1 to 8")
    try require((1...256).contains(heads), "\(heads) heads are outside 1 to 256")
    try require(
      dimension % (2 * heads) == 0,
      "dimension must be a multiple of \(2 * heads) (2 × heads); \(dimension) is not")
    try require((1...16).contains(interests), "\(interests) interests are outside 1 to 16")
    if let maxLength {
      try require((1...1_000).contains(maxLength), "a length of \(maxLength) is outside 1 to 1,000")
    }
    if let epochs { try require(epochs >= 1, "\(epochs) epochs; it takes at least 1") }
    if let minutes { try require(minutes > 0, "\(minutes) minutes; give it more than 0") }
    try require(minimumSupport >= 1, "a minimum support of \(minimumSupport); it must be at least 1")
    try require(excludeLast >= 0, "\(excludeLast) events cannot be left out")
    try ThreadCountError.check(threads)
  }
}
