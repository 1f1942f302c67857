/// The files to import, any of them; `-` is standard input.
public struct ImportFiles: Sendable, Hashable {
  /// Items, one a row.
  public var items: String?
  /// Users, one a row.
  public var users: String?
  /// Events, one a row.
  public var events: String?

  /// Names the files.
  public init(items: String? = nil, users: String? = nil, events: String? = nil) {
    self.items = items
    self.users = users
    self.events = events
  }
}

/// How files are imported.
public struct ImportOptions: Sendable, Hashable {
  /// Which column holds which field: of items and users `id`, `text` and attributes, of events `user`, `item`, `time`,
  /// `kind`, `session` and `value`. A field that is not named here is looked for under its own name.
  public var map: [String: String]
  /// Kind for events without one; `view` when this is nil too.
  public var kind: String?
  /// A filter over the file's own columns: only rows that pass are kept.
  public var rowsWhere: String?
  /// A file for the dropped rows, one JSON object a line: `{"line":…,"reason":…,"row":…}`.
  public var rejects: String?
  /// Stores nothing unless every row is good.
  public var strict: Bool
  /// `jsonl`, `csv` or `tsv`, where the file's name does not tell.
  public var format: String?

  /// Makes options.
  public init(
    map: [String: String] = [:], kind: String? = nil, rowsWhere: String? = nil, rejects: String? = nil,
    strict: Bool = false, format: String? = nil
  ) {
    self.map = map
    self.kind = kind
    self.rowsWhere = rowsWhere
    self.rejects = rejects
    self.strict = strict
    self.format = format
  }
}

/// What became of the rows of one file.
public struct ImportCounts: Sendable, Hashable {
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
  /// What was done otherwise than the file's names say: columns left out or renamed.
  public var notes: [String] = []
  /// Names in the row filter that no row of JSON Lines had; a delimited file without them is refused.
  public var unknownNames: [UnknownName] = []
}

/// What an import did, for each kind of record it read.
public struct ImportReport: Sendable, Hashable {
  /// Of the items.
  public var items: ImportCounts?
  /// Of the users.
  public var users: ImportCounts?
  /// Of the events.
  public var events: ImportCounts?
}
