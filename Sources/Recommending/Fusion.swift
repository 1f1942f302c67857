import Basics
package import Engine
package import Records
package import Values
import VectorMath

/// A space's part in an answer that several spaces give together.
public struct SpaceWeight: Sendable, Hashable, Codable {
  /// The space's name.
  public var space: String
  /// Its part, above 0; only the proportions count.
  public var weight: Double

  /// Makes a part.
  public init(_ space: String, _ weight: Double = 1) {
    self.space = space
    self.weight = weight
  }
}

/// How the lists of several spaces become one. The best possible score is 1 either way, where an entry is the first of
/// every list.
public enum Fusion: String, Sendable, Hashable, Codable, CaseIterable {
  /// By ranks: the sum of weight / (60 + rank), ranks from 1, one for equal scores; an entry gets nothing of a list
  /// that it is not in (Cormack, Clarke and Büttcher 2009, reciprocal rank fusion).
  case rank
  /// By scores: the weighted mean of each list's scores, brought to 0 for the list's last and 1 for its first. An entry
  /// that is not in a list has the score there that its vector has, 0 at least.
  case score
}

/// Entries of several lists, one entry once.
package struct FusedList {
  /// A list, best first, and what it weighs.
  package struct Ranking {
    let weight: Double
    package let entries: [(id: String, score: Float)]
    /// The score that an entry would have that is not in the list; nil where it has none.
    let scoreOfOthers: (String) throws -> Float?

    /// The list of a space that is asked with a vector.
    package init(
      _ snapshot: Snapshot, _ space: SpaceWeight, _ vector: [Float], _ options: QueryOptions,
      leavingOut: Set<Ordinal>
    ) throws {
      let search = try PreparedSearch(snapshot, space.space, options, leavingOut: leavingOut)
      let (metric, view) = (search.view.record.shape.metric, search.view)
      var computed = 0
      let hits = try vector.withUnsafeBufferPointer { try search.hits($0, &computed) }
      weight = space.weight
      entries = hits.map { ($0.id, metric.score(fromInternal: $0.distance)) }
      scoreOfOthers = { id in
        guard let ordinal = try snapshot.ordinal(of: id, view.record.kind),
          let other = try snapshot.vector(of: ordinal, in: view)
        else { return nil }
        return metric.score(vector, other)
      }
    }

    package init(weight: Double, entries: [(id: String, score: Float)]) {
      (self.weight, self.entries) = (weight, entries)
      scoreOfOthers = { _ in nil }
    }
  }

  /// Added to ranks, as the authors of reciprocal rank fusion do.
  private static let rankOffset = 60.0
  /// Entries that are asked of each list, of many times those that are wanted.
  package static func depth(_ wanted: Int) -> Int { max(100, min(wanted, .max / 4) * 4) }

  package let entries: [(id: String, score: Float)]

  package init(_ rankings: [Ranking], by fusion: Fusion) throws {
    let total = rankings.reduce(0) { $0 + $1.weight }
    var sums: [ExactString: Double] = [:]
    for ranking in rankings { for entry in ranking.entries { sums[ExactString(entry.id)] = 0 } }
    for ranking in rankings {
      let share = ranking.weight / total
      switch fusion {
      case .rank:
        // Entries of one score share the rank of the first.
        var (rank, last) = (0, Float.infinity)
        for (place, entry) in ranking.entries.enumerated() {
          if entry.score < last { (rank, last) = (place, entry.score) }
          sums[ExactString(entry.id), default: 0] +=
            share * (Self.rankOffset + 1) / (Self.rankOffset + 1 + Double(rank))
        }
      case .score:
        let (best, last) = (ranking.entries.first?.score ?? 0, ranking.entries.last?.score ?? 0)
        let width = Double(best) - Double(last)
        let known = Dictionary(
          ranking.entries.map { (ExactString($0.id), $0.score) }
        ) { first, _ in first }
        for id in sums.keys {
          guard let score = try known[id] ?? ranking.scoreOfOthers(id.value) else { continue }
          let normalized = width > 0 ? (Double(score) - Double(last)) / width : score >= best ? 1 : 0
          sums[id, default: 0] += share * min(1, max(0, normalized))
        }
      }
    }
    entries = sums.map { ($0.key.value, Float($0.value)) }
      .sorted { ($1.score, $0.id) < ($0.score, $1.id) }
  }
}

extension [SpaceWeight] {
  /// Requires that the spaces can answer together.
  /// - Returns: the kind of records that they are over.
  /// - Throws: `RecommendingError` `.invalidArgument`; `EngineError` `.spaceNotFound`.
  package func requireFusable(_ snapshot: Snapshot) throws -> RecordKind {
    func refuse(_ message: String) -> RecommendingError {
      RecommendingError(code: .invalidArgument, message: message)
    }
    guard let first else { throw refuse("no space is named to ask") }
    let kind = try snapshot.space(first.space).record.kind
    var names: Set<ExactString> = []
    for space in self {
      guard space.weight > 0, space.weight.isFinite else {
        throw refuse("the weight of space \"\(space.space)\" is \(space.weight); it must be above 0")
      }
      guard names.insert(ExactString(space.space)).inserted else {
        throw refuse("space \"\(space.space)\" is named twice")
      }
      guard try snapshot.space(space.space).record.kind == kind else {
        throw refuse("\"\(first.space)\" is a space of \(kind), \"\(space.space)\" is not")
      }
    }
    return kind
  }
}
