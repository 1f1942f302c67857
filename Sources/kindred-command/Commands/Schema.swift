import ArgumentParser
import Kindred

extension Command {
  struct Schema: ReadingCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show which attributes there are.",
      usage: "kindred schema <store> [<kind>] [<options>]",
      discussion: """
        For each attribute its type, how many records have it and how many do not, its smallest and largest value, and \
        the bytes that its values take. Of several types the most frequent is named first. Without a kind: items and \
        users.

        Example:
          kindred schema shop.kindred items
        """)

    @OptionGroup var path: StorePath

    @Argument(help: "Whose attributes.")
    var kind: RowKind?

    @OptionGroup var output: RowOutputOptions

    /// Long texts would make every column wide.
    private static let textWidth = 30

    private func shown(_ value: AttributeValue?) -> String {
      value?.text.cut(toWidth: Self.textWidth) ?? "-"
    }

    func run(_ opened: Store) throws {
      let kinds = kind.map { [$0] } ?? [.items, .users]
      let summaries = try opened.read { snapshot in
        try kinds.flatMap { kind in
          try (kind.records.map { try snapshot.schema(of: $0) } ?? snapshot.eventSchema()).map { (kind, $0) }
        }
      }
      var table = Table([
        .whole("of"), .left("name"), .left("type"), .right("values"), .right("nulls"), .left("smallest"),
        .left("largest"), .right("bytes"),
      ])
      table.rows = summaries.map { kind, summary in
        [
          kind.rawValue, summary.name, summary.typeNames.joined(separator: ", "),
          People.count(summary.values),
          People.count(summary.nulls), shown(summary.smallest), shown(summary.largest),
          People.bytes(summary.bytes),
        ]
      }
      try output.print(rows: summaries.map { $1.json(of: $0) }, table: table, whenEmpty: "no attributes yet")
    }
  }
}

extension AttributeSummary {
  /// The types that values have, the most frequent first.
  fileprivate var typeNames: [String] {
    types.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.map(\.key.rawValue)
  }

  fileprivate func json(of kind: RowKind) -> JSON {
    JSON(members: [
      ("of", .string(kind.rawValue)), ("name", .string(name)),
      ("type", typeNames.count > 1 ? .string("mixed") : JSON(typeNames.first)),
      ("types", JSON(members: typeNames.map { ($0, JSON(ValueType(rawValue: $0).flatMap { types[$0] })) })),
      ("values", .integer(values)), ("nulls", .integer(nulls)),
      ("smallest", smallest?.json ?? .null), ("largest", largest?.json ?? .null), ("bytes", .integer(bytes)),
    ])
  }
}
