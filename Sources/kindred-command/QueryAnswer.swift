import Interchange
import Kindred

/// As `--stats` prints it.
extension QueryStatistics {
  var queriesPerSecond: Double { seconds > 0 ? Double(queries) / seconds : 0 }

  var json: JSON {
    [
      "queries": .integer(queries), "seconds": .number(seconds),
      "queriesPerSecond": .number(queriesPerSecond),
      "distanceComputations": .integer(distanceComputations), "p50Microseconds": .number(p50Microseconds),
      "p99Microseconds": .number(p99Microseconds), "threads": .integer(threads), "plan": plan.json,
    ]
  }

  var people: String {
    var parts = [
      "\(queries == 1 ? "1 query" : "\(People.count(queries)) queries") in \(People.seconds(seconds))"
    ]
    if queries > 1 { parts.append("\(People.count(Int(queriesPerSecond.rounded()))) queries/s") }
    parts.append("\(People.count(distanceComputations)) distances")
    parts.append("p50 \(People.fixed(p50Microseconds, 0)) µs, p99 \(People.fixed(p99Microseconds, 0)) µs")
    parts.append(People.count(threads, "thread"))
    return parts.joined(separator: ", ") + "\n\(plan.people)\n"
  }
}

extension QueryPlan {
  var json: JSON {
    [
      "strategy": .string(strategy.rawValue), "ef": JSON(ef), "matches": .integer(matches),
      "vectors": .integer(vectors), "selectivity": .number(selectivity),
      "expectedGraphDistances": JSON(expectedGraphDistances),
      "expectedScanDistances": .integer(expectedScanDistances), "why": .string(why),
    ]
  }

  private var selectivity: Double { vectors > 0 ? Double(matches) / Double(vectors) : 1 }

  /// The plan and its reason in a line.
  var people: String { "plan: \(strategy)\(ef.map { ", ef \($0)" } ?? ""); \(why)" }

  private var why: String {
    guard let walk = expectedGraphDistances else {
      return "every vector was asked for, or the space is so small that it costs as little"
    }
    let matching =
      matches < vectors
      ? "\(People.count(matches)) of \(People.count(vectors)) vectors match (\(People.fixed(100 * selectivity, 2)) %)"
      : "all \(People.count(vectors)) vectors match"
    return matching + ": about \(People.count(walk)) distances through the graph, "
      + "\(People.count(expectedScanDistances)) in a scan"
  }
}

extension Match {
  /// Exactly what the contract promises for a match.
  /// Adding zero turns a negated distance of -0 into 0.
  var json: JSON { ["id": .string(id), "score": .float(score + 0), "distance": .float(distance + 0)] }
}

/// The matches of one or more queries, and what people want to see beside them.
struct QueryAnswer {
  /// Longest text shown where no terminal sets a width.
  private static let titleWidth = 80

  var matches: [[Match]]
  /// Nil for the answer of several spaces.
  var statistics: QueryStatistics?
  /// The texts of the matching records, by query and rank; empty when nobody reads them.
  private var titles: [[String?]] = []

  /// The answer to one question.
  init(_ matches: [Match]) { self.matches = [matches] }

  init(_ batch: QueryBatch) {
    matches = batch.matches
    statistics = batch.statistics
  }

  /// Looks up the records' texts, from the same snapshot as the answer.
  /// - Parameter space: of the matches; nil for items.
  mutating func addTitles(_ snapshot: borrowing Snapshot, space: String?) throws {
    let kind = try space.map { try snapshot.space($0).configuration.of } ?? .items
    titles = []
    for row in matches {
      var texts: [String?] = []
      for match in row { texts.append(try snapshot.record(kind, id: match.id)?.text) }
      titles.append(texts)
    }
  }

  /// Rank, id, score and distance of each match, and the record's text where there is one.
  /// - Parameters:
  ///   - fields: what of each record stands in place of its text; nil for the text.
  ///   - offset: matches that were left out before the first.
  ///   - isWhole: whether texts are shown at any length.
  func table(ofQuery query: Int, fields: [String]? = nil, offset: Int = 0, isWhole: Bool = false) -> Table {
    let texts = query < titles.count ? titles[query] : []
    let hasTexts = fields == nil && texts.contains { $0 != nil }
    var table = Table(
      [.right("rank"), .whole("id"), .right("score"), .right("distance")]
        + (fields ?? (hasTexts ? ["text"] : [])).map { .left($0) })
    table.rows = matches[query].enumerated().map { place, match in
      var row = [String(offset + place + 1), match.id, Self.short(match.score), Self.short(match.distance)]
      for field in fields ?? [] { row.append(match.record?.field(field)?.text ?? "-") }
      if hasTexts {
        let text = texts[place] ?? ""
        row.append(isWhole ? text : text.cut(toWidth: Self.titleWidth))
      }
      return row
    }
    return table
  }

  /// The text of a match's record, where it was looked up.
  func text(ofQuery query: Int, _ place: Int) -> String? { query < titles.count ? titles[query][place] : nil }

  /// Writes the ids as int64 [queries, k], -1 where an answer is shorter.
  /// - Throws: `CommandFailure` `.badInput` for an id that is not an integer in its plain form: `007` and `7` are two
  ///   ids and would become one number.
  func writeIDs(to path: OutputPath, k: Int) throws {
    var ids: [Int64] = []
    ids.reserveCapacity(matches.count * k)
    for row in matches {
      for match in row.prefix(k) {
        guard let number = Int64(match.id), String(number) == match.id else {
          throw CommandFailure(
            .badInput,
            "id '\(match.id)' is not an integer, and --output writes integers; use --json for the ids as text"
          )
        }
        ids.append(number)
      }
      ids.append(contentsOf: repeatElement(-1, count: k - min(k, row.count)))
    }
    try IDMatrix(rows: matches.count, columns: k, values: ids).write(to: path)
  }

  private static func short(_ value: Float) -> String {
    value.magnitude >= 1e6 ? "\(value)" : People.fixed(Double(value), 4)
  }
}
