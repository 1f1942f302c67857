import SessionEncoder
import Training

/// The shape of a session model and how it learns, chosen from the data: where validation decides, the values that it
/// starts from.
struct SessionRecipe {
  var shape: SessionConfiguration
  var training = TrainingConfiguration()
  var fit = Fit()

  /// Vectors of few events.
  static let leastDimension = 64
  /// From this many events on there is enough to learn for vectors of twice the dimension.
  private static let manyForVectors = 250_000
  private static let negatives = 2_048
  /// From this many events on a model overfits less.
  private static let manyEvents = 500_000
  private static let targetsPerStep = 1_000.0
  /// Sequences shorter than this on average are sparse: ids are rare, and overfitting is the main risk.
  private static let sparseLength = 25.0

  init(
    _ data: SessionData, featureCount: Int, contentWidth: Int, profileFeatureCount: Int,
    _ settings: TrainOptions
  ) {
    let sequences = data.sequences
    let lengths = (0..<sequences.count).map { sequences.range($0).count }.sorted()
    let mean = Double(sequences.items.count) / Double(max(1, sequences.count))
    shape = SessionConfiguration(itemCount: data.numbering.count)
    shape.architecture = settings.architecture.encoder
    shape.featureCount = featureCount
    shape.contentWidth = contentWidth
    shape.profileFeatureCount = profileFeatureCount
    shape.kindCount = data.kinds.isEmpty ? 0 : data.kinds.count + 1
    shape.hasTimeGaps = data.hasTimeGaps
    shape.dimension = settings.dimension ?? Self.dimension(ofEvents: sequences.items.count)
    shape.blockCount = settings.layerCount
    shape.heads = settings.heads
    shape.interestCount = settings.interests
    // Nine tenths of the sequences are seen whole, if that is not too expensive.
    let usual = lengths.isEmpty ? 0 : lengths[lengths.count * 9 / 10]
    shape.maximumLength = settings.maxLength ?? min(200, max(20, (usual + 9) / 10 * 10))
    shape.temperature = 0.07
    let isSparse = mean < Self.sparseLength
    shape.activation = isSparse ? .relu : .gelu
    shape.expansion = isSparse ? 1 : 2
    // Few dimensions hold little that could be memorised.
    training.dropout = isSparse && shape.dimension >= 32 ? 0.5 : 0.2
    training.attentionDropout = isSparse ? 0.2 : 0
    training.rowDropout = featureCount > 0 || contentWidth > 0 ? 0.05 : 0
    if profileFeatureCount > 0 {
      training.profileDropout = 0.2
      // What users of a kind take at all is more than what they begin with.
      training.profileShare = 0.2
    }
    // Steps of a thousand targets learn fastest; a small shop has an epoch of sixteen steps or more.
    training.batchSize = max(8, min(256, Int(Self.targetsPerStep / max(1, mean)), sequences.count / 16))
    training.learningRate = 1e-3
    training.seed = settings.seed
    training.threads = settings.threads
    // A few items are all compared with; of many, drawn ones teach as much at a fraction of the price.
    if data.numbering.count > 4 * Self.negatives {
      training.negatives = Self.negatives
      // Half of them as often as they occur: those are the ones that a target has to be distinguished from.
      training.popularShare = 0.5
      // A step over drawn negatives is cheap, so more and smaller ones learn the same in fewer epochs.
      if isSparse {
        training.batchSize = min(training.batchSize, 64)
        if sequences.items.count > Self.manyEvents { training.dropout = min(training.dropout, 0.3) }
      }
    }
    adapt(isSparse: isSparse)
    // The average is of about an epoch's steps, of 500 at least.
    let steps = Double(sequences.count) / Double(training.batchSize)
    training.averaging = 1 - 1 / max(500, min(5_000, steps))
    fit.epochs = settings.epochs ?? TrainOptions.defaultEpochs
    fit.patience = isSparse ? 12 : 6
    if shape.architecture == .masked { fit.patience *= Self.maskedPatience }
  }

  /// A masked model has a fraction of the targets of others in an epoch.
  private static let maskedPatience = 3

  /// What other architectures than the Transformer take otherwise.
  private mutating func adapt(isSparse: Bool) {
    switch shape.architecture {
    case .transformer: break
    case .gru, .lstm: shape.expansion = 2
    case .masked:
      // More in short sequences, so that an epoch has enough targets.
      training.maskedShare = isSparse ? 0.4 : 0.2
      training.lastMaskedShare = 0.2
    }
  }

  static func dimension(ofEvents count: Int) -> Int { leastDimension * (count < manyForVectors ? 1 : 2) }

  /// How many epochs all that was held out is learned from after the best of the others.
  func lastEpochs(after best: Int) -> Int { max(1, best / 4) }

  /// The share of a time limit after which those others end.
  static let firstEpochsShare = 0.8
}

extension SessionRecipe {
  /// Bytes that a training holds at its widest: weights with their moments, gradients and copies, the events, the
  /// activations and scores of one step. Counting co-occurrences for the rules takes about as much again as the events.
  /// - Parameters:
  ///   - weightCount: of the model.
  ///   - eventCount: events that are learned from.
  func memoryBytes(weightCount: Int, eventCount: Int) -> Int {
    let threads = max(1, training.threads)
    // The weights, two moments and, where there is one, their average; the best so far and what is stored of it.
    let copies = 3 + (training.averaging > 0 ? 1 : 0) + threads + 2
    let weights = 4 * weightCount * copies
    let events = Self.eventBytes * eventCount
    let tokens = training.batchSize * shape.maximumLength
    let (width, items) = (shape.dimension, shape.itemCount)
    let scores =
      if let negatives = training.negatives {
        2 * tokens * (negatives + 1) + 2 * threads * negatives * width
      } else {
        2 * items * width + threads * Self.targetsAtOnce * items
      }
    let perToken =
      shape.architecture.recurrentKind == nil
      ? width * (10 + 4 * shape.expansion) + shape.heads * shape.maximumLength
      : width * (6 + 24 * shape.expansion)
    let activations = shape.blockCount * tokens * perToken
    let content =
      shape.contentWidth * (items + threads * (training.negatives.map { 2 * (tokens + $0) } ?? 1_024))
    return weights + events + 4 * (scores + activations + items * width + content)
  }

  /// An event in the sequences, in their numbered form and in the counts of the rules.
  private static let eventBytes = 160
  /// Rows of scores that a thread makes of all items.
  private static let targetsAtOnce = 128
}
