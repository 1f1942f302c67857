import Engine
import Platform
import Records
import SessionEncoder
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
  private let effort: QueryOptions.Effort

  /// - Parameter view: the space of the encoder's item vectors.
  init(
    _ snapshot: Snapshot, _ encoder: SessionEncoderModel, _ view: SpaceView, allowed: FilterMatches?,
    k: Int, effort: QueryOptions.Effort
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
  ///   - history: what the vectors were made of, oldest first.
  func candidates(
    _ queries: [Float], after history: [Ordinal], leavingOut seen: Set<Ordinal>
  ) throws -> [Candidate] {
    guard let calibration = encoder.manifest.newItems else {
      return try known(queries, after: history, allowed, leavingOut: seen)
    }
    let count = try snapshot.store().ordinalCount(.items)
    let split = encoder.knownAndNew(allowed, below: count)
    guard split.new.count > 0 else {
      return try known(queries, after: history, allowed, leavingOut: seen)
    }
    let found = try known(queries, after: history, split.known, leavingOut: seen)
    let new = try new(
      queries, after: history, split.new, leavingOut: seen, by: calibration)
    return Array((found + new).sorted { ($1.score, $0.id) < ($0.score, $1.id) }.prefix(k))
  }

  private func hits(
    _ queries: [Float], in view: SpaceView, _ allowed: FilterMatches?, leavingOut seen: Set<Ordinal>
  ) throws -> [Hit] {
    var computed = 0
    let search = try PreparedSearch(
      snapshot, view, QueryOptions(k: k, effort: effort), allowed: allowed, leavingOut: seen)
    return try Array(search.hits(toAnyOf: queries, &computed).prefix(k))
  }

  /// The best of the items that the model learned about, by encoder and rules.
  private func known(
    _ queries: [Float], after history: [Ordinal], _ allowed: FilterMatches?, leavingOut seen: Set<Ordinal>
  ) throws -> [Candidate] {
    let metric = view.record.shape.metric
    let found = try hits(queries, in: view, allowed, leavingOut: seen).map {
      Candidate(ordinal: $0.ordinal, id: $0.id, score: metric.score(fromInternal: $0.distance))
    }
    let own = encoder.ownNumbers(history)
    guard let rules = encoder.rules, !own.isEmpty else { return found }
    let mixture = SessionMixture(
      encoder, rules, queries: queries, history: own,
      nearest: found.compactMap { encoder.numbers[$0.ordinal] })
    return try best(of: found, mixture, allowed, leavingOut: seen)
  }

  /// The best of the items that came after the training: of those nearest to the query vectors and those whose content
  /// is most like the history's.
  private func new(
    _ queries: [Float], after history: [Ordinal], _ allowed: FilterMatches?, leavingOut seen: Set<Ordinal>,
    by calibration: NewItemCalibration
  ) throws -> [Candidate] {
    var found: [Ordinal: String] = [:]
    for hit in try hits(queries, in: view, allowed, leavingOut: seen) { found[hit.ordinal] = hit.id }
    guard !found.isEmpty else { return [] }
    let reader = try ContentReader(encoder.manifest.content, snapshot)
    let content = try HistoryContent(history, calibration.content > 0 ? encoder.whitenings : [], reader)
    for (query, space) in zip(content.queries, reader.spaceNames) {
      guard let query, let space else { continue }
      let view = try snapshot.space(space)
      // What is nearest by Euclidean distance is not what has the largest product.
      guard view.record.shape.metric != .l2 else { continue }
      for hit in try hits(query, in: view, allowed, leavingOut: seen) {
        found[hit.ordinal] = hit.id
      }
    }
    let candidates = try found.compactMap { ordinal, id -> Candidate? in
      guard let vector = try snapshot.vector(of: ordinal, in: view) else { return nil }
      let likeness = content.likeness(to: try reader.content(of: ordinal))
      let score = calibration.score(
        encoder.score(of: vector, by: queries), likeness: content.queries.isEmpty ? 0 : likeness)
      return Candidate(ordinal: ordinal, id: id, score: encoder.userScore(score))
    }
    return Array(candidates.sorted { ($1.score, $0.id) < ($0.score, $1.id) }.prefix(k))
  }

  /// An item that no rule names and that is not among the nearest is behind all of those, so the best of both are the
  /// best of all.
  private func best(
    of found: [Candidate], _ mixture: SessionMixture, _ allowed: FilterMatches?, leavingOut seen: Set<Ordinal>
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

/// The scores of items after one history by a model's encoder and rules together.
///
/// An item that no rule names has the encoder's score. That of an item that rules name is raised to what corresponds to
/// its probability under the mixture of both: `log((1 - share) e^score / sum + share · r) - log((1 - share) / sum)`,
/// with `r` its share of the rules' weights and `sum` that of `e^score` over all items.
struct SessionMixture {
  /// The items that rules name, by their numbers.
  let items: [UInt32]
  /// The raised score of each.
  let scores: [Float]

  /// The sum over items that neither rules nor the index name is estimated from an evenly spaced sample of at least
  /// this many; of fewer than twice as many items all are taken.
  static let sampleSize = 4_096

  /// - Parameters:
  ///   - queries: [interests, dimension], as `encoder` made them of the history.
  ///   - history: numbers of items, oldest first.
  ///   - nearest: numbers of items that score high, so that the sum does not rest on a sample of them.
  init(
    _ encoder: SessionEncoderModel, _ rules: SessionRules, queries: [Float], history: ArraySlice<UInt32>,
    nearest: [UInt32]
  ) {
    let (items, weights) = rules.named(after: history)
    self.items = items
    guard !items.isEmpty else {
      scores = []
      return
    }
    let own = encoder.scores(of: items, by: queries)
    let others = Set(nearest).subtracting(items)
    let known = items + others
    let knownScores = own + encoder.scores(of: others, by: queries)
    let logSum = Self.logSum(encoder, queries, known, knownScores)
    let odds = Float(log(rules.share / (1 - rules.share)) + logSum)
    let total = weights.reduce(0, +)
    scores = zip(own, weights).map { own, weight in
      let added = odds + log(weight / total)
      return max(own, added) + log1p(exp(-abs(own - added)))
    }
  }

  /// The logarithm of the sum of `e^score` over all items: those known as they are, the others by a sample.
  private static func logSum(
    _ encoder: SessionEncoderModel, _ queries: [Float], _ known: [UInt32], _ knownScores: [Float]
  ) -> Double {
    let step = UInt32(max(1, encoder.items.count / sampleSize))
    let sample = encoder.scores(
      of: stride(from: 0, to: UInt32(encoder.items.count), by: Int(step)), by: queries)
    let largest = max(knownScores.max() ?? -.infinity, sample.max() ?? -.infinity)
    var (sum, restSum, restCount) = (0.0, 0.0, sample.count)
    for score in sample { restSum += Double(exp(score - largest)) }
    for (item, score) in zip(known, knownScores) {
      let power = Double(exp(score - largest))
      sum += power
      if item % step == 0 {
        restSum -= power
        restCount -= 1
      }
    }
    if restCount > 0 {
      sum += max(0, restSum) * Double(encoder.items.count - known.count) / Double(restCount)
    }
    return Double(largest) + log(sum)
  }
}
