import Engine
import Records
import VectorMath

/// An item that a search for what comes next found.
struct Candidate: Sendable {
  let ordinal: Ordinal
  let id: String
  /// Larger is better.
  let score: Float
}

/// Searches the items that come next, by the index and by a model's rules.
struct SessionSearch: Sendable {
  private let snapshot: Snapshot
  private let encoder: SessionEncoderModel
  private let view: SpaceView
  private let allowed: FilterMatches?
  private let k: Int
  private let effort: SearchRequest.Effort

  /// - Parameter view: the space of the encoder's item vectors.
  init(
    _ snapshot: Snapshot, _ encoder: SessionEncoderModel, _ view: SpaceView, allowed: FilterMatches?,
    k: Int, effort: SearchRequest.Effort
  ) {
    self.snapshot = snapshot
    self.encoder = encoder
    self.view = view
    self.allowed = allowed
    self.k = k
    self.effort = effort
  }

  /// The best items by query vectors [interests, dimension].
  /// - Parameters:
  ///   - history: numbers of the encoder's items that the vectors were made of, oldest first; rules go by them.
  func candidates(
    _ queries: [Float], after history: ArraySlice<UInt32>, leavingOut seen: Set<Ordinal>
  ) throws -> [Candidate] {
    let search = try PreparedSearch(
      snapshot, view, SearchRequest(page: AnswerPage(k: k), effort: effort), allowed: allowed,
      leavingOut: seen)
    var computed = 0
    let hits = try search.hits(toAnyOf: queries, &computed)
    let metric = view.record.shape.metric
    let found = hits.prefix(k).map {
      Candidate(ordinal: $0.ordinal, id: $0.id, score: metric.score(fromInternal: $0.distance))
    }
    guard let rules = encoder.rules, !history.isEmpty else { return found }
    let mixture = SessionMixture(
      encoder, rules, queries: queries, history: history,
      nearest: found.compactMap { encoder.numbers[$0.ordinal] })
    return try best(of: found, mixture, leavingOut: seen)
  }

  /// An item that no rule names and that is not among the nearest is behind all of those, so the best of both are the
  /// best of all.
  private func best(
    of found: [Candidate], _ mixture: SessionMixture, leavingOut seen: Set<Ordinal>
  ) throws -> [Candidate] {
    let ids = Dictionary(found.map { ($0.ordinal, $0.id) }) { first, _ in first }
    // Those found can only rise, so what is behind them all stays so.
    let least = found.count < k ? -.infinity : found.last?.score ?? -.infinity
    var all: [(ordinal: Ordinal, score: Float)] = []
    var named: Set<Ordinal> = []
    for (item, score) in zip(mixture.items, mixture.scores) {
      let (ordinal, score) = (encoder.items[Int(item)], encoder.userScore(score))
      if ids[ordinal] != nil {
        named.insert(ordinal)
      } else if score < least || seen.contains(ordinal) || !(allowed?.contains(ordinal) ?? true) {
        continue
      }
      all.append((ordinal, score))
    }
    all += found.lazy.filter { !named.contains($0.ordinal) }.map { ($0.ordinal, $0.score) }
    all.sort { ($1.score, $0.ordinal) < ($0.score, $1.ordinal) }
    var best: [Candidate] = []
    for (ordinal, score) in all where best.count < k {
      if let id = try ids[ordinal] ?? livingID(of: ordinal) {
        best.append(Candidate(ordinal: ordinal, id: id, score: score))
      }
    }
    return best.sorted { ($1.score, $0.id) < ($0.score, $1.id) }
  }

  private func livingID(of ordinal: Ordinal) throws -> String? {
    guard let record = try snapshot.entity(at: ordinal, .items), !record.isDeleted else { return nil }
    return record.id
  }
}
