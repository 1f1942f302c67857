import ArgumentParser
import Kindred

/// What a query looks for: a file of vectors, or any mix of texts, records, a vector and a user.
struct QuerySubject: ParsableArguments {
  @Option(help: "A text, for a space with a text encoder; may be repeated.")
  var text: [String] = []

  @Option(
    help: ArgumentHelp(
      "A record's id: its neighbors, without itself; may be repeated, and weighted as in a=2.",
      valueName: "id"))
  var like: [String] = []

  @Option(
    help: ArgumentHelp("The id of a record that the answer is not like; as --like.", valueName: "id"))
  var unlike: [String] = []

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

  @Option(
    help: ArgumentHelp(
      "How several examples make one answer: by their average, or by the best score with any of them.",
      valueName: "average|best"))
  var strategy: QueryExamples.Strategy?

  /// Whether several examples make one answer.
  var hasExamples: Bool {
    text.count + like.count + (user == nil ? 0 : 1) + (vector == nil ? 0 : 1) > 1 || !unlike.isEmpty
      || strategy != nil || like.contains { $0.contains("=") }
  }

  /// Called by the command's own `validate`: an option group's runs before unknown options are reported, and
  /// would hide them.
  func requireOne() throws {
    let isEmpty = text.isEmpty && like.isEmpty && unlike.isEmpty && user == nil && vector == nil
    guard !(isEmpty && vectors == nil) else {
      throw ValidationError(
        "Nothing to look for: give --text, --like, --unlike, --user, --vector or --vectors.")
    }
    guard vectors == nil || (isEmpty && strategy == nil) else {
      throw ValidationError("Too much to look for: --vectors stands alone, since each row is a query.")
    }
  }

  /// The examples that the options name.
  func examples(_ snapshot: borrowing Snapshot, of kind: RecordKind) throws -> QueryExamples {
    typealias Weighted = QueryExamples.Weighted
    var like = text.map { Weighted(.text($0)) }
    for id in self.like { like.append(try Weighted(argument: id, snapshot, kind)) }
    if let user { like.append(Weighted(.user(user))) }
    if let vector { like.append(Weighted(.vector(try VectorRows(json: vector).components))) }
    let unlike = try unlike.map { try Weighted(argument: $0, snapshot, kind) }
    return QueryExamples(like: like, unlike: unlike, strategy: strategy ?? .average)
  }

  /// Asks the question of several spaces.
  func answer(
    _ snapshot: borrowing Snapshot, _ fusion: FusionOptions, options: QueryOptions
  ) throws -> QueryAnswer {
    let subject: FusedSubject
    if hasExamples {
      let kind = try snapshot.space(fusion.weights.first?.space ?? "").configuration.of
      subject = .examples(try examples(snapshot, of: kind))
    } else if let text = text.first {
      subject = .text(text)
    } else {
      subject = like.first.map { .like($0) } ?? .user(user ?? "")
    }
    return QueryAnswer(
      try snapshot.query(fusion.weights, for: subject, by: fusion.method, options: options))
  }

  /// Asks the question of a snapshot.
  func answer(
    _ snapshot: borrowing Snapshot, space: String, keepsSeen: Bool?, threads: Int, options: QueryOptions
  ) throws -> QueryAnswer {
    var options = options
    if hasExamples {
      let examples = try examples(snapshot, of: try snapshot.space(space).configuration.of)
      return QueryAnswer(try snapshot.query(space, examples: examples, options: options))
    }
    let components: [Float]
    if let text = text.first {
      guard let vector = try snapshot.vector(space, encoding: text) else {
        // A text with nothing to encode is one question without an answer.
        var answer = QueryAnswer(try snapshot.query(space, vectors: [], threads: threads, options: options))
        answer.matches = [[]]
        answer.statistics?.queries = 1
        return answer
      }
      components = vector
    } else if let like = like.first {
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

extension QueryExamples.Weighted {
  /// A record by its id, which may have a weight behind it, as in `a=2`. An id that is stored as it stands is no
  /// weighted one.
  init(argument id: String, _ snapshot: borrowing Snapshot, _ kind: RecordKind) throws {
    guard let place = id.lastIndex(of: "="), let weight = Double(id[id.index(after: place)...]),
      try snapshot.record(kind, id: id) == nil
    else {
      self.init(.record(id))
      return
    }
    self.init(.record(String(id[..<place])), weight: weight)
  }
}

/// Groups of an answer, for `query` and `recommend` alike.
struct GroupingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only so many records with the same value of this attribute.", valueName: "name"))
  var groupBy: String?

  @Option(help: ArgumentHelp("How many records of each value, 1 by default.", valueName: "n"))
  var perGroup: Int?

  /// nil where nothing is grouped.
  var grouping: Grouping? { groupBy.map { Grouping(by: $0, limit: perGroup ?? 1) } }

  /// Called by the command's own `validate`.
  func check() throws {
    try require("--per-group", perGroup)
    if perGroup != nil, groupBy == nil {
      throw ValidationError("--per-group belongs to --group-by, which is not given.")
    }
  }
}
