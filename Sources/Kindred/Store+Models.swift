import Engine

extension Snapshot {
  /// All trained models, oldest first.
  /// - Throws: `StoreError` `.corrupted`.
  public func models() throws -> [ModelInfo] {
    try StoreError.translating {
      let serving = try base.servingVersion()
      return try base.models().map { ModelInfo($0, isServing: $0.version == serving) }
    }
  }

  /// The trained model of that version.
  /// - Throws: `StoreError` `.recordNotFound`, which names the versions there are, `.corrupted`.
  public func model(_ version: Int) throws -> ModelInfo {
    let models = try models()
    guard let model = models.first(where: { $0.version == version }) else {
      let list =
        models.isEmpty
        ? "it has none; train one" : "it has \(models.map { $0.version.description }.joined(separator: ", "))"
      throw StoreError(code: .recordNotFound, message: "the store has no model \(version); \(list)")
    }
    return model
  }

  /// The version of the model that recommendations are made with; nil where none serves, and they are what is popular.
  /// - Throws: `StoreError` `.corrupted`.
  public func servingModel() throws -> Int? {
    try StoreError.translating { try base.servingVersion().map { Int($0) } }
  }
}

extension Store {
  /// All trained models, oldest first.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  public func models() throws -> [ModelInfo] { try read { try $0.models() } }

  /// Removes a trained model; spaces that it made stay.
  /// - Throws: `StoreError` `.recordNotFound`; `.invalidArgument` for the model that recommendations are made with.
  public func deleteModel(_ version: Int) throws {
    try StoreError.translating {
      _ = try read { try $0.model(version) }
      guard try engine.removeUnservedModel(UInt32(version)) else { throw ModelCache.noModel(version) }
    }
  }
}
