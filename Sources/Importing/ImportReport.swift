public import Values

/// A column of a file that became an attribute, and what it holds.
public struct ImportedColumn: Sendable, Hashable, Codable {
  /// The attribute's name.
  public var name: String
  /// `number`, `text`, `bool`, `list`, `object`; several of them joined by ` and `; `empty` where no row has a value.
  public var type: String
}

/// What became of the rows of one file.
public struct ImportCounts: Sendable, Hashable, Codable {
  /// Rows read, good and bad.
  public var rows = 0
  /// Records or events that were new or changed.
  public var stored = 0
  /// Records or events that were there already, equal in every field.
  public var unchanged = 0
  /// Rows of an id that an earlier row of the file has: they are part of that record.
  public var merged = 0
  /// Rows left out, by reason. `rows` is `stored` + `unchanged` + `merged` + all of these.
  public var dropped: [String: Int] = [:]
  /// Stored records that the file lacks and that were deleted, with `ImportOptions.replaces`.
  public var deleted = 0
  /// Items that were made because events name them.
  public var newItems = 0
  /// Users that were made because events name them.
  public var newUsers = 0
  /// The attributes that the file's columns became, in their order.
  public var columns: [ImportedColumn] = []
  /// What was done otherwise than the file's names say: columns left out, renamed or guessed.
  public var notes: [String] = []
  /// Names in the row filter that no row of JSON Lines had; a delimited file without them is refused.
  public var unknownNames: [UnknownName] = []
  /// By reason of dropping: the first row of it, and what may help.
  public var hints: [String: String] = [:]
  /// With `ImportOptions.dryRun`, the first records as they would be stored.
  public var firstItems: [Item] = []
  /// Of a dry run: the first users as they would be stored; else none.
  public var firstUsers: [User] = []
  /// With `ImportOptions.dryRun`, the first events as they would be stored.
  public var firstEvents: [Event] = []
}

/// What an import did, or would do, for each kind of record it read.
public struct ImportReport: Sendable, Hashable, Codable {
  /// Of the items.
  public var items: ImportCounts?
  /// Of the users.
  public var users: ImportCounts?
  /// Of the events.
  public var events: ImportCounts?
  /// Whether nothing was stored because only a report was asked for.
  public var isDryRun = false
}
