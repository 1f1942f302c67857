import Engine
import Filters
import Records
import SessionEncoder
import VectorMath

/// Recommends with the model that serves.
struct Recommender: Recommending {
  private let snapshot: Engine.Snapshot
  private let encoder: SessionEncoderModel
  private let view: SpaceView
  private let options: RecommendOptions
  private let popular: PopularRecommender
  private let search: SessionSearch

  /// Candidates for each item asked for where they shall differ.
  private static let diversityPool = 10

  /// - Parameter encoder: the model whose vectors are in the space `session`.
  init(_ snapshot: Engine.Snapshot, _ encoder: SessionEncoderModel, _ options: RecommendOptions) throws {
    self.snapshot = snapshot
    self.encoder = encoder
    self.options = options
    view = try snapshot.space(SessionSpaces.items)
    popular = try PopularRecommender(snapshot, encoder.popularity, options)
    let pool = options.diversity > 0 ? options.k * Self.diversityPool : options.k
    search = SessionSearch(
      snapshot, encoder, view, allowed: popular.allowed,
      QueryOptions(k: pool, effort: options.effort, filter: options.filter))
  }

  var version: UInt32? { encoder.version }

  func recommend(user: String) throws -> [Recommendation] {
    try recommend(
      after: try snapshot.recentEvents(ofUser: user, last: PopularRecommender.seenLimit),
      kindName: snapshot.eventKindName)
  }

  func recommend(user: String, in writer: Writer) throws -> [Recommendation] {
    try recommend(
      after: try writer.recentEvents(ofUser: user, last: PopularRecommender.seenLimit),
      kindName: writer.eventKindName)
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

  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [UInt32], leavingOut seen: Set<Ordinal>
  ) throws -> [Recommendation] {
    try require(version)
    return try answer(
      vectors.map { Query(vectors: $0, history: history[...], source: .session) }, leavingOut: seen, nil)
  }

  /// What the index and the rules are asked.
  private struct Query {
    /// [interests, dimension]
    var vectors: [Float]
    /// Numbers of the model's items, oldest first.
    var history: ArraySlice<UInt32>
    var source: RecommendationSource
  }

  private func answer(
    _ query: Query?, leavingOut items: Set<Ordinal>, _ histories: SessionHistories?
  ) throws -> [Recommendation] {
    let keepsSeen = options.keepsSeen ?? encoder.manifest.isRepeating
    var taken = (keepsSeen ? [] : items).union(popular.excluded)
    var found: [Recommendation] = []
    if let query {
      var candidates = try search.candidates(query.vectors, after: query.history, leavingOut: taken)
      if options.diversity > 0 { candidates = try diverse(candidates) }
      found = candidates.map {
        Recommendation(id: $0.id, score: $0.score, source: query.source, because: [])
      }
      taken.formUnion(candidates.map(\.ordinal))
      if options.explains, let histories, query.source == .session {
        try explain(&found, candidates, histories)
      }
    }
    try popular.finish(&found, leavingOut: taken)
    return found
  }

  /// The vectors of a history: by the encoder, or the middle of its items' vectors where the encoder knows none of them.
  private func query(after items: [Ordinal], _ histories: SessionHistories?) throws -> Query? {
    if let set = histories?.set {
      return Query(
        vectors: encoder.encode(set.range(0), of: set), history: set.items[set.range(0)], source: .session)
    }
    let vectors = try items.suffix(encoder.manifest.shape.maximumLength)
      .compactMap { try snapshot.vector(of: $0, in: view) }
    guard !vectors.isEmpty else { return nil }
    var middle = [Float](repeating: 0, count: encoder.dimension)
    for vector in vectors { for index in middle.indices { middle[index] += vector[index] } }
    return middle.contains { $0 != 0 } ? Query(vectors: middle, history: [], source: .content) : nil
  }

  /// Takes one after the other what scores high and is unlike what was taken (maximal marginal relevance; Carbonell and
  /// Goldstein 1998).
  private func diverse(_ candidates: [Candidate]) throws -> [Candidate] {
    let weight = Float(options.diversity)
    let vectors = try candidates.map {
      unit(try snapshot.vector(of: $0.ordinal, in: view) ?? [Float](repeating: 0, count: encoder.dimension))
    }
    var likeness = [Float](repeating: -1, count: candidates.count)
    var rest = Array(candidates.indices)
    var chosen: [Candidate] = []
    while chosen.count < options.k, !rest.isEmpty {
      func worth(_ index: Int) -> Float {
        (1 - weight) * candidates[index].score - (chosen.isEmpty ? 0 : weight * likeness[index])
      }
      var best = 0
      for place in rest.indices where worth(rest[place]) > worth(rest[best]) { best = place }
      let index = rest.remove(at: best)
      chosen.append(candidates[index])
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
    _ found: inout [Recommendation], _ candidates: [Candidate], _ histories: SessionHistories
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
    let scores = try (0..<without.count).map { place in
      try self.scores(
        of: candidates, by: Array(vectors[(place * width)..<((place + 1) * width)]),
        after: without.items[without.range(place)])
    }
    for index in found.indices {
      var sums: [String: Float] = [:]
      for (place, id) in ids.enumerated() {
        sums[id, default: 0] += found[index].score - scores[place][index]
      }
      found[index].because = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { .init(id: $0.key, contribution: $0.value) }
    }
  }

  /// What some items would score by other query vectors and another history.
  private func scores(
    of candidates: [Candidate], by queries: [Float], after history: ArraySlice<UInt32>
  ) throws -> [Float] {
    let numbers = candidates.map { encoder.numbers[$0.ordinal] }
    var raised: [UInt32: Float] = [:]
    if let rules = encoder.rules {
      let mixture = SessionMixture(
        encoder, rules, queries: queries, history: history, nearest: numbers.compactMap { $0 })
      raised = Dictionary(zip(mixture.items, mixture.scores)) { first, _ in first }
    }
    return try zip(candidates, numbers).map { candidate, number in
      if let number, let score = raised[number] { return encoder.userScore(score) }
      guard let vector = try snapshot.vector(of: candidate.ordinal, in: view) else { return 0 }
      return similarity(queries[...], vector)
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
}
