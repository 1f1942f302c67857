import Basics
package import Engine
package import Records
import SessionEncoder
import Values

/// A session that goes on, with what the encoder has computed of it kept. One thread may use it at a time.
package final class LiveHistory {
  /// nil where no model served when it was made.
  private let model: (encoder: SessionEncoderModel, live: LiveEncoder)?
  private var newItems = NewItems()
  /// The newest events that the model can read, at most its window, each as a sequence of its own.
  private var window = SequenceSet()
  /// The items of `window`, and whether their events count something.
  private var items: [(item: Ordinal, isLiked: Bool)] = []
  /// The newest items of all events that count something.
  private var recent: [Ordinal] = []
  /// The newest events, as one sequence, as many as are looked at of a stored user at least.
  private var events = EventSequences()
  /// The names of the events' kinds, by number.
  private var kinds: [String] = []
  private let policy: SignalPolicy
  /// [interests, dimension]
  private var vectors: [Float] = []
  private var newest: Int64?
  /// Whether the window begins with what is known of the user.
  private var hasProfile = false

  /// Begins with the model that serves; without one, where none does.
  /// - Parameter user: whose attributes it begins with, where the model knows any.
  package init(_ snapshot: Snapshot, _ models: ModelCache, user: String?) throws {
    policy = try snapshot.signalPolicy() ?? SignalPolicy()
    events.append(items: [])
    model = try snapshot.servingVersion().map { version in
      let encoder = try models.model(version, snapshot)
      return (encoder, LiveEncoder(encoder.model))
    }
    guard let (encoder, live) = model, let user, let ordinal = try snapshot.ordinal(of: user, .users),
      let profile = try snapshot.profile(of: ordinal, encoder)
    else { return }
    hasProfile = true
    add(newItems.number(ofNext: profile, encoder), 0, 0, encoder, live)
  }

  /// Events that the encoder has read.
  package var count: Int { (model?.live.count ?? 0) - (hasProfile ? 1 : 0) }

  /// Adds an event.
  /// - Parameters:
  ///   - time: milliseconds since 1970.
  ///   - snapshot: for the vector of an item that came after the training.
  /// - Returns: false for an item that the model has no vector for, which only counts as seen.
  package func append(
    _ item: Ordinal, kind: String, value: Double?, time: Int64, _ snapshot: Snapshot
  ) throws -> Bool {
    let kindNumber = kinds.firstIndex { $0.isExactly(kind) } ?? kinds.count
    if kindNumber == kinds.count { kinds.append(kind) }
    let signal = policy.signal(ofKind: kind, value: value)
    if events.items.count >= 2 * RecommendOptions.seenLimit {
      events = events.newest(RecommendOptions.seenLimit)
    }
    events.extendLast(
      item, kind: UInt32(kindNumber), time: time, signal: signal, bounds: policy.signals.map(\.bounds))
    if signal.strength > 0 { recent = recent.suffix(ContentProfile.itemLimit - 1) + [item] }
    guard let (encoder, live) = model else { return false }
    var number = encoder.numbers[item]
    // The vectors of another model, which serves by now, say nothing to this one.
    if number == nil, try snapshot.servingVersion() == encoder.version {
      let view = try snapshot.space(SessionSpaces.items)
      number = try newItems.number(of: item, encoder) { try snapshot.vector(of: $0, in: view) }
    }
    guard let number else { return false }
    let gap =
      newest.map { TimeGap.bucket(milliseconds: time.subtractingReportingOverflow($0).partialValue) } ?? 0
    newest = time
    items.append((item, signal.strength > 0))
    let label = events.kindLabel(events.items.count - 1) { [kinds] in kinds[Int($0)] }
    add(
      number, encoder.manifest.kinds.isEmpty ? 0 : encoder.kindNumber(label, kind: kind), gap, encoder, live)
    return true
  }

  private func add(
    _ item: UInt32, _ kind: UInt8, _ gap: UInt8, _ encoder: SessionEncoderModel, _ live: LiveEncoder
  ) {
    let limit = encoder.manifest.shape.maximumLength
    var first = window.count
    window.append(items: [item], kinds: [kind], gaps: [gap])
    if live.count == limit {
      live.removeAll()
      hasProfile = false
      let all = window
      window.removeAll()
      for event in all.indices.suffix(max(1, limit / 2)) { window.append(all.range(event), of: all) }
      items = items.suffix(window.count)
      first = 0
    }
    var tokens = SessionTokens()
    tokens.append(first..<window.count, of: window, firstPosition: live.count)
    vectors = encoder.append(tokens, to: live, newItems: newItems.vectors)
  }

  /// The items that may come next.
  /// - Throws: `RecommendingError` `.unsupported` where another model serves now than when it was made.
  package func recommend(by recommender: any Recommender) throws -> [Recommendation] {
    try recommender.recommend(
      by: vectors.isEmpty ? nil : vectors, of: model?.encoder.version,
      after: items.isEmpty ? recent : items.filter(\.isLiked).map(\.item),
      of: events, kindName: { [kinds] in kinds[Int($0)] })
  }
}
