import ArgumentParser
import Kindred

/// What a store has rows of.
enum RowKind: String, CaseIterable, ExpressibleByArgument {
  case items, users, events

  /// nil for events.
  var records: RecordKind? { RecordKind(rawValue: rawValue) }
}

/// The filter of commands that look through rows.
struct RowFilterOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows that pass this filter, such as 'price < 30'.", valueName: "expression"))
  var filter: Filter?

  /// Says which names of the filter no record has; events have fixed ones, and another name is an error.
  func noteUnknownNames(_ snapshot: borrowing Snapshot, _ kind: RowKind) throws -> [UnknownName] {
    guard let filter, let records = kind.records else { return [] }
    return try snapshot.unknownNames(inFilter: filter, of: records)
  }
}
