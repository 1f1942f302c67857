import Filters

/// Names that shops' exports use for the fields that are needed.
///
/// A field that is needed and that no column is named after is taken from the one column with a usual name, and the
/// report says so; where there are several, or none, nothing is guessed.
enum UsualNames {
  /// Compared without letter case, blanks, `_`, `-` and `.`.
  private static let names: [String: [String]] = [
    "items.id": ["itemid", "productid", "sku", "stockcode"],
    "users.id": ["userid", "customerid"],
    "items.text": ["title", "name"],
    "users.text": [],
    "events.user": ["userid", "customerid"],
    "events.item": ["itemid", "productid", "sku", "stockcode"],
    "events.time": ["timestamp", "date", "datetime", "createdat", "eventtime"],
    "events.kind": ["event", "eventtype", "type", "action"],
    "events.session": ["sessionid", "usersession"],
    "events.value": ["quantity", "rating"],
  ]

  /// Beginnings of names that such columns have too. They are suggested and never taken: an `item` may be a title as
  /// well.
  private static let beginnings: [String: [String]] = [
    "items.id": ["item", "product", "article"],
    "users.id": ["user", "customer", "member", "visitor"],
    "events.user": ["user", "customer", "member", "visitor"],
    "events.item": ["item", "product", "article"],
    "events.time": ["time", "date", "created"],
  ]

  /// The columns that may hold a field: its own name in another letter case, else usual names.
  /// - Parameters:
  ///   - records: `items`, `users` or `events`.
  ///   - taken: columns that the map uses for something else.
  static func candidates(for field: String, of records: String, among columns: [String], taken: [String])
    -> [String]
  {
    let free = columns.filter { column in !taken.contains { $0.isExactly(column) } }
    let own = free.filter { plain($0) == field }
    if !own.isEmpty { return own }
    let usual = names["\(records).\(field)"] ?? []
    return free.filter { usual.contains(plain($0)) }
  }

  private static func plain(_ name: String) -> String {
    String(name.prefix(100).lowercased().filter { !" _-.".contains($0) })
  }

  /// What the command's map takes: quoted where a blank or a comma stands in the name.
  static func mapping(_ field: String, _ column: String) -> String {
    let isPlain = column.utf8.allSatisfy { byte in
      byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    return isPlain ? "--map \(field)=\(column)" : "--map '\(field)=\"\(column)\"'"
  }

  /// What to do about a field that no column is named after, in words.
  /// - Parameter columns: of a delimited file, or the keys of a JSON row.
  static func advice(for field: String, of records: String, among columns: [String], taken: [String])
    -> String
  {
    var likely = candidates(for: field, of: records, among: columns, taken: taken)
    if likely.isEmpty {
      let words = beginnings["\(records).\(field)"] ?? []
      likely = columns.filter { column in
        !taken.contains { $0.isExactly(column) } && words.contains { plain(column).hasPrefix($0) }
      }
    }
    if likely.isEmpty { likely = NearestNames.nearest(to: field, among: columns) }
    if !likely.isEmpty {
      return "did you mean \(likely.prefix(3).map { mapping(field, $0) }.joined(separator: " or "))?"
    }
    if let delimiter = otherDelimiter(in: columns) {
      return "if '\(delimiter)' separates the columns, say so with --delimiter '\(delimiter)'"
    }
    return "name it with --map \(field)=Column"
  }

  /// A character within the names that may be what really separates them.
  static func otherDelimiter(in columns: [String]) -> Character? {
    let counts = [";", "|", "\t", ":", "^", "~"].map { (mark: Character) in
      (mark: mark, count: columns.reduce(0) { $0 + $1.prefix(1_000).filter { $0 == mark }.count })
    }
    let most = counts.max { $0.count < $1.count }
    return most.flatMap { $0.count > 0 ? $0.mark : nil }
  }
}
