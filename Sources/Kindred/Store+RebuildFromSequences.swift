import Engine

extension Store {
  /// Encodes all items and users again with a trained model, builds their spaces `session` and `session-users` beside
  /// those in use, and flips to both at once: a reader sees the vectors of one model only. From then on that model
  /// serves. To go back, name a former version.
  /// - Parameters:
  ///   - version: the model's version; nil takes the one that serves, or the newest where none does.
  ///   - threads: 1 to 256.
  ///   - progress: is called from time to time with how far the work is.
  /// - Throws: `StoreError` `.recordNotFound`, `.busy`, `.unsupported` where one of the spaces holds vectors that no
  ///   model made, `.invalidArgument` for threads outside 1 to 256; `CancellationError`, with everything as it was.
  /// - Complexity: O(events + items), one pass of the encoder over each user's newest events, and a rebuild of both
  ///   spaces.
  @discardableResult
  public func rebuildFromSequences(
    model version: Int? = nil, threads: Int = Store.defaultThreads, progress: ProgressHandler? = nil
  ) throws -> [RebuildReport] {
    try StoreError.translating {
      let clock = ContinuousClock()
      let start = clock.now
      var reports = try engine.rebuildFromSequences(
        model: version, modelCache, threads: threads, progress)
      announce(spaces: reports.map(\.space))
      for index in reports.indices { reports[index].seconds = (clock.now - start) / .seconds(1) }
      return reports
    }
  }
}
