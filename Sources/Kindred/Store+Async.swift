/// The async forms of what blocks: each has the name, the parameters and the errors of its blocking form, and runs off the
/// threads that run tasks. A task that is cancelled before the work begins throws `CancellationError`; where the blocking
/// form ends early when its task is cancelled, so does this one. Those that take a closure of the caller's (`read`,
/// `write`), query or append stand with their blocking forms.
extension Store {
  /// As the blocking form, off the threads that run tasks.
  public func recommend(user: String, options: RecommendOptions = .init()) async throws -> [Recommendation] {
    try await offThread { try self.recommend(user: user, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func recommend(
    session: [String], options: RecommendOptions = .init()
  ) async throws -> [Recommendation] {
    try await offThread { try self.recommend(session: session, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func append(
    _ event: Event, recommending options: RecommendOptions
  ) async throws -> [Recommendation] {
    try await offThread { try self.append(event, recommending: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func upsert(_ records: [Record], kind: RecordKind = .items) async throws -> UpsertCounts {
    try await offThread { try self.upsert(records, kind: kind) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func upsert(
    space: String, from file: String, ids: String? = nil, format: String? = nil,
    progress: ProgressHandler? = nil
  ) async throws -> VectorUpsertReport {
    try await offThread {
      try self.upsert(space: space, from: file, ids: ids, format: format, progress: progress)
    }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func delete(_ ids: [String], kind: RecordKind) async throws -> [String] {
    try await offThread { try self.delete(ids, kind: kind) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func importRecords(
    _ files: ImportFiles, options: ImportOptions = .init(), progress: ProgressHandler? = nil
  ) async throws -> ImportReport {
    try await offThread { try self.importRecords(files, options: options, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func embed(
    space: String, encoder: String = "hashed", dimension: Int? = nil, onlyMissing: Bool = false,
    progress: ProgressHandler? = nil
  ) async throws -> EmbedReport {
    try await offThread {
      try self.embed(
        space: space, encoder: encoder, dimension: dimension, onlyMissing: onlyMissing, progress: progress)
    }
  }

  /// As the blocking form, off the threads that run tasks; `onEpoch` is called there.
  @discardableResult
  public func train(
    _ options: TrainOptions = .init(), progress: ProgressHandler? = nil,
    onEpoch: @escaping @Sendable (TrainingEpoch) throws -> Void = { _ in }
  ) async throws -> ModelInfo {
    try await offThread { try self.train(options, progress: progress, onEpoch: onEpoch) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func factorize(
    space: String, _ options: FactorizeOptions = .init(), progress: ProgressHandler? = nil
  ) async throws -> FactorizeReport {
    try await offThread { try self.factorize(space: space, options, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func evaluate(
    _ options: EvaluateOptions = .init(), progress: ProgressHandler? = nil
  ) async throws -> EvaluationReport {
    try await offThread { try self.evaluate(options, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func rebuild(
    spaces: [String]? = nil, encoding: Encoding? = nil, threads: Int = Store.defaultThreads,
    progress: ProgressHandler? = nil
  ) async throws -> [RebuildReport] {
    try await offThread {
      try self.rebuild(spaces: spaces, encoding: encoding, threads: threads, progress: progress)
    }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func rebuildFromSequences(
    model: Int? = nil, threads: Int = Store.defaultThreads, progress: ProgressHandler? = nil
  ) async throws -> [RebuildReport] {
    try await offThread {
      try self.rebuildFromSequences(model: model, threads: threads, progress: progress)
    }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func merge(space: String, progress: ProgressHandler? = nil) async throws -> Int {
    try await offThread { try self.merge(space: space, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func verify(progress: ProgressHandler? = nil) async throws -> VerifyReport {
    try await offThread { try self.verify(progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func backup(to path: String, progress: ProgressHandler? = nil) async throws {
    try await offThread { try self.backup(to: path, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func compact(progress: ProgressHandler? = nil) async throws -> CompactReport {
    try await offThread { try self.compact(progress: progress) }
  }
}
