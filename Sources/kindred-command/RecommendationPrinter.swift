import Basics
import Kindred

/// Prints the answers of `recommend` one after the other.
struct RecommendationPrinter {
  let output: RowOutputOptions
  let answers: AnswerOptions
  let isExplaining: Bool
  /// Whether one answer was asked for, which needs no number.
  let isOne: Bool
  private var count = 0
  private var isEmpty = true
  private var hasReasons = false
  private var unknown: Set<ExactString> = []
  private var unknownUsers: [String] = []
  private var csv: CSVRows?

  init(output: RowOutputOptions, answers: AnswerOptions, isExplaining: Bool, isOne: Bool) {
    self.output = output
    self.answers = answers
    self.isExplaining = isExplaining
    self.isOne = isOne
  }

  /// Ids of sessions that the store does not know.
  mutating func add(unknown ids: [String]) { unknown.formUnion(ids.map { ExactString($0) }) }

  /// A user that the store does not know.
  mutating func add(unknownUser id: String) { unknownUsers.append(id) }

  /// - Parameter subject: whom or what the answer is to.
  mutating func show(_ subject: (name: String, value: JSON), _ found: [Recommendation]) throws {
    try Task.checkCancellation()
    switch output.format {
    case .json:
      let matches = found.map { answers.adding($0.record, to: $0.json(explaining: isExplaining)) }
      try StandardOutput.shared.print(
        JSON(members: [("query", .integer(count)), subject, ("matches", .array(matches))]))
    case .csv: try showCSV(subject, found)
    case .table, .markdown:
      if !isOne {
        let title = if case .string(let name) = subject.value { name } else { String(count) }
        let heading = "\(count > 0 ? "\n" : "")\(subject.name) \(Table.printable(title))\n"
        try StandardOutput.shared.print(output.format == .markdown ? heading + "\n" : heading)
      }
      try output.print(table(found))
    }
    count += 1
    isEmpty = isEmpty && found.isEmpty
    hasReasons = hasReasons || found.contains { !$0.because.isEmpty }
  }

  private mutating func showCSV(
    _ subject: (name: String, value: JSON), _ found: [Recommendation]
  ) throws {
    let own = (isOne ? [] : ["query", subject.name]) + ["rank", "id", "score", "by"]
    var rows =
      csv
      ?? CSVRows(columns: own + answers.columns(besides: own) + (isExplaining ? ["because"] : []))
    for (place, item) in found.enumerated() {
      let match = item.json(explaining: isExplaining)
      var row: [JSON] = isOne ? [] : [.integer(count), subject.value]
      row.append(.integer(answers.offset + place + 1))
      for key in ["id", "score", "by"] { row.append(match.member(key) ?? .null) }
      for field in answers.fieldNames ?? ["text"] { row.append(item.record?.field(field)?.json ?? .null) }
      if isExplaining { row.append(match.member("because") ?? .null) }
      rows.append(row)
    }
    try StandardOutput.shared.write(rows.take())
    csv = rows
  }

  /// Says on standard error which ids nobody knows, and that nothing was found.
  /// - Parameter isServed: whether a model serves; where none does, another note says that all answers are what is
  ///   popular.
  func noteWhatIsMissing(isServed: Bool) throws {
    if !unknown.isEmpty, !output.quiet {
      try StandardError.warn(
        "the store has no \(Self.named("item", unknown.sorted().map(\.value))); sessions are read without")
    }
    if !unknownUsers.isEmpty, !output.quiet {
      try StandardError.warn(
        "the store has no \(Self.named("user", unknownUsers))"
          + (isServed ? "; the answer is as for somebody without events" : ""))
    }
    if count > 0, isEmpty { try output.note(answers.nothingFound) }
    if isExplaining, !isEmpty, !hasReasons {
      try output.note("no item of a history was taken with these by at least three other users")
    }
  }

  /// `item 'a'`, or `items 'a', 'b', 'c' and 4 more`.
  private static func named(_ noun: String, _ ids: [String]) -> String {
    let shown = ids.prefix(3).map { "'\(Table.printable($0))'" }.joined(separator: ", ")
    let rest = ids.count > 3 ? " and \(ids.count - 3) more" : ""
    return "\(noun)\(ids.count == 1 ? "" : "s") \(shown)\(rest)"
  }

  private func table(_ found: [Recommendation]) -> Table {
    let fields = answers.fieldNames ?? ["text"]
    var columns: [Table.Column] = [.right("rank"), .whole("id"), .right("score"), .left("by")]
    columns += fields.map { .left($0) }
    var table = Table(columns)
    table.rows = found.enumerated().map { rank, item in
      [String(answers.offset + rank + 1), item.id, People.fixed(Double(item.score), 4), item.source.rawValue]
        + fields.map { item.record?.field($0)?.text ?? (answers.fields == nil ? "" : "-") }
    }
    if isExplaining { table.details = found.map { $0.because.map(\.detail) } }
    return table
  }
}

extension Recommendation.Contribution {
  /// The reason for people, in parts: what may be cut where a line is too long stands in the middle.
  fileprivate var detail: Table.Detail {
    let users = users.flatMap { users in
      ofUsers.map { " (\(People.count(users)) of \(People.count($0, "user")) took both)" }
    }
    return Table.Detail(before: "because of ", title: text ?? id, after: users ?? " (in the history already)")
  }

  fileprivate var json: JSON {
    var members: [(String, JSON)] = [("item", .string(id))]
    if let text { members.append(("text", .string(text))) }
    members.append(("contribution", .float(contribution)))
    if let users { members.append(("users", .integer(users))) }
    if let ofUsers { members.append(("ofUsers", .integer(ofUsers))) }
    return JSON(members: members)
  }
}

extension Recommendation {
  fileprivate func json(explaining: Bool) -> JSON {
    var members: [(String, JSON)] = [
      ("id", .string(id)), ("score", .float(score + 0)), ("by", .string(source.rawValue)),
    ]
    if explaining { members.append(("because", .array(because.map(\.json)))) }
    return JSON(members: members)
  }
}
