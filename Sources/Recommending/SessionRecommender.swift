import Engine
import Records
import SessionEncoder
import VectorMath

/// Recommends with the model that serves.
struct SessionRecommender: Recommender {
  private let snapshot: Snapshot
  private let encoder: SessionEncoderModel
  private let view: SpaceView
  private let options: RecommendOptions
  private let popular: PopularRecommender
  private let search: SessionSearch

  /// Candidates for each item asked for where they must differ.
  private static let diversityPool = 10

  /// - Parameter encoder: the model whose vectors are in the space `session`.
  init(_ snapshot: Snapshot, _ encoder: SessionEncoderModel, _ options: RecommendOptions) throws {
    self.snapshot = snapshot
    self.encoder = encoder
    popular = try PopularRecommender(snapshot, encoder.popularity, options)
    self.options = options
    view = try snapshot.space(SessionSpaces.items)
    guard view.record.kind == .items, view.record.shape.dimension == encoder.dimension else {
      throw RecommendingError(
        code: .corrupted,
        message:
          "the space \"\(SessionSpaces.items)\" is not of the shape of model \(encoder.version), which it names; "
          + "rebuild it with: kindred rebuild STORE --from-sequences")
    }
    let pool =
      options.diversity > 0
      ? min(popular.depth, .max / Self.diversityPool) * Self.diversityPool : popular.depth
    search = SessionSearch(
      snapshot, encoder, view, allowed: popular.allowed, k: pool, effort: options.effort)
  }

  var version: UInt32? { encoder.version }

  func recommend(
    after events: EventSequences?, kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    var histories = SessionHistories(encoder) { [snapshot, view] in try snapshot.vector(of: $0, in: view) }
    var query: Query?
    if let events,
      try histories.append(
        events, events.range(0), profile: try snapshot.profile(of: events.users[0], encoder),
        kindName: kindName)
    {
      query = Query(
        vectors: histories.encoded(0), history: histories.items,
        source: histories.eventCount == 0 ? .profile : source(after: histories.items))
    }
    return try answer(query, after: events, kindName)
  }

  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [Ordinal], of events: EventSequences,
    kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    try require(version)
    return try answer(
      vectors.map {
        Query(vectors: $0, history: history, source: events.items.isEmpty ? .profile : .session)
      },
      after: events, kindName)
  }

  private func source(after items: [Ordinal]) -> RecommendationSource {
    // Where the model knows none of the items, they are known by their content alone.
    !items.isEmpty && encoder.ownNumbers(items).isEmpty ? .content : .session
  }

  /// What the index and the rules are asked.
  private struct Query {
    /// [interests, dimension]
    var vectors: [Float]
    /// Items that the model can read, oldest first.
    var history: [Ordinal]
    var source: RecommendationSource
  }

  private func answer(
    _ query: Query?, after events: EventSequences?, _ kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    var taken = try options.hidden(in: events, isRepeating: encoder.manifest.isRepeating, kindName)
      .union(popular.excluded)
    var found: [Recommendation] = []
    if let query {
      var candidates = try search.candidates(query.vectors, after: query.history, leavingOut: taken)
      if options.diversity > 0 { candidates = try diverse(candidates) }
      found = candidates.map { Recommendation(id: $0.id, score: $0.score, source: query.source, because: []) }
      taken.formUnion(candidates.map(\.ordinal))
      if options.explains { try explain(&found, candidates, after: query.history) }
    }
    try popular.finish(&found, leavingOut: taken)
    return found
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
    while chosen.count < popular.depth, !rest.isEmpty {
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

  /// Adds the items of the history that each item was taken with.
  private func explain(
    _ found: inout [Recommendation], _ candidates: [Candidate], after history: [Ordinal]
  ) throws {
    guard let rules = encoder.countedRules else { return }
    var known: [(place: Int, item: UInt32)] = []
    for (place, candidate) in candidates.enumerated() {
      if let item = encoder.numbers[candidate.ordinal] { known.append((place, item)) }
    }
    let reasons = rules.reasons(for: known.map(\.item), after: encoder.ownNumbers(history))
    for ((place, _), reasons) in zip(known, reasons) {
      found[place].because = try reasons.compactMap { reason in
        guard let record = try snapshot.entity(at: encoder.items[Int(reason.item)], .items), !record.isDeleted
        else { return nil }
        return .init(
          id: record.id, text: record.text, contribution: Float(reason.part), users: reason.users?.both,
          ofUsers: reason.users?.all)
      }
    }
  }
}
