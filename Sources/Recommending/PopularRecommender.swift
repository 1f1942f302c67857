package import Engine
package import Records
import Values

/// Fills lists up with what is popular, and cuts the page that is asked for out of them.
struct PopularRecommender {
  /// What may be recommended; nil where there is no filter.
  let allowed: FilterMatches?
  /// What the caller wants left out.
  let excluded: Set<Ordinal>
  private let snapshot: Snapshot
  private let popularity: RecentPopularity
  private let options: RecommendOptions
  private let page: AnswerPage

  init(_ snapshot: Snapshot, _ popularity: RecentPopularity, _ options: RecommendOptions) throws {
    self.snapshot = snapshot
    self.popularity = popularity
    self.options = options
    page = try options.page
    allowed = try options.filter.map { try snapshot.matches($0.text, .items) }
    excluded = Set(try options.excluding.compactMap { try snapshot.ordinal(of: $0, .items) })
  }

  /// How many of the best are to be found.
  var depth: Int { page.depth }

  /// Fills an answer up to the end of the page, cuts the page out of it and adds the records.
  /// - Parameter taken: what is in it already, and what must not be.
  func finish(_ found: inout [Recommendation], leavingOut taken: Set<Ordinal>) throws {
    if found.count < depth { try fill(&found, leavingOut: taken) }
    found = page.of(found) { $0.score }
    guard options.records else { return }
    for index in found.indices {
      found[index].record = try snapshot.entity(found[index].id, .items).map { Item($0) }
    }
  }

  /// Adds what is popular, then whatever else may be returned, the newest first.
  private func fill(_ found: inout [Recommendation], leavingOut taken: Set<Ordinal>) throws {
    var taken = taken
    let penalty: Float = found.isEmpty ? 0 : -1
    try add(
      popularity.ranked.lazy.map { ($0.item, $0.share + penalty) }, from: .popularity, to: &found, &taken)
    try add(
      (0..<(try snapshot.store().nextItem)).reversed().lazy.map { (Ordinal($0), penalty) }, from: .popularity,
      to: &found, &taken)
  }

  /// Adds items, best first, until the list is long enough: those that may be recommended and are not taken.
  func add(
    _ items: some Sequence<(Ordinal, Float)>, from source: RecommendationSource,
    to found: inout [Recommendation], _ taken: inout Set<Ordinal>
  ) throws {
    guard found.count < depth else { return }
    for (ordinal, score) in items {
      guard allowed?.contains(ordinal) ?? true, !taken.contains(ordinal),
        let record = try snapshot.entity(at: ordinal, .items), !record.isDeleted
      else { continue }
      taken.insert(ordinal)
      found.append(Recommendation(id: record.id, score: score, source: source, because: []))
      if found.count == depth { return }
    }
  }
}

extension Snapshot {
  /// The page of recommendations that is asked for, filled up with what is popular.
  /// - Parameters:
  ///   - entries: best first, as many as the page reaches at least where there are so many.
  ///   - source: where they come from.
  ///   - taken: items that must not come in.
  package func completed(
    _ entries: [(id: String, score: Float)], from source: RecommendationSource,
    leavingOut taken: Set<Ordinal>, _ models: ModelCache, _ options: RecommendOptions
  ) throws -> [Recommendation] {
    let popularity =
      if let version = try servingVersion() {
        try models.model(version, self).popularity
      } else {
        try models.counts.items(self).trending
      }
    let popular = try PopularRecommender(self, popularity, options)
    var found = entries.map { Recommendation(id: $0.id, score: $0.score, source: source, because: []) }
    let ordinals = try found.compactMap { try ordinal(of: $0.id, .items) }
    try popular.finish(&found, leavingOut: taken.union(popular.excluded).union(ordinals))
    return found
  }
}

/// The popularity of items in recent events: what strangers are recommended, and what fills lists.
struct RecentPopularity: Sendable {
  /// Items by falling share of all recent events, equal ones by ordinal.
  let ranked: [(item: Ordinal, share: Float)]
  /// Whether events repeat items so often that items that were seen may come back.
  let isRepeating: Bool

  /// - Parameter weights: what the events of each item count together.
  init(_ items: [Ordinal], weights: [Float], isRepeating: Bool) {
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
    ranked = order.map { (items[$0], weights[$0] / total) }
    self.isRepeating = isRepeating
  }
}

extension DecayedSum {
  /// Several sums as of the newest event's time, the largest 1. An event of the future has lost nothing yet, and takes
  /// nothing from the others.
  /// - Parameter halfLife: in milliseconds.
  static func weights(_ sums: [DecayedSum], halfLife: Double) -> [Float] {
    let now = Timestamp.now().milliseconds
    let time = sums.lazy.map(\.time).filter { $0 <= now }.max() ?? .min
    let values = sums.map { max(0, $0.value(at: max(time, $0.time), halfLife: halfLife)) }
    let largest = max(values.max() ?? 0, .leastNormalMagnitude)
    return values.map { Float($0 / largest) }
  }
}
