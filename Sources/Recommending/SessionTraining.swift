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
  /// What is learned from, with the users' profiles.
  private let sequences: SequenceSet
  private let profiles: ItemFeatures?
  private let features: ItemFeatures?
  private let content: PreparedContent?
  private let recipe: SessionRecipe
  private let model: SessionModel
  private let settings: TrainOptions
  private let program: String
  private let progress: ProgressHandler?

  /// Fewer sequences than this say nothing about what follows what.
  private static let leastSequences = 2
  /// Events of a sequence from which something is learned.
  private static let leastEvents = 2
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
    profiles = settings.usesContent ? data.profiles : nil
    sequences = settings.usesContent ? data.sequencesWithProfiles : data.sequences
    let features = ItemFeatures(
      try settings.usesContent
        ? data.numbering.items.map { item in
          try snapshot.entity(at: item, .items).map { FeatureNames.names(of: $0) } ?? []
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
      profileFeatureCount: profiles?.featureCount ?? 0, settings)
    model = SessionModel(
      recipe.shape, features: self.features, content: content?.content, profiles: profiles)
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
    let (all, heldOut) = split()
    let withheld = withheldItems(heldOut)
    let learned = withheld?.removed(from: all, atLeast: Self.leastEvents) ?? all
    guard learned.count >= Self.leastSequences, data.numbering.count >= 2 else {
      throw RecommendingError(
        code: .notEnoughData,
        message:
          "\(learned.count) sequences of two events or more, \(data.numbering.count) items: too little to learn from; "
          + "import events first")
    }
    let trainer = Trainer<Float>(model, recipe.training)
    trainer.withhold(withheld?.items ?? [])
    var state = Fit.Progress()
    let checkpoint = TrainingCheckpoint(fingerprint: fingerprint)
    if let path = settings.checkpoint { _ = try checkpoint.restore(path, trainer, &state) }
    let maximum = recipe.fit.epochs
    let hasLastEpochs = heldOut != nil && (settings.learnsHeldOut || withheld != nil)
    let clock = TrainingClock(
      TrainingEstimate(
        epochs: Double(maximum + (hasLastEpochs ? recipe.lastEpochs(after: maximum) : 0)),
        limitSeconds: settings.minutes.map { 60 * $0 }, epochsBefore: Double(state.epoch)), progress)
    try recipe.fit.run(
      trainer, learned, heldOut: heldOut.map { withheld?.removed(fromTargetsOf: $0) ?? $0 }, progress: &state,
      onEpoch: { epoch, state in
        if let path = settings.checkpoint { try checkpoint.save(path, trainer, state) }
        try onEpoch(epoch)
      },
      isStopped: { epoch, share in
        clock.isStopped(
          "training, epoch \(epoch) of at most \(maximum)", Int(share * Double(learned.count)),
          of: learned.count, epochs: Double(epoch - 1) + share,
          limitShare: hasLastEpochs ? SessionRecipe.firstEpochsShare : 1)
      })
    if clock.isCancelled, state.bestEpoch == 0 { throw CancellationError() }
    var manifest = SessionManifest(
      shape: recipe.shape, recipe: recipe.training, data: manifestData(learned), kinds: data.kinds,
      features: features?.names ?? [], content: content?.sources ?? [], profiles: profiles?.names ?? [],
      isRepeating: data.isRepeating)
    manifest.epochs = state.bestEpoch
    // Where the time was over before the first epoch was, there is a model and no score.
    if state.bestScore >= 0 { manifest.validationNDCG = state.bestScore }
    var contents = contents(state.bestWeights)
    // After a cancellation too: counting takes seconds, and what was learned must serve as well as it can.
    let rules = settings.usesRules && heldOut != nil ? rules(beside: contents, manifest, withheld) : nil
    let calibration = withheld.flatMap { withheld in
      let cases = calibrationCases(state.bestWeights, manifest, rules?.validated, allHeldOut, withheld)
      return cases.calibration().map { (withheld: withheld, scores: $0, share: cases.newTargetShare) }
    }
    manifest.newItems = calibration?.scores
    if hasLastEpochs, !clock.isCancelled {
      let epochs = recipe.lastEpochs(after: state.bestEpoch)
      let done = learnAll(trainer, from: state, epochs: epochs, clock)
      if settings.learnsHeldOut { manifest.epochsWithHeldOut = done }
      contents = self.contents(trainer.trainedWeights)
      if let calibration {
        let histories = RankingTask(
          wholeHistoriesOf: data.sequences, itemCount: data.numbering.count, isKeepingSeen: data.isRepeating)
        manifest.newItems = calibrationCases(
          trainer.trainedWeights, manifest, rules?.kept, histories, calibration.withheld
        ).withFairBias(calibration.scores, share: calibration.share)
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

  /// Trains on from the best weights, about withheld items and, unless they are kept out, on held-out events too.
  /// - Returns: the epochs that were begun.
  private func learnAll(
    _ trainer: Trainer<Float>, from state: Fit.Progress, epochs: Int, _ clock: TrainingClock
  ) -> Int {
    let all =
      settings.learnsHeldOut
      ? data.split.all(
        sequences, timesHeldOut: Int((Double(state.bestEpoch) / Double(epochs)).rounded()))
      : data.split.learned(sequences, atLeast: Self.leastEvents)
    var isStopped = false
    trainer.begin(from: state.bestWeights)
    trainer.withhold([])
    for number in 0..<epochs {
      _ = trainer.epoch(all) { share in
        let done = (Double(number) + share) * Double(all.count)
        isStopped =
          isStopped
          || clock.isStopped("learning from what was held out", Int(done), of: epochs * all.count)
        return isStopped
      }
      if isStopped { return number + 1 }
    }
    return epochs
  }

  /// The rules that help the encoder on events that it has not learned from.
  private func rules(
    beside contents: ModelContents, _ manifest: SessionManifest, _ withheld: WithheldItems?
  ) -> (kept: SessionRules, validated: SessionRules)? {
    progress?(WorkProgress(stage: "counting co-occurrences", completed: 0, total: 1))
    return SessionRules.tuned(
      beside: SessionEncoderModel(0, manifest, contents), data.sequences, data.split,
      without: withheld, learning: settings.learnsHeldOut, isKeepingSeen: data.isRepeating,
      minimumSupport: settings.minimumSupport, threads: settings.threads)
  }

  /// The items to calibrate by how items are scored of which there are no events; nil where nothing is known of any or
  /// too little is held out.
  private func withheldItems(_ heldOut: RankingTask?) -> WithheldItems? {
    guard let heldOut, features != nil || content != nil else { return nil }
    return WithheldItems(
      among: data.numbering.count,
      isKnowledgeable: { item in
        features?.features(of: item).isEmpty == false
          || content?.content.row(item).contains { $0 != 0 } == true
      }, heldOut, seed: recipe.training.seed)
  }

  /// What items are calibrated by of which there are no events.
  private func calibrationCases(
    _ weights: [Float], _ manifest: SessionManifest, _ rules: SessionRules?, _ task: RankingTask,
    _ withheld: WithheldItems
  ) -> CalibrationCases {
    progress?(WorkProgress(stage: "calibrating new items", completed: 0, total: 1))
    return CalibrationCases(
      SessionEncoderModel(0, manifest, contents(weights)), rules, task, new: withheld,
      bareVectors: { model.items.bareVectors(weights, of: $0) }, content, seed: recipe.training.seed,
      threads: settings.threads)
  }

  /// All events that are held out, if any are.
  private var allHeldOut: RankingTask {
    data.split.task(data.sequences, itemCount: data.numbering.count, isKeepingSeen: data.isRepeating)
  }

  /// What is learned from, and what is held out for early stopping.
  private func split() -> (learned: SequenceSet, heldOut: RankingTask?) {
    let learned = data.split.learned(sequences, atLeast: Self.leastEvents)
    let heldOut = allHeldOut
    guard !heldOut.cases.isEmpty else { return (sequences.droppingLast(0, atLeast: Self.leastEvents), nil) }
    guard case .lastEvents = data.split else { return (learned, heldOut.sampled(Self.heldOutLimit)) }
    // Where two events are left, the last is to be predicted from the one before and nothing is left to learn from.
    guard learned.count * 2 >= data.sequences.count, learned.count > Self.leastSequences else {
      return (sequences.droppingLast(0, atLeast: Self.leastEvents), nil)
    }
    return (learned, heldOut.sampled(Self.heldOutLimit, seed: recipe.training.seed))
  }

  /// What a checkpoint is of: the recipe, and a checksum of all that is learned from.
  private var fingerprint: String {
    var checksum: UInt32 = 0
    func add<T: BitwiseCopyable>(_ values: [T]) {
      checksum = values.withUnsafeBytes { crc32c($0, seed: checksum) }
    }
    add(sequences.offsets)
    add(sequences.items)
    add(sequences.kinds)
    add(sequences.gaps)
    add([data.signalsChecksum ?? 0])
    if case .wholeSequences(let isHeldOut) = data.split { add(isHeldOut) }
    add(Array((features?.names ?? []).joined(separator: "\n").utf8))
    add(features?.features ?? [])
    add(Array((profiles?.names ?? []).joined(separator: "\n").utf8))
    add(profiles?.features ?? [])
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
    described.signals = data.signalsChecksum
    described.before = settings.before?.milliseconds
    return described
  }
}
