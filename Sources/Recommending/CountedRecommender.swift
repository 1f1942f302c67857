import Engine
import Platform
import Records
import Values

/// Recommends by what is counted as events arrive.
struct CountedRecommender: Recommender {
  private let snapshot: Snapshot
  private let method: RecommendationMethod
  private let options: RecommendOptions
  private let counted: CountedItems
  private let popular: PopularRecommender
  private let sums: SumPool

  /// - Parameter method: none of `session` and `similar`.
  init(
    _ snapshot: Snapshot, _ counts: CountedItemsCache, _ options: RecommendOptions,
    _ method: RecommendationMethod
  ) throws {
    if method == .rules, try snapshot.signalPolicy() == nil {
      throw RecommendingError(
        code: .unsupported,
        message:
          "the store is of a format that keeps no counts; make them with: kindred rebuild STORE --counts")
    }
    self.snapshot = snapshot
    self.method = method
    self.options = options
    counted = try counts.items(snapshot)
    popular = try PopularRecommender(snapshot, counted.trending, options)
    sums = counts.sums
  }

  var version: UInt32? { nil }

  func recommend(
    after events: EventSequences?, kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    var taken = try options.hidden(in: events, isRepeating: isRepeating, kindName).union(popular.excluded)
    var found: [Recommendation] = []
    switch method {
    case .session, .similar: break
    case .rules:
      let scored = try rules(after: events?.likedItems ?? [], leavingOut: taken)
      let best = CountedRules.best(popular.depth, of: scored)
      try popular.add(best, from: .rules, to: &found, &taken)
      // Some of the best may be deleted.
      if found.count < popular.depth, best.count < scored.count {
        try popular.add(CountedRules.best(scored.count, of: scored), from: .rules, to: &found, &taken)
      }
    case .again: try popular.add(again(events), from: .again, to: &found, &taken)
    case .popular: try popular.add(shares(counted.popular), from: .popular, to: &found, &taken)
    case .trending: try popular.add(shares(counted.trending), from: .trending, to: &found, &taken)
    case .newest:
      let count = try snapshot.store().nextItem
      let newest = (0..<count).reversed().lazy.map { (Ordinal($0), Float($0 + 1) / Float(count)) }
      try popular.add(newest, from: .newest, to: &found, &taken)
    }
    try popular.finish(&found, leavingOut: taken)
    return found
  }

  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [Ordinal], of events: EventSequences,
    kindName: (UInt32) throws -> String
  ) throws -> [Recommendation] {
    // A session that began with a model is not answered without one unless that is asked for.
    if options.method == nil { try require(version) }
    return try recommend(after: events, kindName: kindName)
  }

  /// What the user comes back to may come back.
  private var isRepeating: Bool { method == .again || counted.isRepeating }

  private func shares(_ popularity: RecentPopularity) -> some Sequence<(Ordinal, Float)> {
    popularity.ranked.lazy.map { ($0.item, $0.share) }
  }

  private func events(_ item: Ordinal) -> UInt32 {
    let place = Int(item.rawValue)
    return place < counted.events.count ? counted.events[place] : 1
  }

  /// Items that may be recommended, in any order.
  private func rules(
    after history: [Ordinal], leavingOut taken: Set<Ordinal>
  ) throws -> [(Ordinal, Float)] {
    var sums = self.sums.take(try snapshot.store().ordinalCount(.items))
    var items: [Ordinal] = []
    // What an error leaves behind is no zero and not given back.
    try sums.withUnsafeMutableBufferPointer { sums in
      for (earlier, factor) in CountedRules.factors(after: history, events: events) {
        try snapshot.forEachCoOccurrence(of: earlier) { entry in
          let place = Int(entry.ordinal)
          guard place < sums.count else { return }
          if sums[place] == 0 { items.append(Ordinal(entry.ordinal)) }
          sums[place] += factor * Float(entry.weight)
        }
      }
    }
    var scored: [(Ordinal, Float)] = []
    scored.reserveCapacity(items.count)
    for item in taken where Int(item.rawValue) < sums.count { sums[Int(item.rawValue)] = 0 }
    for item in items {
      let sum = sums[Int(item.rawValue)]
      guard sum > 0, popular.allowed?.contains(item) ?? true else { continue }
      scored.append((item, sum / CountedRules.divisor(events: events(item))))
    }
    for item in items { sums[Int(item.rawValue)] = 0 }
    self.sums.giveBack(&sums)
    return scored
  }

  private func again(_ events: EventSequences?) -> [(Ordinal, Float)] {
    guard let events else { return [] }
    let now = max(
      events.times.last ?? .min, options.time.map(\.milliseconds) ?? Timestamp.now().milliseconds)
    return RepeatPurchases.scores(of: events, now: now, halfLife: counted.halfLife)
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }
}

/// When a user comes back to an item.
enum RepeatPurchases {
  /// The items of at least two moments of a user's events that are to be predicted, and how strongly each is due: the
  /// number of those moments, half for every two half-lives since the last, and half at first until the mean time
  /// between two is over.
  /// - Parameter halfLife: in milliseconds.
  static func scores(of events: EventSequences, now: Int64, halfLife: Double) -> [(Ordinal, Float)] {
    var visits: [Ordinal: (count: Int, first: Int64, last: Int64)] = [:]
    for (place, item) in events.items.enumerated() where events.isTarget(place) {
      let time = events.times[place]
      guard let known = visits[item] else {
        visits[item] = (1, time, time)
        continue
      }
      if time > known.last { visits[item] = (known.count + 1, known.first, time) }
    }
    return visits.compactMap { item, visit in
      guard visit.count > 1 else { return nil }
      let interval = (Double(visit.last) - Double(visit.first)) / Double(visit.count - 1)
      let elapsed = max(0, Double(now) - Double(visit.last))
      let due = min(1, (1 + elapsed / interval) / 2)
      return (item, Float(Double(visit.count) * exp2(-elapsed / (2 * halfLife)) * due))
    }
  }
}
