import Engine
import Records

/// Recommends from one snapshot with one set of options.
protocol Recommending: Sendable {
  /// The version of the model that it recommends with; nil where no model serves.
  var version: UInt32? { get }

  /// Recommends to a user by the stored events.
  func recommend(user: String) throws -> [Recommendation]

  /// Recommends to a user whose events `writer` changes: as the transaction will leave them.
  func recommend(user: String, in writer: Writer) throws -> [Recommendation]

  /// Recommends after a session of items, oldest first.
  func recommend(session: [String]) throws -> [Recommendation]

  /// Recommends by query vectors [interests, dimension] that the model of `version` made; what is popular where there
  /// are none.
  /// - Parameter history: numbers of the items that they were made of, oldest first.
  /// - Throws: `StoreError` `.unsupported` for vectors of another model, or of one where none serves.
  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [UInt32], leavingOut seen: Set<Ordinal>
  ) throws -> [Recommendation]
}

extension Recommending {
  /// Requires that vectors were made by the model that serves.
  func require(_ version: UInt32?) throws {
    guard version != self.version else { return }
    let (made, serving) = (version.map { "of model \($0)" }, self.version.map { "model \($0) serves" })
    throw StoreError(
      code: .unsupported,
      message:
        "the session is \(made ?? "of the time when no model served"), and \(serving ?? "no model serves") now; "
        + "begin a new one")
  }
}

extension Engine.Snapshot {
  /// What recommends as of this commit: the model that serves or, where none does, recent popularity.
  func recommender(_ encoders: SessionEncoderCache, _ options: RecommendOptions) throws -> any Recommending {
    try options.check()
    if let version = try servingVersion() {
      return try Recommender(self, encoders.model(version, self), options)
    }
    return try PopularRecommender(self, encoders.popularity.popularity(self), options)
  }
}
