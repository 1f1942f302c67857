import Kindred

/// Prints the answers of `query`.
struct QueryPrinter {
  let output: RowOutputOptions
  let answers: AnswerOptions
  let answer: QueryAnswer

  /// Whether the records' texts are shown, which are then to be looked up.
  static func showsTexts(_ output: RowOutputOptions, _ answers: AnswerOptions) -> Bool {
    !output.json && answers.fields == nil
  }

  func show() throws {
    switch output.format {
    case .json: try showJSON()
    case .csv: try showCSV()
    case .table, .markdown: try showTables()
    }
    if answer.matches.allSatisfy(\.isEmpty) { try output.note(answers.nothingFound) }
  }

  private func showJSON() throws {
    for (query, matches) in answer.matches.enumerated() {
      try StandardOutput.shared.print([
        "query": .integer(query),
        "matches": .array(matches.map { answers.adding($0.record, to: $0.json) }),
      ])
    }
  }

  private func showCSV() throws {
    let isOne = answer.matches.count == 1
    let own = (isOne ? [] : ["query"]) + ["rank", "id", "score", "distance"]
    var rows = CSVRows(columns: own + answers.columns(besides: own))
    for (query, matches) in answer.matches.enumerated() {
      for (place, match) in matches.enumerated() {
        var row: [JSON] = isOne ? [] : [.integer(query)]
        row.append(.integer(answers.offset + place + 1))
        for key in ["id", "score", "distance"] { row.append(match.json.member(key) ?? .null) }
        if let fields = answers.fieldNames {
          for field in fields { row.append(match.record?.field(field)?.json ?? .null) }
        } else {
          row.append(JSON(answer.text(ofQuery: query, place)))
        }
        rows.append(row)
      }
    }
    try StandardOutput.shared.write(rows.take())
  }

  private func showTables() throws {
    for query in answer.matches.indices {
      if answer.matches.count > 1 {
        let heading = "\(query > 0 ? "\n" : "")query \(query)\n"
        try StandardOutput.shared.print(output.format == .markdown ? heading + "\n" : heading)
      }
      try output.print(
        answer.table(
          ofQuery: query, fields: answers.fieldNames, offset: answers.offset,
          isWhole: output.format == .markdown))
    }
  }
}

extension AnswerOptions {
  /// The columns that the records take in a table; a field that is called as a column of the answer's own gets a name
  /// of its own.
  func columns(besides own: [String]) -> [String] {
    (fieldNames ?? ["text"]).map { own.contains($0) ? "fields.\($0)" : $0 }
  }

  /// What stands in place of an empty answer.
  var nothingFound: String {
    var conditions: [String] = []
    if offset > 0 { conditions.append("behind --offset \(offset)") }
    if let minScore { conditions.append("with a score of at least \(minScore)") }
    return (["no matches"] + conditions).joined(separator: " ")
  }
}
