import Basics

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
  /// By ranks: the sum of weight / (60 + rank), ranks from 1; an entry gets nothing of a list that it is not in (Cormack,
  /// Clarke and Büttcher 2009, reciprocal rank fusion).
  case rank
  /// By scores: the weighted mean of each list's scores, brought to 0 for the list's last and 1 for its first. An entry
  /// that is not in a list has the score there that its vector has, 0 at least.
  case score
}

/// Entries of several lists, one entry once.
struct FusedList {
  /// A list, best first, and what it weighs.
  struct Ranking {
    let weight: Double
    let entries: [(id: String, score: Float)]
    /// The score that an entry would have that is not in the list; nil where it has none.
    let scoreOfOthers: (String) throws -> Float?
  }

  /// Added to ranks, as the authors of reciprocal rank fusion do.
  private static let rankOffset = 60.0
  /// Entries that are asked of each list, of many times those that are wanted.
  static func depth(_ wanted: Int) -> Int { max(100, min(wanted, .max / 4) * 4) }

  private(set) var entries: [(id: String, score: Float)] = []

  init(_ rankings: [Ranking], by fusion: Fusion) throws {
    let total = rankings.reduce(0) { $0 + $1.weight }
    var sums: [ExactString: Double] = [:]
    for ranking in rankings { for entry in ranking.entries { sums[ExactString(entry.id)] = 0 } }
    for ranking in rankings {
      let share = ranking.weight / total
      switch fusion {
      case .rank:
        for (place, entry) in ranking.entries.enumerated() {
          sums[ExactString(entry.id), default: 0] +=
            share * (Self.rankOffset + 1) / (Self.rankOffset + 1 + Double(place))
        }
      case .score:
        let (best, last) = (ranking.entries.first?.score ?? 0, ranking.entries.last?.score ?? 0)
        let width = Double(best) - Double(last)
        let known = Dictionary(
          ranking.entries.map { (ExactString($0.id), $0.score) }) { first, _ in first }
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
