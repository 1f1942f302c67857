import ArgumentParser
import Interchange
import Kindred

extension Command {
  struct Recommend: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recommend items for a user or a session.",
      discussion: """
        Needs a trained model (kindred train). An unknown user or session gets what is popular. \
        Items of the history are left out unless --keep-seen; a filter never shortens the answer.

        Examples:
          kindred recommend shop.kindred --user 17850 -k 5
          kindred recommend shop.kindred --session 85123A,71053 \\
            --where 'price < 10' --explain
          kindred recommend shop.kindred --sessions sessions.jsonl --json
        """)

    @Argument(help: storeHelp, completion: .file())
    var store: String

    @Option(help: "Id of a user; the stored events are the history.")
    var user: String?

    @Option(help: ArgumentHelp("Item ids, oldest first.", valueName: "a,b,…"))
    var session: String?

    @Option(
      help: ArgumentHelp(
        "One session a line: ids separated by commas, or {\"session\":[…]}; '-' is standard input.",
        valueName: "file"), completion: .file())
    var sessions: String?

    @Option(name: .customShort("k"), help: "How many items.")
    var k = 10

    @Option(
      name: .customLong("where"),
      help: ArgumentHelp("Only items that pass this filter, such as 'price < 30'.", valueName: "expression"))
    var filter: String?

    @OptionGroup var seen: SeenOptions

    @Option(help: "How varied the list is, from 0 (score only) to 1 (most varied).")
    var diversity = 0.0

    @Flag(help: "Show which items of the history led to each one.")
    var explain = false

    @Option(help: "Number of threads for many sessions; all cores by default.")
    var threads: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard [user, session, sessions].compactMap({ $0 }).count == 1 else {
        throw ValidationError("Give exactly one of --user, --session and --sessions.")
      }
      guard k > 0 else { throw ValidationError("-k is \(k); it must be at least 1.") }
      guard (0...1).contains(diversity) else {
        throw ValidationError("--diversity is \(diversity); it must be 0 to 1.")
      }
      if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1.") }
    }

    func run() throws {
      let opened = try Store.openForReading(store)
      defer { opened.close() }
      let options = RecommendOptions(
        k: k, filter: filter, keepsSeen: seen.keepsSeen, diversity: diversity, explains: explain)
      if let user {
        let found = try opened.recommend(user: user, options: options)
        return try show([([("user", .string(user))], found)], opened)
      }
      let sessions = try sessions.map { try SessionFile.read($0) } ?? [SessionFile.ids(session ?? "")]
      let found = try opened.read {
        try $0.recommend(sessions: sessions, threads: threads ?? Store.defaultThreads, options: options)
      }
      let named = zip(sessions, found).map { session, found -> ([(String, JSON)], [Recommendation]) in
        ([("session", .array(session.map { .string($0) }))], found)
      }
      try show(named, opened)
    }

    private func show(_ answers: [([(String, JSON)], [Recommendation])], _ store: Store) throws {
      for (index, (subject, found)) in answers.enumerated() {
        try Task.checkCancellation()
        if output.json {
          let matches = JSON.array(found.map { $0.json(explaining: explain) })
          try StandardOutput.shared.print(
            JSON(members: [("query", .integer(index))] + subject + [("matches", matches)]))
        } else {
          if answers.count > 1 {
            try StandardOutput.shared.print("\(index > 0 ? "\n" : "")session \(index)\n")
          }
          try StandardOutput.shared.print(try table(found, store).text())
        }
      }
    }

    private func table(_ found: [Recommendation], _ store: Store) throws -> Table {
      var columns: [Table.Column] = [
        .right("rank"), .left("id"), .right("score"), .left("by"), .left("text"),
      ]
      if explain { columns.append(.left("because")) }
      var table = Table(columns)
      table.rows = try store.read { snapshot in
        try found.enumerated().map { rank, item in
          var row = [
            String(rank + 1), item.id, People.fixed(Double(item.score), 4), item.source.rawValue,
            try snapshot.record(.items, item.id)?.text ?? "",
          ]
          if explain {
            row.append(
              item.because.prefix(3).map { "\($0.id) (\(People.fixed(Double($0.contribution), 3)))" }
                .joined(separator: ", "))
          }
          return row
        }
      }
      return table
    }
  }
}

extension Recommendation {
  fileprivate func json(explaining: Bool) -> JSON {
    var members: [(String, JSON)] = [
      ("id", .string(id)), ("score", .float(score + 0)), ("by", .string(source.rawValue)),
    ]
    if explaining {
      members.append(
        (
          "because",
          .array(because.map { ["item": .string($0.id), "contribution": .float($0.contribution + 0)] })
        ))
    }
    return JSON(members: members)
  }
}

/// A file of sessions, one a line.
enum SessionFile {
  /// - Throws: `CommandFailure` with the line's number for a line that is no session.
  static func read(_ file: String) throws -> [[String]] {
    let reader = LineReader(try ByteSource(path: file))
    var sessions: [[String]] = []
    var number = 0
    while let line = try reader.next() {
      number += 1
      guard case .text(let bytes) = line else {
        throw CommandFailure(.badInput, "\(file), line \(number): longer than a session can be")
      }
      let text = String(decoding: bytes, as: UTF8.self)
      guard text.contains(where: { !$0.isWhitespace }) else { continue }
      guard text.first(where: { !$0.isWhitespace }) == "{" else {
        sessions.append(ids(text))
        continue
      }
      guard let items = try? JSONParser.parse(text).object?["session"]?.array else {
        throw CommandFailure(
          .badInput, "\(file), line \(number): not {\"session\":[ids]}; one session a line, oldest first")
      }
      sessions.append(
        try items.map { item in
          guard let id = item.identifier else {
            throw CommandFailure(.badInput, "\(file), line \(number): an id is \(item.kindName), not text")
          }
          return id
        })
    }
    return sessions
  }

  static func ids(_ text: String) -> [String] {
    text.split(separator: ",").map { id in
      var id = id
      while id.first?.isWhitespace ?? false { id.removeFirst() }
      while id.last?.isWhitespace ?? false { id.removeLast() }
      return String(id)
    }
    .filter { !$0.isEmpty }
  }
}
