import Basics
import SessionEncoder
public import Values

/// How a session encoder is trained.
public struct TrainOptions: Sendable, Hashable {
  /// What turns a session's events into its query vectors.
  public enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
    /// A causal Transformer: each event is asked for the next (SASRec).
    case transformer
    /// Gated recurrent units (GRU4Rec).
    case gru
    /// Long short-term memory.
    case lstm
    /// A Transformer whose events see all others; masked ones are asked for their items (BERT4Rec).
    case masked
  }

  /// What turns a session's events into its query vectors: by default the Transformer.
  public var architecture: Architecture
  /// Elements of the vectors, 16 to 512, a multiple of twice `heads`; nil takes 64, or 128 where there are many events.
  public var dimension: Int?
  /// Blocks of the Transformer or recurrent layers, 1 to 8; nil takes 2, or 1 where they are recurrent.
  public var layers: Int?
  /// Heads of attention.
  public var heads: Int
  /// Query vectors for each session, 1 to 16: several interests, whose answers are merged.
  public var interests: Int
  /// How many of the newest events of a sequence to use, 1 to 1,000; nil chooses from the stored sequences.
  public var maxLength: Int?
  /// Maximum number of epochs, nil for `defaultEpochs`; early stopping ends before, when held-out events are no longer
  /// ranked better.
  public var epochs: Int?
  /// Time limit in minutes.
  public var minutes: Double?
  /// The same seed, events and threads give the same model, bit for bit.
  public var seed: UInt64
  /// Holds out each user's newest events for evaluation, from the N-th last on that is to be predicted by the store's
  /// signal policy: without one each event is.
  public var excludeLast: Int
  /// Holds out events at or after this time, for evaluation.
  public var before: Timestamp?
  /// Whether the held-out events are trained on too after early stopping: the newest events are the most informative.
  /// Papers leave them out.
  public var learnsHeldOut: Bool
  /// Whether words and attributes of items are used, their vectors in other spaces, and attributes of users.
  public var usesContent: Bool
  /// The spaces whose vectors of items are content, such as those of their texts and images; nil for all that hold
  /// vectors of a text model or of your own.
  public var contentSpaces: [String]?
  /// Whether which items follow which is counted too, and what the counts say mixed with what the encoder says as far
  /// as held-out events ask for it.
  public var usesRules: Bool
  /// Whether recommendations are made with the model once it is trained; nil serves it unless events are held out for
  /// evaluation. `rebuildFromSequences` serves a model later.
  public var serves: Bool?
  /// The number of users that a counted pair of items must occur with to be used, at least 1: with 3, no recommendation
  /// rests on what one or two users took.
  public var minimumSupport: Int
  /// A checkpoint file, saved after each epoch; if it exists, training resumes from it as if it had never stopped.
  /// Minutes count from where it resumes.
  public var checkpoint: String?
  /// Threads, 1 to 256; all cores where none is given.
  public var threads: Int

  /// The maximum number of epochs where none is given.
  public static let defaultEpochs = 300

  /// Makes options.
  public init(
    architecture: Architecture = .transformer, dimension: Int? = nil, layers: Int? = nil, heads: Int = 2,
    interests: Int = 1, maxLength: Int? = nil,
    epochs: Int? = nil, minutes: Double? = nil, seed: UInt64 = 1, excludeLast: Int = 0,
    before: Timestamp? = nil, learnsHeldOut: Bool = true, usesContent: Bool = true,
    contentSpaces: [String]? = nil, usesRules: Bool = true,
    serves: Bool? = nil, minimumSupport: Int = 1, checkpoint: String? = nil,
    threads: Int? = nil
  ) {
    self.architecture = architecture
    self.dimension = dimension
    self.layers = layers
    self.heads = heads
    self.interests = interests
    self.maxLength = maxLength
    self.epochs = epochs
    self.minutes = minutes
    self.seed = seed
    self.excludeLast = excludeLast
    self.before = before
    self.learnsHeldOut = learnsHeldOut
    self.usesContent = usesContent
    self.contentSpaces = contentSpaces
    self.usesRules = usesRules
    self.serves = serves
    self.minimumSupport = minimumSupport
    self.checkpoint = checkpoint
    self.threads = threads ?? processorCount
  }

  /// What `layers` comes to.
  var layerCount: Int { layers ?? (architecture.encoder.recurrentKind == nil ? 2 : 1) }

  /// What `serves` comes to.
  package var isServed: Bool { serves ?? (excludeLast == 0 && before == nil) }

  /// - Throws: `RecommendingError` `.invalidArgument`.
  package func check() throws {
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw RecommendingError(code: .invalidArgument, message: message) }
    }
    // What is chosen where none is given is a multiple of this one.
    let dimension = dimension ?? SessionRecipe.leastDimension
    try require((16...512).contains(dimension), "dimension \(dimension) is outside 16 to 512")
    try require((1...8).contains(layerCount), "\(layerCount) layers are outside 1 to 8")
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

extension TrainOptions.Architecture {
  /// The same in the encoder's terms.
  var encoder: Architecture {
    switch self {
    case .transformer: .transformer
    case .gru: .gru
    case .lstm: .lstm
    case .masked: .masked
    }
  }
}
