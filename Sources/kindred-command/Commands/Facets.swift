import ArgumentParser
import Kindred

extension Command {
  struct Facets: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Count the values of an attribute.",
      usage: "kindred facets <store> [<kind>] --field <name> [<options>]",
      discussion: """
        Texts and truth values are counted each, numbers by ranges where there are more different ones than -n; of \
        a list each element counts. JSON has a line for each --field.

        Examples:
          kindred facets shop.kindred --field category --where 'price < 30'
          kindred facets shop.kindred events --field kind
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Whose values.")
    var kind = RowKind.items

    @Option(help: ArgumentHelp("The attribute; may be repeated.", valueName: "name"))
    var field: [String]

    @OptionGroup var rows: RowFilterOptions

    @Option(name: .customShort("n"), help: "How many values, the most frequent ones.")
    var limit = 20

    @OptionGroup var output: RowOutputOptions

    func validate() throws {
      try require("-n", limit)
    }

    func run(_ opened: Store) throws {
      let (facets, unknown) = try opened.read { snapshot in
        let facets = try field.map { field in
          if let records = kind.records {
            try snapshot.facet(records, field: field, where: rows.filter, limit: limit)
          } else {
            try snapshot.eventFacet(field: field, where: rows.filter, limit: limit)
          }
        }
        return (facets, try rows.noteUnknownNames(snapshot, kind))
      }
      switch output.format {
      case .json: for facet in facets { try StandardOutput.shared.print(facet.json) }
      case .csv: try StandardOutput.shared.write(CSVRows.text(of: facets.flatMap(\.rows)))
      case .table, .markdown:
        for (place, facet) in facets.enumerated() {
          if place > 0 { try StandardOutput.shared.print("\n") }
          try output.print(facet.table)
          try output.note(facet.people(kind))
        }
      }
      try output.note(unknown)
    }
  }
}

extension Facet {
  fileprivate var json: JSON {
    JSON(members: [
      ("field", .string(field)), ("total", .integer(total)), ("nulls", .integer(missing)),
      ("distinct", JSON(distinct)),
      ("values", .array(values.map { ["value": $0.value.json, "count": .integer($0.count)] })),
      ("smallest", JSON(smallest)), ("largest", JSON(largest)),
      (
        "ranges",
        .array(
          ranges.map { ["from": .number($0.lower), "to": .number($0.upper), "count": .integer($0.count)] })
      ),
    ])
  }

  /// A row for each value, then for each range.
  fileprivate var rows: [JSON] {
    values.map {
      [
        "field": .string(field), "value": $0.value.json, "from": .null, "to": .null,
        "count": .integer($0.count),
      ]
    }
      + ranges.map {
        [
          "field": .string(field), "value": .null, "from": .number($0.lower), "to": .number($0.upper),
          "count": .integer($0.count),
        ]
      }
  }

  fileprivate var table: Table {
    var table = Table([.left(field), .right("count"), .right("share")])
    func add(_ name: String, _ count: Int) {
      table.rows.append([
        name, People.count(count), People.fixed(100 * Double(count) / Double(max(1, total)), 1) + " %",
      ])
    }
    for value in values { add(value.value.text, value.count) }
    for (place, range) in ranges.enumerated() {
      let end = place == ranges.count - 1 ? "to" : "to below"
      add("\(JSON.number(range.lower).text) \(end) \(JSON.number(range.upper).text)", range.count)
    }
    return table
  }

  /// What the table leaves out.
  fileprivate func people(_ kind: RowKind) -> String {
    var parts = ["\(People.count(total)) \(kind.rawValue)"]
    if missing > 0 { parts.append("\(People.count(missing)) without \(field)") }
    if let distinct, distinct > values.count {
      parts.append("\(People.count(distinct - values.count)) more values; -n shows more")
    }
    return parts.joined(separator: ", ")
  }
}
