import Engine
import Records
import SessionEncoder
import VectorMath

/// A session that goes on, with what the encoder has computed of it kept: one more event costs one event, whatever came
/// before.
///
/// Its vectors are those that `Snapshot.recommend(session:)` would compute, until the session is longer than the model
/// looks back. Then it starts again with the newest half of the model's window, so that vectors are of between half a window
/// and a whole one. It stays with the model that served when it was made. One thread may use it at a time.
public final class LiveSession {
  private let store: Store
  private let encoder: SessionEncoderModel
  private let live: LiveEncoder
  /// The newest events that the model knows, at most its window.
  private var window: [(item: UInt32, kind: UInt8, gap: UInt8)] = []
  private var seen: Set<Ordinal> = []
  /// [interests, dimension]
  private var vectors: [Float] = []
  private var newest: Int64?

  init(_ store: Store, _ encoder: SessionEncoderModel) {
    self.store = store
    self.encoder = encoder
    live = LiveEncoder(encoder.model)
  }

  /// Events that the encoder has read.
  public var count: Int { live.count }

  /// Adds an event, which is not stored: `Store.append` does that.
  /// - Returns: false for an item that the model does not know, which only counts as seen.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  @discardableResult
  public func append(_ item: String, kind: String = "view", time: Timestamp = .now()) throws -> Bool {
    try StoreError.translating {
      guard let ordinal = try store.engine.read({ try $0.ordinal(of: item, .items) }) else { return false }
      seen.insert(ordinal)
      guard let number = encoder.numbers[ordinal] else { return false }
      let gap = newest.map { TimeGap.bucket(milliseconds: time.milliseconds - $0) } ?? 0
      newest = time.milliseconds
      add(number, encoder.manifest.kinds.isEmpty ? 0 : encoder.kindNumber(kind), gap)
      return true
    }
  }

  private func add(_ item: UInt32, _ kind: UInt8, _ gap: UInt8) {
    let limit = encoder.manifest.shape.maximumLength
    var first = window.count
    window.append((item, kind, gap))
    if live.count == limit {
      live.removeAll()
      window.removeFirst(window.count - max(1, limit / 2))
      first = 0
    }
    var tokens = SessionTokens()
    let new = window[first...]
    tokens.append(
      items: new.map(\.item), kinds: new.map(\.kind), gaps: new.map(\.gap), firstPosition: live.count)
    let query = live.append(encoder.weights, tokens, vectors: encoder.vectors)
    vectors = Array(UnsafeBufferPointer(start: query, count: encoder.interestCount * encoder.dimension))
  }

  /// The items that may come next.
  /// - Throws: as `Snapshot.recommend(session:)`; `.unsupported` where another model serves now: begin a new session.
  public func recommend(options: RecommendOptions = .init()) throws -> [Recommendation] {
    try StoreError.translating {
      try store.engine.read { snapshot in
        let recommender = try Recommender(snapshot, store.sessionEncoders, options)
        return try recommender.recommend(
          by: vectors.isEmpty ? nil : vectors, of: encoder.version, after: window.map(\.item),
          leavingOut: seen)
      }
    }
  }
}

extension Store {
  /// Begins a session with the model that serves.
  /// - Throws: `StoreError` `.recordNotFound` where no model was trained.
  public func liveSession() throws -> LiveSession {
    try StoreError.translating {
      try engine.read { snapshot in
        guard
          let version = try snapshot.spaces().first(where: { $0.name == SessionSpaces.items })
            .flatMap(SessionEncoderNames.version)
        else { throw Recommender.noModel }
        return LiveSession(self, try sessionEncoders.model(version, snapshot))
      }
    }
  }
}
