import ArgumentParser
import Kindred

/// What a query looks for: exactly one of a text, a record's own vector, a user's, a vector, or a file of vectors.
struct QuerySubject: ParsableArguments {
  @Option(help: "A text, for a space with a text encoder.")
  var text: String?

  @Option(help: ArgumentHelp("A record's id: its neighbors, without itself.", valueName: "id"))
  var like: String?

  @Option(
    help: ArgumentHelp(
      "A user's id: items near the user's vector, which factorize or train writes into the space of this name with "
        + "'-users' added.",
      valueName: "id"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "One vector, such as '[0.1, 0.2]'; '-' reads it from standard input.", valueName: "json"))
  var vector: String?

  @Option(help: ArgumentHelp("One query a row.", valueName: "file.npy"), completion: .file())
  var vectors: String?

  /// Called by the command's own `validate`: an option group's runs before unknown options are reported, and
  /// would hide them.
  func requireExactlyOne() throws {
    let given = [text, like, user, vector, vectors].compactMap { $0 }.count
    guard given == 1 else {
      let problem = given == 0 ? "Nothing to look for" : "Too much to look for"
      throw ValidationError("\(problem): give exactly one of --text, --like, --user, --vector and --vectors.")
    }
  }

  /// Asks the question of several spaces.
  func answer(
    _ snapshot: borrowing Snapshot, _ fusion: FusionOptions, options: QueryOptions
  ) throws -> QueryAnswer {
    let subject: FusedSubject =
      if let text { .text(text) } else if let like { .like(like) } else { .user(user ?? "") }
    return QueryAnswer(
      try snapshot.query(fusion.weights, for: subject, by: fusion.method, options: options))
  }

  /// Asks the question of a snapshot.
  func answer(
    _ snapshot: borrowing Snapshot, space: String, keepsSeen: Bool?, threads: Int, options: QueryOptions
  ) throws -> QueryAnswer {
    var options = options
    let components: [Float]
    if let text {
      guard let vector = try snapshot.vector(space, encoding: text) else {
        // A text with nothing to encode is one question without an answer.
        var answer = QueryAnswer(try snapshot.query(space, vectors: [], threads: threads, options: options))
        answer.matches = [[]]
        answer.statistics?.queries = 1
        return answer
      }
      components = vector
    } else if let like {
      guard let vector = try snapshot.vector(space, id: like) else {
        throw CommandFailure(.recordNotFound, "'\(like)' has no vector in space '\(space)'")
      }
      options.excluding.append(like)
      components = vector
    } else if let user {
      return QueryAnswer(
        try snapshot.query(space, users: [user], keepsSeen: keepsSeen, threads: threads, options: options))
    } else {
      let rows =
        if let vectors { try VectorRows(file: vectors) } else { try VectorRows(json: vector ?? "") }
      try rows.requireDimension(of: try snapshot.space(space))
      components = rows.components
    }
    return QueryAnswer(
      try snapshot.query(space, vectors: components, threads: threads, options: options))
  }
}
