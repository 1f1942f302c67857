public import Filters
public import Values

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
///
/// Columns that become attributes are named by the attribute, as `map` names it, or by the column of the file.
public struct ImportOptions: Sendable, Hashable {
  /// A type that is stated for a column.
  public enum StatedType: String, Sendable, Hashable, CaseIterable {
    /// The text of the file, digits included.
    case text
    /// A number; a row with anything else is dropped.
    case number
  }

  /// Which column holds which field: of items and users `id`, `text` and attributes, of events `user`, `item`, `time`,
  /// `kind`, `session` and `value`. A field that is not named here is looked for under its own name.
  public var map: ByName<String>
  /// The columns whose contents, joined by blanks, are the text; empty for the one of `map`.
  public var textColumns: [String]
  /// The columns that become attributes; nil for all.
  public var only: [String]?
  /// The columns that do not become attributes.
  public var except: [String]
  /// Types of columns that are stated; the others are decided by what the columns hold.
  public var types: ByName<StatedType>
  /// Columns that hold lists, with what separates the elements.
  public var lists: ByName<String>
  /// How numbers are written, by example, such as `1.234,56`; nil for digits and a point.
  public var numberFormat: String?
  /// Turns `&amp;` and other entities of HTML in texts into the characters they stand for.
  public var decodesHTML: Bool
  /// The kind of events that name none; `view` when this is nil too.
  public var kind: String?
  /// A filter over the file's own columns: only rows that pass are kept.
  public var rowsWhere: Filter?
  /// A file for the dropped rows, one JSON object a line: `{"line":…,"reason":…,"row":…}`.
  public var rejects: String?
  /// Stores nothing unless every row is good.
  public var strict: Bool
  /// Takes away a stored value where the file has null or an empty cell.
  public var clearsMissing: Bool
  /// The file is all there is: a record becomes what the file says of it, and records that the file lacks are deleted,
  /// all in one transaction. A record whose row was dropped as bad stays as it is.
  public var replaces: Bool
  /// Reads everything and reports what would be done, and stores nothing; a store that was opened for reading will do.
  public var dryRun: Bool
  /// Texts become vectors of the spaces that have a text encoder; else those that change are left without.
  public var embedsTexts: Bool
  /// `json`, `jsonl`, `csv` or `tsv`, where the file's name does not say.
  public var format: String?
  /// What separates the fields of delimited files: one ASCII character, or `tab`.
  public var delimiter: String?
  /// `utf-8`, `utf-16`, `latin-1`, `windows-1252` …; nil for UTF-8, or UTF-16 by its byte order mark.
  public var encoding: String?

  /// Makes options.
  public init(
    map: ByName<String> = [:], kind: String? = nil, rowsWhere: Filter? = nil, rejects: String? = nil,
    strict: Bool = false, format: String? = nil, textColumns: [String] = [], only: [String]? = nil,
    except: [String] = [], types: ByName<StatedType> = [:], lists: ByName<String> = [:],
    numberFormat: String? = nil, decodesHTML: Bool = false, clearsMissing: Bool = false,
    replaces: Bool = false, dryRun: Bool = false, delimiter: String? = nil, encoding: String? = nil,
    embedsTexts: Bool = true
  ) {
    self.map = map
    self.kind = kind
    self.rowsWhere = rowsWhere
    self.rejects = rejects
    self.strict = strict
    self.format = format
    self.textColumns = textColumns
    self.only = only
    self.except = except
    self.types = types
    self.lists = lists
    self.numberFormat = numberFormat
    self.decodesHTML = decodesHTML
    self.clearsMissing = clearsMissing
    self.replaces = replaces
    self.dryRun = dryRun
    self.embedsTexts = embedsTexts
    self.delimiter = delimiter
    self.encoding = encoding
  }
}
