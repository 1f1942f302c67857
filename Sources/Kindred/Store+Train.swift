import Basics
import Engine
import Interchange

extension Store {
  /// Learns a session encoder from the stored sequences and stores it as a new model version. Unless events are held
  /// out for evaluation, or the options say otherwise, it then writes the vectors that the model gives items and users
  /// into their spaces and serves recommendations with it; otherwise nothing that serves is touched.
  ///
  /// The last event of each sequence that is long enough, or the newest of short sequences, is held out for early
  /// stopping, and then learned from too if the options say so. A cancelled task keeps the best weights so far, and
  /// serves them where it would have served the model; cancelled before the first epoch it stores nothing.
  /// - Parameters:
  ///   - options: shape, limits, what is held out, and whether the model serves.
  ///   - progress: is called from time to time with how far the work is.
  ///   - onEpoch: is called after each epoch; what it throws ends the training, and nothing is stored.
  /// - Throws: `StoreError` `.invalidArgument`, `.notEnoughData`, `.unsupported` where a space `session` is not a
  ///   model's, `.alreadyExists` where the checkpoint is the store, `.memoryLimit`; `CancellationError`.
  /// - Complexity: for each epoch about O(events · (dimension · (layers · (dimension + length) + items)))
  ///   multiplications, `length` being the events that the model looks back on and `items` at most 2,048 drawn ones
  ///   where there are more than 8,192; then up to 10,000 held-out targets are ranked among all items. Memory
  ///   O(events + (items + features) · dimension). Serving adds `rebuildFromSequences(model:threads:progress:)`.
  @discardableResult
  public func train(
    _ options: TrainOptions = .init(), progress: ProgressHandler? = nil,
    onEpoch: (TrainingEpoch) throws -> Void = { _ in }
  ) throws -> ModelInfo {
    try StoreError.translating {
      try options.check()
      try engine.requireWritable()
      if options.isServed { try engine.requireSpacesOfModels() }
      if let checkpoint = options.checkpoint {
        var claims = FileClaims(store: engine.environment.path)
        try TrainingCheckpoint.requireWritable(claims.write(checkpoint, as: "checkpoint"))
      }
      let reporter = progress
      let training = try engine.read { snapshot in
        try SessionTraining(snapshot, options, program: Store.version, reporter)
      }
      let trained = try training.run(onEpoch: onEpoch)
      let version = try engine.addModel(trained, created: Timestamp.now().milliseconds)
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
