import Engine

extension Store {
  /// Ranks held-out events among all items, by the session encoder and by baselines that validation tunes.
  ///
  /// A model takes part only if it did not learn from the targets: train it with `excludeLast` or `before`.
  /// - Throws: `StoreError` `.invalidArgument`, `.notEnoughData` where there is nothing to evaluate; `.recordNotFound`.
  /// - Complexity: O(targets · items · dimension) for the encoder; each baseline is fitted to the events and scores all
  ///   items after each validation target once for every setting that is tried, then after each target.
  public func evaluate(
    _ options: EvaluateOptions = .init(), progress: ProgressHandler? = nil
  ) throws -> EvaluationReport {
    try StoreError.translating {
      try engine.read { snapshot in
        try SessionEvaluation(snapshot, modelCache, options, progress).run()
      }
    }
  }
}
