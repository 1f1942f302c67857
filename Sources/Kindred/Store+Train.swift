import Engine
import Interchange
import Records
import SessionEncoder
import Training

extension Store {
  /// Learns a session encoder from the stored sequences and stores it as a new model version. Unless events are held out for
  /// evaluation, or the options say otherwise, it then writes the vectors that the model gives items and users into their
  /// spaces and serves recommendations with it; otherwise nothing that serves is touched.
  ///
  /// The last event of each sequence that is long enough, or the newest of short sequences, is held out for early
  /// stopping, and then learned from too if the options say so. A cancelled task keeps the best weights so far, and serves
  /// them where it would have served the model; cancelled before the first epoch it stores nothing.
  /// - Parameters:
  ///   - onEpoch: is called after each epoch.
  /// - Throws: `StoreError` `.invalidArgument`, `.notEnoughData`, `.unsupported` where a space `session` is not a model's,
  ///   `.alreadyExists` where the checkpoint is the store;
  ///   `CancellationError`.
  @discardableResult
  public func train(
    _ options: TrainOptions = .init(), progress: ProgressHandler? = nil,
    onEpoch: (TrainingEpoch) throws -> Void = { _ in }
  ) throws -> ModelInfo {
    try StoreError.translating {
      try options.check()
      try engine.requireWritable()
      if options.isServed { try requireSpacesOfModels() }
      if let checkpoint = options.checkpoint {
        var claims = FileClaims(store: engine.environment.path)
        try TrainingCheckpoint.requireWritable(claims.write(checkpoint, as: "checkpoint"))
      }
      let (data, names) = try engine.read { snapshot in
        let data = try SessionData(snapshot, excludingLast: options.excludeLast, before: options.before)
        return (data, options.usesContent ? try data.featureNames(snapshot) : [])
      }
      let features = ItemFeatures(names)
      let hasFeatures = features.featureCount > 0
      let session = SessionTraining(
        data: data, features: hasFeatures ? features : nil,
        recipe: SessionRecipe(data, featureCount: hasFeatures ? features.featureCount : 0, options))
      let trained = try session.run(options, progress, onEpoch)
      let version = try engine.addModel(
        manifest: trained.manifest.encoded(), items: data.items, weights: trained.values,
        created: Timestamp.now().milliseconds)
      let threads = options.threads
      // What was learned until a cancellation serves too.
      if options.isServed {
        _ = try despiteCancellation { [self] in
          try rebuildFromSequences(model: Int(version), threads: threads, progress: progress)
        }
      }
      return try read { try $0.model(Int(version)) }
    }
  }
}

extension SessionData {
  /// What is known of each item beside its events.
  func featureNames(_ snapshot: Engine.Snapshot) throws -> [[String]] {
    try items.map { try snapshot.entity(at: $0, .items).map { ItemFeatureNames.names(of: $0) } ?? [] }
  }
}

/// One training from start to end.
private struct SessionTraining {
  let data: SessionData
  let features: ItemFeatures?
  let recipe: SessionRecipe

  /// Fewer sequences than this say nothing about what follows what.
  private static let leastSequences = 2
  /// Held-out targets that are ranked after an epoch.
  private static let heldOutLimit = 10_000

  func run(
    _ options: TrainOptions, _ progress: ProgressHandler?, _ onEpoch: (TrainingEpoch) throws -> Void
  ) throws -> (manifest: SessionManifest, values: [Float]) {
    let (learned, heldOut) = split()
    guard learned.count >= Self.leastSequences, data.items.count >= 2 else {
      throw StoreError(
        code: .notEnoughData,
        message:
          "\(learned.count) sequences of two events or more, \(data.items.count) items: too little to learn from; "
          + "import events first")
    }
    let model = SessionModel(recipe.shape, features: features)
    let trainer = Trainer<Float>(model, recipe.training)
    var state = Fit.Progress()
    let checkpoint = TrainingCheckpoint(fingerprint: fingerprint)
    if let path = options.checkpoint { _ = try checkpoint.restore(path, trainer, &state) }
    let clock = ContinuousClock()
    let start = clock.now
    var isCancelled = false
    let maximum = recipe.fit.epochs
    let isRelearning = heldOut != nil && options.learnsHeldOut
    let estimate = TrainingEstimate(
      epochs: Double(maximum + (isRelearning ? recipe.epochsWithHeldOut(maximum) : 0)),
      limitSeconds: options.minutes.map { 60 * $0 }, epochsBefore: Double(state.epoch))
    /// - Parameter epochs: how many are done, the one under way in part.
    func isStopped(_ stage: String, _ done: Int, of total: Int, epochs: Double? = nil) -> Bool {
      isCancelled = Task.isCancelled
      let spent = (clock.now - start) / .seconds(1)
      progress?(
        Progress(
          stage: stage, completed: done, total: total,
          secondsLeft: epochs.flatMap { estimate.secondsLeft(done: $0, after: spent) }))
      return isCancelled || options.minutes.map { spent >= 60 * $0 } ?? false
    }
    let hasEnded = try recipe.fit.run(
      trainer, learned, heldOut: heldOut, progress: &state,
      onEpoch: { epoch, state in
        if let path = options.checkpoint { try checkpoint.save(path, trainer, state) }
        try onEpoch(
          TrainingEpoch(
            epoch: epoch.number, loss: epoch.loss, validationNDCG: epoch.ndcg, isBest: epoch.isBest,
            seconds: epoch.seconds, sequencesPerSecond: epoch.sequencesPerSecond))
      },
      isStopped: { epoch, share in
        isStopped(
          "training, epoch \(epoch) of at most \(maximum)", Int(share * Double(learned.count)),
          of: learned.count, epochs: Double(epoch - 1) + share)
      })
    if isCancelled, state.bestEpoch == 0 { throw CancellationError() }
    var manifest = SessionManifest(
      shape: recipe.shape, recipe: recipe.training, data: manifestData(learned, options), kinds: data.kinds,
      features: features?.names ?? [], isRepeating: data.repeatedShare > SessionData.repeating)
    manifest.epochs = state.bestEpoch
    // Where the time was over before the first epoch was, there is a model and no score.
    if state.bestScore >= 0 { manifest.validationNDCG = state.bestScore }
    var weights = state.bestWeights
    // After a cancellation too: counting takes seconds, and what was learned must serve as well as it can.
    let takesRules = options.usesRules && heldOut != nil
    let rules = takesRules ? try rules(beside: weights, model, manifest, options, progress) : nil
    if let rules { manifest.rules = rules.described }
    if hasEnded, heldOut != nil, options.learnsHeldOut {
      let epochs = recipe.epochsWithHeldOut(state.bestEpoch)
      let all = data.heldOut.all(
        data.sequences, timesHeldOut: Int((Double(state.bestEpoch) / Double(epochs)).rounded()))
      let steps = Double(all.count)
      var wasStopped = false
      trainer.begin(from: state.bestWeights)
      for number in 0..<epochs where !wasStopped {
        _ = trainer.epoch(all) { share in
          let done = (Double(number) + share) * steps
          wasStopped =
            wasStopped || isStopped("learning from held-out events", Int(done), of: epochs * all.count)
          return wasStopped
        }
      }
      if !wasStopped {
        weights = Array(UnsafeBufferPointer(start: trainer.trained, count: weights.count))
        manifest.epochsWithHeldOut = epochs
      }
    }
    manifest.seconds = (clock.now - start) / .seconds(1)
    return (
      manifest,
      SessionEncoderModel.values(model, weights, popularity: data.popularity) + (rules?.values ?? [])
    )
  }

  /// The rules that help the encoder on events that it has not learned from.
  private func rules(
    beside weights: [Float], _ model: SessionModel, _ manifest: SessionManifest, _ options: TrainOptions,
    _ progress: ProgressHandler?
  ) throws -> SessionRules? {
    progress?(Progress(stage: "counting co-occurrences", completed: 0, total: 1))
    let encoder = try SessionEncoderModel(
      0, manifest, items: data.items,
      values: SessionEncoderModel.values(model, weights, popularity: data.popularity))
    return SessionRules(
      beside: encoder, data.sequences, data.heldOut, learning: options.learnsHeldOut,
      isKeepingSeen: data.repeatedShare > SessionData.repeating, minimumSupport: options.minimumSupport,
      threads: options.threads)
  }

  /// What is learned from, and what is held out for early stopping.
  private func split() -> (learned: SequenceSet, heldOut: HeldOut?) {
    let sequences = data.sequences
    let keepsSeen = data.repeatedShare > SessionData.repeating
    if case .wholeSequences(let isHeldOut) = data.heldOut {
      var (learned, heldOut) = (SequenceSet(), SequenceSet())
      for number in 0..<sequences.count where sequences.range(number).count > 1 {
        if isHeldOut[number] {
          heldOut.append(sequences.range(number), of: sequences)
        } else {
          learned.append(sequences.range(number), of: sequences)
        }
      }
      return (learned, HeldOut(everyPrefixOf: heldOut, limit: Self.heldOutLimit, isKeepingSeen: keepsSeen))
    }
    let training = sequences.droppingLast(1, atLeast: 2)
    // Where two events are left, the last is to be predicted from the one before and nothing is left to learn from.
    guard training.count * 2 >= sequences.count, training.count > Self.leastSequences else {
      return (sequences.droppingLast(0, atLeast: 2), nil)
    }
    return (
      training,
      HeldOut(
        lastOf: sequences, limit: Self.heldOutLimit, isKeepingSeen: keepsSeen, seed: recipe.training.seed)
    )
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
    if case .wholeSequences(let isHeldOut) = data.heldOut { add(isHeldOut) }
    add(Array((features?.names ?? []).joined(separator: "\n").utf8))
    add(features?.features ?? [])
    return "\(Store.version) \(checksum) \(recipe.shape) \(recipe.training)"
  }

  private func manifestData(_ learned: SequenceSet, _ options: TrainOptions) -> SessionManifest.Data {
    var described = SessionManifest.Data()
    described.sequences = learned.count
    described.events = learned.items.count
    described.users = data.users.count
    described.usedEvents = data.sequences.items.count
    described.newest = data.newest
    described.oldest = data.oldest
    described.excludedLast = options.excludeLast
    described.before = options.before
    return described
  }
}
