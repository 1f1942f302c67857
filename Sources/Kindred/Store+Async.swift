/// The async forms of what blocks: each has the name, the parameters and the errors of its blocking form, and runs off
/// the threads that run tasks. A task that is cancelled before the work begins throws `CancellationError`; where the
/// blocking form ends early when its task is cancelled, so does this one. Those of `read`, `write` and of what only
/// reads stand with their blocking forms.
extension Store {
  /// As the blocking form, off the threads that run tasks.
  public static func create(at path: String, options: Options = Options()) async throws -> Store {
    try await offThread { try create(at: path, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public static func open(at path: String, options: Options = Options()) async throws -> Store {
    try await offThread { try open(at: path, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func close() async { await withTaskExecutorPreference(BlockingExecutor.shared) { self.close() } }

  /// As the blocking form, off the threads that run tasks.
  public func models() async throws -> [ModelInfo] { try await offThread { try self.models() } }

  /// As the blocking form, off the threads that run tasks.
  public func recommend(user: String, options: RecommendOptions = .init()) async throws -> [Recommendation] {
    try await offThread { try self.recommend(user: user, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func recommend(
    for subject: RecommendationSubject, options: RecommendOptions = .init()
  ) async throws -> [Recommendation] {
    try await offThread { try self.recommend(for: subject, options: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func append(
    _ event: Event, recommending options: RecommendOptions
  ) async throws -> [Recommendation] {
    try await offThread { try self.append(event, recommending: options) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func createSpace(_ configuration: SpaceConfiguration) async throws {
    try await offThread { try self.createSpace(configuration) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func dropSpace(_ name: String) async throws { try await offThread { try self.dropSpace(name) } }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func upsert<Value: Encodable & Sendable, ID: LosslessStringConvertible & SendableMetatype>(
    _ values: [Value], id: @escaping @Sendable (Value) -> ID,
    text: @escaping @Sendable (Value) -> String? = { _ in nil }, kind: RecordKind = .items
  ) async throws -> UpsertCounts {
    try await offThread { try self.upsert(values, id: id, text: text, kind: kind) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func upsert(
    _ space: String, ids: [String], vectors: [Float], attributes: [Attributes]? = nil
  ) async throws -> VectorUpsertReport {
    try await offThread { try self.upsert(space, ids: ids, vectors: vectors, attributes: attributes) }
  }

  /// As the blocking form, off the threads that run tasks.
  @_disfavoredOverload  // an empty list is one of components
  @discardableResult
  public func upsert(
    _ space: String, ids: [String], vectors: [[Float]], attributes: [Attributes]? = nil
  ) async throws -> VectorUpsertReport {
    try await offThread { try self.upsert(space, ids: ids, vectors: vectors, attributes: attributes) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func append(_ event: Event) async throws -> Bool { try await offThread { try self.append(event) } }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func append(_ events: [Event]) async throws -> Int {
    try await offThread { try self.append(events) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func statistics() async throws -> Statistics { try await offThread { try self.statistics() } }

  /// As the blocking form, off the threads that run tasks.
  public func deleteModel(_ version: Int) async throws {
    try await offThread { try self.deleteModel(version) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func importModel(_ path: String, like version: Int) async throws -> ModelInfo {
    try await offThread { try self.importModel(path, like: version) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func upsert(_ records: [some Record]) async throws -> UpsertCounts {
    try await offThread { try self.upsert(records) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func upsert(_ record: some Record) async throws -> UpsertCounts {
    try await offThread { try self.upsert([record]) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public func upsert(
    _ space: String, from file: String, ids: String? = nil, format: String? = nil,
    progress: ProgressHandler? = nil
  ) async throws -> VectorUpsertReport {
    try await offThread {
      try self.upsert(space, from: file, ids: ids, format: format, progress: progress)
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
    _ space: String, encoder: String? = nil, options: EmbedOptions = EmbedOptions(),
    progress: ProgressHandler? = nil
  ) async throws -> EmbedReport {
    try await offThread { try self.embed(space, encoder: encoder, options: options, progress: progress) }
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
    _ space: String, _ options: FactorizeOptions = .init(), progress: ProgressHandler? = nil
  ) async throws -> FactorizeReport {
    try await offThread { try self.factorize(space, options, progress: progress) }
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
    _ spaces: [String]? = nil, encoding: VectorEncoding? = nil, threads: Int = Store.defaultThreads,
    progress: ProgressHandler? = nil
  ) async throws -> [RebuildReport] {
    try await offThread {
      try self.rebuild(spaces, encoding: encoding, threads: threads, progress: progress)
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
  public func merge(_ space: String, progress: ProgressHandler? = nil) async throws -> Int {
    try await offThread { try self.merge(space, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  public static func verify(at path: String, progress: ProgressHandler? = nil) async throws -> VerifyReport {
    try await offThread { try verify(at: path, progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  public func verify(progress: ProgressHandler? = nil) async throws -> VerifyReport {
    try await offThread { try self.verify(progress: progress) }
  }

  /// As the blocking form, off the threads that run tasks.
  @discardableResult
  public static func repair(
    at path: String, into destination: String, threads: Int = Store.defaultThreads,
    progress: ProgressHandler? = nil
  ) async throws -> RepairReport {
    try await offThread {
      try repair(at: path, into: destination, threads: threads, progress: progress)
    }
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
