import Recommending

/// How a session encoder is trained.
public struct TrainOptions: Sendable, Hashable {
  /// Elements of the vectors, 16 to 512, a multiple of twice `heads`; nil takes 64, or 128 where there are many events.
  public var dimension: Int?
  /// Blocks of the Transformer, 1 to 8.
  public var layers: Int
  /// Heads of attention.
  public var heads: Int
  /// Query vectors for each session, 1 to 16: several interests, whose answers are merged.
  public var interests: Int
  /// How many of the newest events of a sequence to use, 1 to 1,000; nil chooses from the stored sequences.
  public var maxLength: Int?
  /// Maximum number of epochs, nil for `defaultEpochs`; early stopping ends before, when held-out events are no longer ranked
  /// better.
  public var epochs: Int?
  /// Time limit in minutes.
  public var minutes: Double?
  /// The same seed, events and threads give the same model, bit for bit.
  public var seed: UInt64
  /// Holds out each user's N newest events for evaluation.
  public var excludeLast: Int
  /// Holds out events at or after this time, for evaluation.
  public var before: Timestamp?
  /// Whether the held-out events are trained on too after early stopping: the newest events are the most informative. Papers
  /// leave them out.
  public var learnsHeldOut: Bool
  /// Whether words and attributes of items are used.
  public var usesContent: Bool
  /// Whether which items follow which is counted too, and what the counts say mixed with what the encoder says as far as
  /// held-out events ask for it.
  public var usesRules: Bool
  /// Whether recommendations are made with the model once it is trained; nil serves it unless events are held out for
  /// evaluation. `rebuildFromSequences` serves a model later.
  public var serves: Bool?
  /// The number of users that a counted pair of items must occur with to be used, at least 1: with 3, no recommendation rests on
  /// what one or two users took.
  public var minimumSupport: Int
  /// A checkpoint file, saved after each epoch; if it exists, training resumes from it as if it had never stopped. Minutes count
  /// from where it resumes.
  public var checkpoint: String?
  /// Threads, 1 to 256.
  public var threads: Int

  /// The maximum number of epochs where none is given.
  public static let defaultEpochs = TrainingSettings.defaultEpochs

  /// Makes options.
  public init(
    dimension: Int? = nil, layers: Int = 2, heads: Int = 2, interests: Int = 1, maxLength: Int? = nil,
    epochs: Int? = nil, minutes: Double? = nil, seed: UInt64 = 1, excludeLast: Int = 0,
    before: Timestamp? = nil, learnsHeldOut: Bool = true, usesContent: Bool = true, usesRules: Bool = true,
    serves: Bool? = nil, minimumSupport: Int = 1, checkpoint: String? = nil,
    threads: Int = Store.defaultThreads
  ) {
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
    self.usesRules = usesRules
    self.serves = serves
    self.minimumSupport = minimumSupport
    self.checkpoint = checkpoint
    self.threads = threads
  }

  /// What `serves` comes to.
  var isServed: Bool { serves ?? (excludeLast == 0 && before == nil) }

  var settings: TrainingSettings {
    var settings = TrainingSettings()
    settings.dimension = dimension
    settings.layers = layers
    settings.heads = heads
    settings.interests = interests
    settings.maxLength = maxLength
    settings.epochs = epochs
    settings.minutes = minutes
    settings.seed = seed
    settings.excludeLast = excludeLast
    settings.before = before?.milliseconds
    settings.learnsHeldOut = learnsHeldOut
    settings.usesContent = usesContent
    settings.usesRules = usesRules
    settings.minimumSupport = minimumSupport
    settings.checkpoint = checkpoint
    settings.threads = threads
    return settings
  }
}

/// The result of one epoch of training.
public struct TrainingEpoch: Sendable, Hashable, Codable {
  /// From 1.
  public var epoch: Int
  /// The mean of -log p(next item).
  public var loss: Double
  /// NDCG@10 of held-out events among all items; nil where there are none.
  public var validationNDCG: Double?
  /// Whether it is the best so far.
  public var isBest: Bool
  /// Wall time of its training.
  public var seconds: Double
  /// Sequences learned from in a second.
  public var sequencesPerSecond: Double

  init(_ epoch: TrainedEpoch) {
    self.epoch = epoch.number
    loss = epoch.loss
    validationNDCG = epoch.ndcg
    isBest = epoch.isBest
    seconds = epoch.seconds
    sequencesPerSecond = epoch.sequencesPerSecond
  }
}

/// A trained model that a store holds.
public struct ModelInfo: Sendable, Hashable, Codable {
  /// What a model learned from.
  public struct Source: Sendable, Hashable, Codable {
    /// Events that were used, those held out for early stopping included.
    public var events: Int
    /// Users with such an event; for models made before these were counted, sequences learned from.
    public var users: Int
    /// The oldest event's time; nil for models made before it was noted.
    public var oldest: Timestamp?
    /// The newest event's time.
    public var newest: Timestamp
    /// How many of each user's newest events were held out for evaluation.
    public var excludedLast: Int
    /// Events at or after this time were held out for evaluation.
    public var before: Timestamp?
  }

  /// From 1; never used again.
  public var version: Int
  /// When it was stored.
  public var created: Timestamp
  /// Items it knows.
  public var items: Int
  /// Bytes of its weights.
  public var bytes: Int
  /// Whether recommendations are made with it.
  public var isServing: Bool
  /// What it learned from; nil for a model that only a newer program can read.
  public var source: Source?
  /// The epoch whose weights it has, those left out in which held-out events were learned from in the end; 0 where the time
  /// was over before one had ended.
  public var bestEpoch: Int?
  /// NDCG@10 of the events held out for early stopping, at the best epoch; nil where there were none.
  public var validationNDCG: Double?
  /// Elements of its vectors; nil, as the next three, for a model that only a newer program can read.
  public var dimension: Int?
  /// Blocks of its Transformer.
  public var layers: Int?
  /// Heads of attention.
  public var heads: Int?
  /// How many of the newest events of a sequence it reads.
  public var maxLength: Int?
  /// What is stored beside its weights, as JSON.
  package var manifest: String
}
