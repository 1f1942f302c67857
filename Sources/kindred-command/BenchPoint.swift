import Basics
import Kindred

/// One measured search width.
struct BenchPoint {
  /// nil for the exact scan.
  var ef: Int?
  var k: Int
  /// Share of the true neighbors found, 0 to 1.
  var recall: Double
  var statistics: QueryStatistics

  /// Distance computations for one query.
  var distancesPerQuery: Double {
    Double(statistics.distanceComputations) / Double(max(1, statistics.queries))
  }

  var json: JSON {
    [
      "ef": JSON(ef), "exact": .bool(ef == nil), "k": .integer(k), "recall": .number(recall),
      "queries": .integer(statistics.queries), "seconds": .number(statistics.seconds),
      "queriesPerSecond": .number(statistics.queriesPerSecond),
      "p50Microseconds": .number(statistics.p50Microseconds),
      "p99Microseconds": .number(statistics.p99Microseconds),
      "distanceComputationsPerQuery": .number(distancesPerQuery), "threads": .integer(statistics.threads),
    ]
  }
}

extension [BenchPoint] {
  /// A row for each width.
  func table(k: Int) -> Table {
    var table = Table([
      .right("ef"), .right("recall@\(k)"), .right("queries/s"), .right("p50 µs"), .right("p99 µs"),
      .right("distances/query"),
    ])
    table.rows = map { point in
      [
        point.ef.map(String.init) ?? "exact", People.fixed(point.recall, 4),
        People.count(Int(point.statistics.queriesPerSecond.rounded())),
        People.fixed(point.statistics.p50Microseconds, 0), People.fixed(point.statistics.p99Microseconds, 0),
        People.count(Int(point.distancesPerQuery.rounded())),
      ]
    }
    return table
  }
}

/// The true neighbors of each query.
struct BenchTruth {
  private let ids: [Set<ExactString>]

  /// From an exact search.
  init(_ matches: [[Match]]) {
    ids = matches.map { Set($0.map { ExactString($0.id) }) }
  }

  /// From a file of integer ids, a row a query, of which the first `k` count; -1 stands for none.
  /// - Throws: `CommandFailure` `.badInput` when the file's shape does not fit.
  init(file: String, queries: Int, k: Int) throws {
    let matrix = try IDMatrix(file: file)
    guard matrix.rows == queries else {
      throw CommandFailure(
        .badInput,
        "'\(file)' has \(matrix.rows) rows and there are \(queries) queries; it must have a row for each")
    }
    guard matrix.columns >= k else {
      throw CommandFailure(
        .badInput,
        "'\(file)' has \(matrix.columns) neighbors of each query, fewer than k, which is \(k); use a smaller -k"
      )
    }
    ids = (0..<queries).map { row in
      Set(matrix.row(row).prefix(k).filter { $0 >= 0 }.map { ExactString(String($0)) })
    }
  }

  /// The share of all true neighbors that were found.
  /// - Throws: `CommandFailure` `.badInput` when none of the store's ids is an integer, so that nothing can match.
  func recall(of matches: [[Match]]) throws -> Double {
    var found = 0
    var wanted = 0
    for (truth, row) in zip(ids, matches) {
      wanted += truth.count
      found += row.reduce(0) { $0 + (truth.contains(ExactString($1.id)) ? 1 : 0) }
    }
    if found == 0, let match = matches.lazy.joined().first, Int64(match.id) == nil {
      throw CommandFailure(
        .badInput,
        "id '\(match.id)' is not an integer, and --truth holds integers; leave --truth out to compute it")
    }
    return wanted == 0 ? 1 : Double(found) / Double(wanted)
  }
}
