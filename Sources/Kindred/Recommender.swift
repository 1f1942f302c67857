import Engine
import Filters
import Records
import SessionEncoder
import VectorMath

/// Recommends from one snapshot with one set of options.
struct Recommender: Sendable {
  private let snapshot: Engine.Snapshot
  private let encoder: SessionEncoderModel
  private let view: SpaceView
  private let options: RecommendOptions
  private let allowed: FilterMatches?

  /// Events of a user that are looked at to leave out what was seen.
  private static let seenLimit = 10_000
  /// Candidates for each item asked for where they shall differ.
  private static let diversityPool = 10

  init(_ snapshot: Engine.Snapshot, _ encoders: SessionEncoderCache, _ options: RecommendOptions) throws {
    try options.check()
    guard
      let version = try snapshot.spaces().first(where: { $0.name == SessionSpaces.items })
        .flatMap(SessionEncoderNames.version)
    else { throw Self.noModel }
    self.snapshot = snapshot
    self.options = options
    encoder = try encoders.model(version, snapshot)
    view = try snapshot.space(SessionSpaces.items)
    allowed = try options.filter.map { try snapshot.matches($0, .items) }
  }

  static let noModel = StoreError(
    code: .recordNotFound, message: "the store has no trained model to recommend with; train one first")

  func recommend(user: String) throws -> [Recommendation] {
    try recommend(
      after: try snapshot.recentEvents(ofUser: user, last: Self.seenLimit), kindName: snapshot.eventKindName)
  }

  /// Recommends to a user whose events `writer` changes: as the transaction will leave them.
  func recommend(user: String, in writer: Writer) throws -> [Recommendation] {
    try recommend(
      after: try writer.recentEvents(ofUser: user, last: Self.seenLimit), kindName: writer.eventKindName)
  }

  private func recommend(
    after events: EventSequences?, kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    var histories = SessionHistories(encoder)
    var isKnown = false
    if let events { isKnown = try histories.append(events, events.range(0), kindName: kindName) }
    return try recommend(after: events?.items ?? [], isKnown ? histories : nil)
  }

  func recommend(session: [String]) throws -> [Recommendation] {
    let items = try session.compactMap { try snapshot.ordinal(of: $0, .items) }
    var histories = SessionHistories(encoder)
    return try recommend(after: items, histories.append(items) ? histories : nil)
  }

  private func recommend(after items: [Ordinal], _ histories: SessionHistories?) throws -> [Recommendation] {
    try answer(try query(after: items, histories), leavingOut: Set(items), histories)
  }

  /// Recommends by query vectors [interests, dimension] that this model made; what is popular where there are none.
  /// - Throws: `StoreError` `.unsupported` for vectors of another model.
  func recommend(
    by vectors: [Float]?, of version: UInt32, leavingOut seen: Set<Ordinal>
  ) throws -> [Recommendation] {
    guard version == encoder.version else {
      throw StoreError(
        code: .unsupported,
        message:
          "the session is of model \(version), and model \(encoder.version) serves now; begin a new one")
    }
    return try answer(vectors.map { ($0, .session) }, leavingOut: seen, nil)
  }

  private func answer(
    _ query: (vectors: [Float], source: RecommendationSource)?, leavingOut items: Set<Ordinal>,
    _ histories: SessionHistories?
  ) throws -> [Recommendation] {
    var taken = options.keepsSeen ? [] : items
    var found: [Recommendation] = []
    if let query {
      let hits = try nearest(to: query.vectors, leavingOut: taken)
      let metric = view.record.metric
      found = hits.map { hit in
        Recommendation(
          id: hit.id, score: metric.score(fromInternal: hit.distance), source: query.source, because: [])
      }
      taken.formUnion(hits.map(\.ordinal))
      if options.explains, let histories, query.source == .session {
        try explain(&found, hits, histories, query.vectors)
      }
    }
    if found.count < options.k { try fill(&found, leavingOut: taken) }
    return found
  }

  /// The vectors of a history: by the encoder, or the middle of its items' vectors where the encoder knows none of them.
  private func query(
    after items: [Ordinal], _ histories: SessionHistories?
  ) throws -> (vectors: [Float], source: RecommendationSource)? {
    if let histories { return (encoder.encode(histories.set.range(0), of: histories.set), .session) }
    let vectors = try items.suffix(encoder.manifest.shape.maximumLength)
      .compactMap { try snapshot.vector(of: $0, in: view) }
    guard !vectors.isEmpty else { return nil }
    var middle = [Float](repeating: 0, count: encoder.dimension)
    for vector in vectors { for index in middle.indices { middle[index] += vector[index] } }
    return middle.contains { $0 != 0 } ? (middle, .content) : nil
  }

  private func nearest(to vectors: [Float], leavingOut seen: Set<Ordinal>) throws -> [Hit] {
    let wanted = options.diversity > 0 ? options.k * Self.diversityPool : options.k
    let search = try PreparedSearch(
      snapshot, SessionSpaces.items,
      QueryOptions(k: wanted, effort: options.effort, filter: options.filter), leavingOut: seen)
    var computed = 0
    let hits = try search.hits(toAnyOf: vectors, &computed)
    guard options.diversity > 0 else { return Array(hits.prefix(options.k)) }
    return try diverse(hits)
  }

  /// Takes one after the other what scores high and is unlike what was taken (maximal marginal relevance; Carbonell and
  /// Goldstein 1998).
  private func diverse(_ hits: [Hit]) throws -> [Hit] {
    let metric = view.record.metric
    let weight = Float(options.diversity)
    let vectors = try hits.map { hit in
      unit(try snapshot.vector(of: hit.ordinal, in: view) ?? [Float](repeating: 0, count: encoder.dimension))
    }
    let scores = hits.map { metric.score(fromInternal: $0.distance) }
    var likeness = [Float](repeating: -1, count: hits.count)
    var rest = Array(hits.indices)
    var chosen: [Hit] = []
    while chosen.count < options.k, !rest.isEmpty {
      func worth(_ index: Int) -> Float {
        (1 - weight) * scores[index] - (chosen.isEmpty ? 0 : weight * likeness[index])
      }
      var best = 0
      for place in rest.indices where worth(rest[place]) > worth(rest[best]) { best = place }
      let index = rest.remove(at: best)
      chosen.append(hits[index])
      for other in rest {
        let cosine = zip(vectors[index], vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
        likeness[other] = max(likeness[other], cosine)
      }
    }
    return chosen
  }

  private func unit(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { $0 / length } : vector
  }

  /// Says for each item what its score would lose without each item of the history.
  private func explain(
    _ found: inout [Recommendation], _ hits: [Hit], _ histories: SessionHistories, _ whole: [Float]
  ) throws {
    let set = histories.set
    let range = set.range(0)
    guard range.count > 1 else {
      let id = try snapshot.id(of: encoder.items[Int(set.items[0])], .items)
      for index in found.indices { found[index].because = [.init(id: id, contribution: found[index].score)] }
      return
    }
    var without = SequenceSet()
    for left in range { without.append(set.leavingOut(left, of: range)) }
    let vectors = encoder.encode((0..<without.count).map { without.range($0) }, of: without)
    let ids = try range.map { try snapshot.id(of: encoder.items[Int(set.items[$0])], .items) }
    let width = encoder.interestCount * encoder.dimension
    for (index, hit) in hits.enumerated() {
      guard let vector = try snapshot.vector(of: hit.ordinal, in: view) else { continue }
      let score = similarity(whole[...], vector)
      var sums: [String: Float] = [:]
      for (place, id) in ids.enumerated() {
        let other = similarity(vectors[(place * width)..<((place + 1) * width)], vector)
        sums[id, default: 0] += score - other
      }
      found[index].because = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { .init(id: $0.key, contribution: $0.value) }
    }
  }

  /// The score of an item's vector by the nearest of some query vectors.
  private func similarity(_ queries: ArraySlice<Float>, _ vector: [Float]) -> Float {
    stride(from: queries.startIndex, to: queries.endIndex, by: vector.count).reduce(-.infinity) {
      best, start in
      let query = queries[start..<(start + vector.count)]
      let product = zip(query, vector).reduce(0) { $0 + $1.0 * $1.1 }
      guard view.record.metric == .cosine else { return max(best, product) }
      let length = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return max(best, length > 0 ? product / length : 0)
    }
  }

  /// Adds what is popular, then whatever else may be returned, the newest first.
  private func fill(_ found: inout [Recommendation], leavingOut taken: Set<Ordinal>) throws {
    var taken = taken
    let penalty: Float = found.isEmpty ? 0 : -1
    let total = max(encoder.popularity.reduce(0, +), .leastNormalMagnitude)
    func add(_ ordinal: Ordinal, score: Float) throws {
      guard found.count < options.k, allowed?.contains(ordinal) ?? true, !taken.contains(ordinal),
        let record = try snapshot.entity(at: ordinal, .items), !record.isDeleted
      else { return }
      taken.insert(ordinal)
      found.append(
        Recommendation(id: record.id, score: score + penalty, source: .popularity, because: []))
    }
    for index in encoder.popularOrder {
      try add(encoder.items[index], score: encoder.popularity[index] / total)
      if found.count == options.k { return }
    }
    var ordinal = try snapshot.store().nextItem
    while ordinal > 0, found.count < options.k {
      ordinal -= 1
      try add(Ordinal(ordinal), score: 0)
    }
  }
}
