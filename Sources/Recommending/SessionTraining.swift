package import Values
import Basics
package import Engine
import Evaluation
import Records
import SessionEncoder
import Training
import VectorMath

/// A model that was trained and is not stored yet.
package struct TrainedModel: Sendable {
  package let manifest: SessionManifest
  package let contents: ModelContents
}

/// One training from start to end.
package struct SessionTraining {
  private let data: SessionData
  private let features: ItemFeatures?
  private let content: PreparedContent?
  private let recipe: SessionRecipe
  private let model: SessionModel
  private let settings: TrainOptions
  private let program: String
  private let progress: ProgressHandler?

  /// Fewer sequences than this say nothing about what follows what.
  private static let leastSequences = 2
  /// Held-out targets that are ranked after an epoch.
  private static let heldOutLimit = 10_000

  /// Takes all that is learned from out of a snapshot.
  /// - Parameter program: the version of the program: a checkpoint of another one is refused.
  /// - Throws: what reading throws; `EngineError` `.memoryLimit`.
  package init(
    _ snapshot: Snapshot, _ settings: TrainOptions, program: String, _ progress: ProgressHandler?
  ) throws {
    data = try SessionData(
      snapshot, excludingLast: settings.excludeLast, before: settings.before?.milliseconds)
    let features = ItemFeatures(
      try settings.usesContent
        ? data.numbering.items.map { item in
          try snapshot.entity(at: item, .items).map { ItemFeatureNames.names(of: $0) } ?? []
        } : [])
    let hasFeatures = features.featureCount > 0
    self.features = hasFeatures ? features : nil
    let sources = try settings.usesContent ? ContentSource.sources(settings.contentSpaces, snapshot) : []
    try snapshot.engine.requireMemory(
      PreparedContent.memoryBytes(sources, itemCount: data.numbering.count),
      for: "reading \(sources.count) spaces of content of \(data.numbering.count) items",
      advice: "name fewer spaces to learn from")
    content = try PreparedContent(sources, of: data.numbering.items, snapshot)
    recipe = SessionRecipe(
      data, featureCount: hasFeatures ? features.featureCount : 0, contentWidth: content?.content.width ?? 0,
      settings)
    model = SessionModel(recipe.shape, features: self.features, content: content?.content)
    self.settings = settings
    self.program = program
    self.progress = progress
    try snapshot.engine.requireMemory(
      recipe.memoryBytes(weightCount: model.layout.count, eventCount: data.sequences.items.count),
      for: "training on \(data.sequences.items.count) events of \(data.numbering.count) items",
      advice: "take fewer dimensions, layers or threads")
    if settings.isServed {
      let store = try snapshot.store()
      try snapshot.engine.requireMemory(
        toBuild: Int(store.itemCount), Int(store.userCount), dimension: recipe.shape.dimension)
    }
  }

  /// - Throws: `RecommendingError` `.notEnoughData`, `.badInput` for a checkpoint of another training; what `onEpoch`
  ///   throws; `CancellationError` where the task is cancelled before the first epoch is done.
  package func run(onEpoch: (TrainingEpoch) throws -> Void) throws -> TrainedModel {
    let (learned, heldOut) = split()
    guard learned.count >= Self.leastSequences, data.numbering.count >= 2 else {
      throw RecommendingError(
        code: .notEnoughData,
        message:
          "\(learned.count) sequences of two events or more, \(data.numbering.count) items: too little to learn from; "
          + "import events first")
    }
    let trainer = Trainer<Float>(model, recipe.training)
    var state = Fit.Progress()
    let checkpoint = TrainingCheckpoint(fingerprint: fingerprint)
    if let path = settings.checkpoint { _ = try checkpoint.restore(path, trainer, &state) }
    let maximum = recipe.fit.epochs
    let isRelearning = heldOut != nil && settings.learnsHeldOut
    let clock = TrainingClock(
      TrainingEstimate(
        epochs: Double(maximum + (isRelearning ? recipe.epochsWithHeldOut(maximum) : 0)),
        limitSeconds: settings.minutes.map { 60 * $0 }, epochsBefore: Double(state.epoch)), progress)
    let hasEnded = try recipe.fit.run(
      trainer, learned, heldOut: heldOut, progress: &state,
      onEpoch: { epoch, state in
        if let path = settings.checkpoint { try checkpoint.save(path, trainer, state) }
        try onEpoch(epoch)
      },
      isStopped: { epoch, share in
        clock.isStopped(
          "training, epoch \(epoch) of at most \(maximum)", Int(share * Double(learned.count)),
          of: learned.count, epochs: Double(epoch - 1) + share)
      })
    if clock.isCancelled, state.bestEpoch == 0 { throw CancellationError() }
    var manifest = SessionManifest(
      shape: recipe.shape, recipe: recipe.training, data: manifestData(learned), kinds: data.kinds,
      features: features?.names ?? [], content: content?.sources ?? [], isRepeating: data.isRepeating)
    manifest.epochs = state.bestEpoch
    // Where the time was over before the first epoch was, there is a model and no score.
    if state.bestScore >= 0 { manifest.validationNDCG = state.bestScore }
    var contents = contents(state.bestWeights)
    // After a cancellation too: counting takes seconds, and what was learned must serve as well as it can.
    let rules = settings.usesRules && heldOut != nil ? rules(beside: contents, manifest) : nil
    if heldOut != nil {
      manifest.newItems = calibration(state.bestWeights, contents, manifest, rules?.validated)
    }
    if hasEnded, isRelearning {
      let epochs = recipe.epochsWithHeldOut(state.bestEpoch)
      if let weights = learnHeldOut(trainer, from: state, epochs: epochs, clock) {
        contents = self.contents(weights)
        manifest.epochsWithHeldOut = epochs
      }
    }
    if let rules = rules?.kept {
      manifest.rules = rules.description
      contents.rules = rules.rules
    }
    manifest.seconds = clock.seconds
    return TrainedModel(manifest: manifest, contents: contents)
  }

  private func contents(_ weights: [Float]) -> ModelContents {
    ModelContents(
      model, weights, items: data.numbering.items, popularity: data.popularity, content: content)
  }

  /// Trains on from the best weights, on held-out events too; nil where it was stopped.
  private func learnHeldOut(
    _ trainer: Trainer<Float>, from state: Fit.Progress, epochs: Int, _ clock: TrainingClock
  ) -> [Float]? {
    let all = data.split.all(
      data.sequences, timesHeldOut: Int((Double(state.bestEpoch) / Double(epochs)).rounded()))
    var isStopped = false
    trainer.begin(from: state.bestWeights)
    for number in 0..<epochs where !isStopped {
      _ = trainer.epoch(all) { share in
        let done = (Double(number) + share) * Double(all.count)
        isStopped =
          isStopped || clock.isStopped("learning from held-out events", Int(done), of: epochs * all.count)
        return isStopped
      }
    }
    let count = state.bestWeights.count
    return isStopped ? nil : Array(UnsafeBufferPointer(start: trainer.trained, count: count))
  }

  /// The rules that help the encoder on events that it has not learned from.
  private func rules(
    beside contents: ModelContents, _ manifest: SessionManifest
  ) -> (kept: SessionRules, validated: SessionRules)? {
    progress?(WorkProgress(stage: "counting co-occurrences", completed: 0, total: 1))
    return SessionRules.tuned(
      beside: SessionEncoderModel(0, manifest, contents), data.sequences, data.split,
      learning: settings.learnsHeldOut, isKeepingSeen: data.isRepeating,
      minimumSupport: settings.minimumSupport, threads: settings.threads)
  }

  /// How items are scored of which there are no events, by events that the model has not learned from.
  private func calibration(
    _ weights: [Float], _ contents: ModelContents, _ manifest: SessionManifest, _ rules: SessionRules?
  ) -> NewItemCalibration? {
    guard features != nil || content != nil else { return nil }
    progress?(WorkProgress(stage: "calibrating new items", completed: 0, total: 1))
    return CalibrationCases(
      SessionEncoderModel(0, manifest, contents), rules,
      data.split.task(data.sequences, itemCount: data.numbering.count, isKeepingSeen: data.isRepeating),
      bareVectors: { model.items.bareVectors(weights, of: $0) }, content, seed: recipe.training.seed,
      threads: settings.threads
    ).calibration()
  }

  /// What is learned from, and what is held out for early stopping.
  private func split() -> (learned: SequenceSet, heldOut: RankingTask?) {
    let learned = data.split.learned(data.sequences, atLeast: 2)
    let heldOut = data.split.task(
      data.sequences, itemCount: data.numbering.count, isKeepingSeen: data.isRepeating)
    guard case .lastEvents = data.split else { return (learned, heldOut.sampled(Self.heldOutLimit)) }
    // Where two events are left, the last is to be predicted from the one before and nothing is left to learn from.
    guard learned.count * 2 >= data.sequences.count, learned.count > Self.leastSequences else {
      return (data.sequences.droppingLast(0, atLeast: 2), nil)
    }
    return (learned, heldOut.sampled(Self.heldOutLimit, seed: recipe.training.seed))
  }

  /// What a checkpoint is of: the recipe, and a checksum of all that is learned from.
  private var fingerprint: String {
    var checksum: UInt32 = 0
    func add<T: BitwiseCopyable>(_ values: [T]) {
      checksum = values.withUnsafeBytes { crc32c($0, seed: checksum) }
    }
    let sequences = data.sequences
    add(sequences.offsets)
    add(sequences.items)
    add(sequences.kinds)
    add(sequences.gaps)
    if case .wholeSequences(let isHeldOut) = data.split { add(isHeldOut) }
    add(Array((features?.names ?? []).joined(separator: "\n").utf8))
    add(features?.features ?? [])
    if let content { add([content.content.checksum]) }
    return "\(program) \(checksum) \(recipe.shape) \(recipe.training)"
  }

  private func manifestData(_ learned: SequenceSet) -> SessionManifest.Data {
    var described = SessionManifest.Data()
    described.sequences = learned.count
    described.events = learned.items.count
    described.users = data.users.count
    described.usedEvents = data.sequences.items.count
    described.newest = data.newest
    described.oldest = data.oldest
    described.excludedLast = settings.excludeLast
    described.before = settings.before?.milliseconds
    return described
  }
}
