import Engine
import Records
import SessionEncoder
import VectorMath

/// A session that goes on, with what the encoder has computed of it kept: one more event costs one event, whatever came
/// before.
///
/// Its vectors are those that `Snapshot.recommend(session:)` would compute, until the session is longer than the model
/// looks back. Then it starts again with the newest half of the model's window, so that vectors are of between half a window
/// and a whole one. It stays with the model that served when it was made; where none did, it recommends what is popular. One
/// thread may use it at a time.
public final class LiveSession {
  private let store: Store
  /// nil where no model served when it was made.
  private let model: (encoder: SessionEncoderModel, live: LiveEncoder)?
  /// The newest events that the model knows, at most its window.
  private var window: [(item: UInt32, kind: UInt8, gap: UInt8)] = []
  private var seen: Set<Ordinal> = []
  /// [interests, dimension]
  private var vectors: [Float] = []
  private var newest: Int64?

  init(_ store: Store, _ encoder: SessionEncoderModel?) {
    self.store = store
    model = encoder.map { ($0, LiveEncoder($0.model)) }
  }

  /// Events that the encoder has read.
  public var count: Int { model?.live.count ?? 0 }

  /// Adds an event, which is not stored: `Store.append` does that.
  /// - Returns: false for an item that the model does not know, which only counts as seen.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  @discardableResult
  public func append(_ item: String, kind: String = "view", time: Timestamp = .now()) throws -> Bool {
    try StoreError.translating {
      guard let ordinal = try store.engine.read({ try $0.ordinal(of: item, .items) }) else { return false }
      seen.insert(ordinal)
      guard let model, let number = model.encoder.numbers[ordinal] else { return false }
      let encoder = model.encoder
      let gap = newest.map { TimeGap.bucket(milliseconds: time.milliseconds - $0) } ?? 0
      newest = time.milliseconds
      add(number, encoder.manifest.kinds.isEmpty ? 0 : encoder.kindNumber(kind), gap, encoder, model.live)
      return true
    }
  }

  private func add(
    _ item: UInt32, _ kind: UInt8, _ gap: UInt8, _ encoder: SessionEncoderModel, _ live: LiveEncoder
  ) {
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
  /// - Throws: as `Snapshot.recommend(session:)`; `.unsupported` where another model serves now, or the first one: begin a new
  ///   session.
  public func recommend(options: RecommendOptions = .init()) throws -> [Recommendation] {
    try StoreError.translating {
      try store.engine.read { snapshot in
        let recommender = try snapshot.recommender(store.sessionEncoders, options)
        return try recommender.recommend(
          by: vectors.isEmpty ? nil : vectors, of: model?.encoder.version, after: window.map(\.item),
          leavingOut: seen)
      }
    }
  }
}

extension Store {
  /// Begins a session with the model that serves; without one, where none does.
  /// - Throws: `StoreError` `.corrupted`, `.closed`.
  public func liveSession() throws -> LiveSession {
    try StoreError.translating {
      try engine.read { snapshot in
        LiveSession(self, try snapshot.servingVersion().map { try sessionEncoders.model($0, snapshot) })
      }
    }
  }
}
