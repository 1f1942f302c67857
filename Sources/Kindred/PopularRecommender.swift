import Engine
import Filters
import Records

/// Recommends what is popular: to everybody where no model serves, else behind what the model recommends.
struct PopularRecommender: Recommending {
  /// What may be recommended; nil where there is no filter.
  let allowed: FilterMatches?
  /// What the caller wants left out.
  let excluded: Set<Ordinal>
  private let snapshot: Engine.Snapshot
  private let popularity: RecentPopularity
  private let page: AnswerPage
  /// What was asked for, with a k that reaches to the end of the page.
  private let options: RecommendOptions

  /// Events of a user that are looked at to leave out what was seen.
  static let seenLimit = 10_000

  init(_ snapshot: Engine.Snapshot, _ popularity: RecentPopularity, _ options: RecommendOptions) throws {
    self.snapshot = snapshot
    self.popularity = popularity
    page = options.page
    var options = options
    options.k = page.depth
    self.options = options
    allowed = try options.filter.map { try snapshot.matches($0, .items) }
    excluded = Set(try options.excluding.compactMap { try snapshot.ordinal(of: $0, .items) })
  }

  var version: UInt32? { nil }

  func recommend(user: String) throws -> [Recommendation] {
    try answer(leavingOut: snapshot.recentEvents(ofUser: user, last: Self.seenLimit)?.items ?? [])
  }

  func recommend(user: String, in writer: Writer) throws -> [Recommendation] {
    try answer(leavingOut: writer.recentEvents(ofUser: user, last: Self.seenLimit)?.items ?? [])
  }

  func recommend(session: [String]) throws -> [Recommendation] {
    try answer(leavingOut: session.compactMap { try snapshot.ordinal(of: $0, .items) })
  }

  func recommend(
    by vectors: [Float]?, of version: UInt32?, after history: [UInt32], leavingOut seen: Set<Ordinal>
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
    if found.count < options.k { try fill(&found, leavingOut: taken) }
    found = page.of(found) { $0.score }
    guard options.records else { return }
    for index in found.indices {
      found[index].record = try snapshot.entity(found[index].id, .items).map { Record($0) }
    }
  }

  /// Adds what is popular, then whatever else may be returned, the newest first.
  private func fill(_ found: inout [Recommendation], leavingOut taken: Set<Ordinal>) throws {
    var taken = taken
    let penalty: Float = found.isEmpty ? 0 : -1
    func add(_ ordinal: Ordinal, score: Float) throws {
      guard found.count < options.k, allowed?.contains(ordinal) ?? true, !taken.contains(ordinal),
        let record = try snapshot.entity(at: ordinal, .items), !record.isDeleted
      else { return }
      taken.insert(ordinal)
      found.append(
        Recommendation(id: record.id, score: score + penalty, source: .popularity, because: []))
    }
    for (item, share) in popularity.ranked {
      try add(item, score: share)
      if found.count == options.k { return }
    }
    var ordinal = try snapshot.store().nextItem
    while ordinal > 0, found.count < options.k {
      ordinal -= 1
      try add(Ordinal(ordinal), score: 0)
    }
  }
}
