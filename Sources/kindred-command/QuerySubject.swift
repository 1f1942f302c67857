import ArgumentParser
import Interchange
import Kindred

/// What a query looks for: exactly one of a text, a record's own vector, a vector, or a file of vectors.
struct QuerySubject: ParsableArguments {
  @Option(help: "A text, for a space with a text encoder.")
  var text: String?

  @Option(help: ArgumentHelp("A record's id: its neighbors, without itself.", valueName: "id"))
  var like: String?

  @Option(
    help: ArgumentHelp(
      "One vector, such as '[0.1, 0.2]'; '-' reads it from standard input.", valueName: "json"))
  var vector: String?

  @Option(help: ArgumentHelp("One query a row.", valueName: "file.npy"), completion: .file())
  var vectors: String?

  /// Called by the command's own `validate`: an option group's runs before unknown options are reported, and
  /// would hide them.
  func requireExactlyOne() throws {
    let given = [text, like, vector, vectors].compactMap { $0 }.count
    guard given == 1 else {
      let problem = given == 0 ? "Nothing to look for" : "Too much to look for"
      throw ValidationError("\(problem): give exactly one of --text, --like, --vector and --vectors.")
    }
  }

  /// Asks the question of a snapshot.
  func answer(
    _ snapshot: borrowing Snapshot, space: String, threads: Int, options: QueryOptions
  ) throws -> QueryAnswer {
    if let text {
      return try Self.timedAnswer { try snapshot.query(space, text: text, options: options) }
    }
    if let like {
      return try Self.timedAnswer { try snapshot.query(space, like: like, options: options) }
    }
    let rows =
      if let vectors { try VectorRows(file: vectors) } else { try VectorRows(json: vector ?? "") }
    try rows.requireDimension(of: try snapshot.space(space))
    let batch = try snapshot.query(space, vectors: rows.components, threads: threads, options: options)
    return QueryAnswer(matches: batch.matches, statistics: AnswerStatistics(batch.statistics))
  }

  /// A single search through an interface that reports no statistics of its own.
  private static func timedAnswer(_ search: () throws -> [Match]) rethrows -> QueryAnswer {
    let (matches, seconds) = try timed(search)
    return QueryAnswer(
      matches: [matches],
      statistics: AnswerStatistics(
        queries: 1, seconds: seconds, distanceComputations: nil, p50Microseconds: seconds * 1e6,
        p99Microseconds: seconds * 1e6, threads: 1))
  }
}
