package import Engine
public import Values

/// A trained model that a store holds.
public struct ModelInfo: Sendable, Hashable, Codable {
  /// What a model learned from.
  public struct Source: Sendable, Hashable, Codable {
    /// Events that were used, those held out for early stopping included.
    public var events: Int
    /// Users with such an event; for models made before these were counted, sequences learned from.
    public var users: Int
    /// The oldest event's time; nil for models made before it was noted.
    public var oldest: Timestamp?
    /// The newest event's time.
    public var newest: Timestamp
    /// How many of each user's newest events, of those that are to be predicted, were held out for evaluation.
    public var excludedLast: Int
    /// Events at or after this time were held out for evaluation.
    public var before: Timestamp?
  }

  /// From 1; never used again.
  public var version: Int
  /// When it was stored.
  public var created: Timestamp
  /// Items it knows.
  public var items: Int
  /// Bytes of its weights.
  public var bytes: Int
  /// Whether recommendations are made with it.
  public var isServing: Bool
  /// What it learned from; nil for a model that only a newer program can read.
  public var source: Source?
  /// The epoch whose weights it has, those left out in which held-out events were learned from in the end; 0 where the
  /// time was over before one had ended.
  public var bestEpoch: Int?
  /// NDCG@10 of the events held out for early stopping, at the best epoch; nil where there were none.
  public var validationNDCG: Double?
  /// What turns a session's events into its query vectors; nil, as the next four, for a model that only a newer program
  /// can read.
  public var architecture: TrainOptions.Architecture?
  /// Elements of its vectors.
  public var dimension: Int?
  /// Its blocks or recurrent layers.
  public var layers: Int?
  /// Heads of attention.
  public var heads: Int?
  /// How many of the newest events of a sequence it reads.
  public var maxLength: Int?
  /// What is stored beside its weights, as JSON.
  package var manifest = ""

  // The manifest is of the stored format, which changes.
  private enum CodingKeys: String, CodingKey {
    case version, created, items, bytes, isServing, source, bestEpoch, validationNDCG, architecture,
      dimension, layers, heads, maxLength
  }
}

extension ModelInfo {
  package init(_ model: StoredModel, isServing: Bool) {
    // A list of models shows those too that only a newer program can use.
    let manifest = try? SessionManifest(decoding: model.record.manifest)
    self.init(
      version: Int(model.version), created: Timestamp(milliseconds: model.record.created),
      items: model.itemCount,
      bytes: model.record.byteCount, isServing: isServing, source: manifest.map { Source($0.data) },
      bestEpoch: manifest?.epochs, validationNDCG: manifest?.validationNDCG,
      architecture: manifest.flatMap { .init(rawValue: $0.shape.architecture.rawValue) },
      dimension: manifest?.shape.dimension, layers: manifest?.shape.blockCount, heads: manifest?.shape.heads,
      maxLength: manifest?.shape.maximumLength, manifest: model.record.manifest)
  }
}

extension ModelInfo.Source {
  init(_ data: SessionManifest.Data) {
    self.init(
      events: data.usedEvents ?? data.events, users: data.users ?? data.sequences,
      oldest: data.oldest.map { Timestamp(milliseconds: $0) },
      newest: Timestamp(milliseconds: data.newest), excludedLast: data.excludedLast,
      before: data.before.map { Timestamp(milliseconds: $0) })
  }
}
