import Engine

/// A session that goes on, with what the encoder has computed of it kept: one more event costs one event, whatever came
/// before.
///
/// Its vectors are those that `Snapshot.recommend(for:)` would compute, until the session is longer than the model
/// looks back. Then it starts again with the newest half of the model's window, so that vectors are of between half a
/// window and a whole one. It stays with the model that served when it was made; where none did, it recommends by what
/// is counted of events. One thread may use it at a time.
public final class LiveSession {
  private let store: Store
  private let history: LiveHistory

  init(_ store: Store, _ history: LiveHistory) {
    self.store = store
    self.history = history
  }

  /// Events that the encoder has read.
  public var count: Int { history.count }

  /// Adds an event, which is not stored: `Store.append` does that. What it counts the signal policy says that the store
  /// had when the session began.
  /// - Parameters:
  ///   - item: its id.
  ///   - kind: of the event.
  ///   - value: its quantity, price or rating.
  ///   - time: when it happened.
  /// - Returns: false for an item that the model has no vector for, which only counts as seen.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  @discardableResult
  public func append(
    _ item: String, kind: String = "view", value: Double? = nil, time: Timestamp = .now()
  ) throws -> Bool {
    try StoreError.translating {
      try store.engine.read { snapshot in
        guard let ordinal = try snapshot.ordinal(of: item, .items) else { return false }
        return try history.append(ordinal, kind: kind, value: value, time: time.milliseconds, snapshot)
      }
    }
  }

  /// The items that may come next.
  /// - Throws: as `Snapshot.recommend(for:)`; `.unsupported` where another model serves now, or the first one: begin a
  ///   new session.
  /// - Complexity: as `Snapshot.recommend(for:options:)` without the reads and the encoder.
  public func recommend(options: RecommendOptions = .init()) throws -> [Recommendation] {
    try StoreError.translating {
      try store.engine.read { snapshot in
        try history.recommend(by: snapshot.recommender(store.modelCache, options))
      }
    }
  }
}

extension Store {
  /// Begins a session with the model that serves; without one, where none does.
  /// - Parameter user: whose attributes it begins with, where the model learned from such; stored events are not read.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  public func liveSession(user: String? = nil) throws -> LiveSession {
    try StoreError.translating {
      LiveSession(self, try engine.read { try LiveHistory($0, modelCache, user: user) })
    }
  }
}
