package import Engine
package import Records
import Synchronization
import Values

/// Recommends what is popular: to everybody where no model serves, else behind what the model recommends.
struct PopularRecommender: Recommender {
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

  var version: UInt32? { nil }

  func recommend(
    after events: EventSequences?, kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] { try answer(leavingOut: events?.items ?? []) }

  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [Ordinal], leavingOut seen: Set<Ordinal>
  ) throws -> [Recommendation] {
    try require(version)
    return try answer(leavingOut: seen)
  }

  private func answer(leavingOut seen: some Collection<Ordinal>) throws -> [Recommendation] {
    let keepsSeen = options.keepsSeen ?? popularity.isRepeating
    var found: [Recommendation] = []
    try finish(&found, leavingOut: (keepsSeen ? [] : Set(seen)).union(excluded))
    return found
  }

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
    func add(_ ordinal: Ordinal, score: Float) throws {
      guard found.count < depth, allowed?.contains(ordinal) ?? true, !taken.contains(ordinal),
        let record = try snapshot.entity(at: ordinal, .items), !record.isDeleted
      else { return }
      taken.insert(ordinal)
      found.append(Recommendation(id: record.id, score: score + penalty, source: .popularity, because: []))
    }
    for (item, share) in popularity.ranked {
      try add(item, score: share)
      if found.count == depth { return }
    }
    var ordinal = try snapshot.store().nextItem
    while ordinal > 0, found.count < depth {
      ordinal -= 1
      try add(Ordinal(ordinal), score: 0)
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
        try models.popularity.popularity(self)
      }
    let popular = try PopularRecommender(self, popularity, options)
    var found = entries.map { Recommendation(id: $0.id, score: $0.score, source: source, because: []) }
    let ordinals = try found.compactMap { try ordinal(of: $0.id, .items) }
    try popular.finish(&found, leavingOut: taken.union(popular.excluded).union(ordinals))
    return found
  }
}

/// What an event counts by its age: half for each tenth of the events' time that it is older than the newest.
struct RecencyWeight {
  private let newest: Double
  private let tenth: Double

  /// - Parameters: times of the newest and the oldest event, in milliseconds since 1970.
  init(newest: Int64, oldest: Int64) {
    self.newest = Double(newest)
    tenth = max(1, (Double(newest) - Double(oldest)) / 10)
  }

  func weight(of time: Int64) -> Double { halved((newest - Double(time)) / tenth) }

  /// 2^-x for x of at least 0, by whole powers and a line between them.
  private func halved(_ x: Double) -> Double {
    guard x < 60 else { return 0 }
    let whole = x.rounded(.down)
    return (1 - (x - whole) / 2) / Double(UInt64(1) << UInt64(whole))
  }
}

/// The popularity of items in recent events: what strangers are recommended, and everybody where no model serves.
struct RecentPopularity: Sendable {
  /// Items by falling share of all recent events, equal ones by ordinal.
  let ranked: [(item: Ordinal, share: Float)]
  /// Whether events repeat items so often that items that were seen may come back.
  let isRepeating: Bool

  /// - Parameter weights: what the events of each item count together, as `RecencyWeight` says.
  init(_ items: [Ordinal], weights: [Float], isRepeating: Bool) {
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
    ranked = order.map { (items[$0], weights[$0] / total) }
    self.isRepeating = isRepeating
  }
}

extension RecentPopularity {
  /// Counts all stored events, as a training does for its model.
  /// - Complexity: O(events + items · log items).
  init(counting snapshot: Snapshot) throws {
    let events = try snapshot.sequences()
    let recency = RecencyWeight(newest: events.times.max() ?? 0, oldest: events.times.min() ?? 0)
    // By ordinal, which reaches no further than the events' items.
    let count = events.items.max().map { Int($0.rawValue) + 1 } ?? 0
    var (weights, occurs) = ([Float](repeating: 0, count: count), [Bool](repeating: false, count: count))
    for (item, time) in zip(events.items, events.times) {
      weights[Int(item.rawValue)] += Float(recency.weight(of: time))
      occurs[Int(item.rawValue)] = true
    }
    let items = occurs.indices.filter { occurs[$0] }
    self.init(
      items.map { Ordinal(UInt32($0)) }, weights: items.map { weights[$0] },
      isRepeating: SessionData.isRepeating(
        events.users.indices.lazy.map { events.items[events.range($0)].lazy.map(\.rawValue) }))
  }
}

/// The popularity of a store's items, kept while not more than one event in a hundred is new.
final class PopularityCache: Sendable {
  private struct Counted {
    let popularity: RecentPopularity
    let transaction: Int
    let events: Int

    /// Neither the events nor the commits since then are more than a hundredth of the events that were counted.
    func isGood(at transaction: Int, events: Int) -> Bool {
      transaction == self.transaction
        || (100 * abs(events - self.events) <= self.events
          && 100 * abs(transaction - self.transaction) <= self.events)
    }
  }

  private let counted = Mutex<Counted?>(nil)

  func removeAll() { counted.withLock { $0 = nil } }

  /// - Complexity: O(events), once for each hundredth by which they grow.
  func popularity(_ snapshot: Snapshot) throws -> RecentPopularity {
    let (transaction, events) = (snapshot.transactionID, Int(try snapshot.store().eventCount))
    if let known = counted.withLock({ $0 }), known.isGood(at: transaction, events: events) {
      return known.popularity
    }
    let popularity = try RecentPopularity(counting: snapshot)
    counted.withLock { $0 = Counted(popularity: popularity, transaction: transaction, events: events) }
    return popularity
  }
}
