import Values
import Basics

/// What a column of a delimited file, or a key of a JSON row, becomes. A class, since each value of each row looks at
/// it.
final class AttributeTarget {
  /// The attribute's name.
  let name: String
  /// The type that was stated for it.
  let type: ImportOptions.StatedType?
  /// What separates its elements, where it is a list.
  let separator: String?
  /// Its place in the order in which attributes were found.
  let number: Int
  /// Whether a JSON value is the attribute as it stands, and a field what its column's type makes of it.
  let isTakenAsItIs: Bool

  init(
    name: String, type: ImportOptions.StatedType?, separator: String?, number: Int, decodesHTML: Bool
  ) {
    self.name = name
    self.type = type
    self.separator = separator
    self.number = number
    isTakenAsItIs = type == nil && separator == nil && !decodesHTML
  }
}

/// Decides which attributes the columns of a file become, by the map and by the options that name columns.
///
/// `only`, `except`, `types` and `lists` name an attribute as the map calls it, or else a column of the file.
struct AttributePlan {
  private let map: ByName<String>
  private let textColumns: [String]
  private let options: ImportOptions
  /// Attributes found so far, in order.
  private(set) var names: [String] = []
  private var numbers: [ExactString: Int] = [:]
  /// Names that options have and that nothing in the file had so far.
  private(set) var unmet: Set<ExactString>
  /// Columns seen while a name was unmet, for a hint at what it may have meant.
  private(set) var seenColumns: [String] = []
  private static let mostSeenColumns = 1_000
  /// What is done otherwise than the file's names say.
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - map: which column holds which field.
  ///   - textColumns: the columns that the text is taken from, and nothing else.
  init(map: ByName<String>, textColumns: [String], options: ImportOptions) {
    self.map = map
    self.textColumns = textColumns
    self.options = options
    let named = (options.only ?? []) + options.except + options.types.names + options.lists.names
    unmet = Set(named.filter { $0 != "id" && $0 != "text" }.map { ExactString($0) })
  }

  static func isValidName(_ name: String) -> Bool {
    (1...Limits.attributeNameBytes).contains(name.utf8.count)
  }

  /// What `column` becomes: the fields that are mapped to it, or its own name.
  ///
  /// What is mapped wins over a column that happens to have the attribute's name. A column named `id` or `text` that is
  /// not the id or text becomes `id_` or `text_`: an attribute of that name would hide the record's own id in an
  /// export.
  /// - Parameter columns: the columns or keys beside it.
  mutating func targets(ofColumn column: String, among columns: [String]) -> [AttributeTarget] {
    if !unmet.isEmpty {
      unmet.remove(ExactString(column))
      if seenColumns.count < Self.mostSeenColumns, !seenColumns.contains(where: { $0.isExactly(column) }) {
        seenColumns.append(column)
      }
    }
    return attributes(ofColumn: column, among: columns).compactMap { name in
      if !unmet.isEmpty { unmet.remove(ExactString(name)) }
      guard isWanted(name, column) else { return nil }
      let number = numbers[ExactString(name)] ?? names.count
      if number == names.count {
        names.append(name)
        numbers[ExactString(name)] = number
      }
      return AttributeTarget(
        name: name, type: value(options.types, name, column), separator: value(options.lists, name, column),
        number: number, decodesHTML: options.decodesHTML)
    }
  }

  private mutating func attributes(ofColumn column: String, among columns: [String]) -> [String] {
    let mapped = map.names.filter { field in
      field != "id" && field != "text" && map[field].map { $0.isExactly(column) } ?? false
    }
    if !mapped.isEmpty { return mapped }
    if (map["id"] ?? "id").isExactly(column) { return [] }
    if textColumns.contains(where: { $0.isExactly(column) }) { return [] }
    let taken = column == "text" ? textColumns.joined(separator: "+") : map[column]
    guard let taken, !taken.isEmpty else { return [column] }
    if column != "id", column != "text" {
      note("column \"\(column)\" is left out: --map takes \(column) from \"\(taken)\"")
      return []
    }
    let free = Attributes.freeName(for: column) { name in
      columns.contains { $0.isExactly(name) } || map[name] != nil
    }
    note("column \"\(column)\" is stored as \(free): --map takes \(column) from \"\(taken)\"")
    return [free]
  }

  private mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  private func isWanted(_ name: String, _ column: String) -> Bool {
    if let only = options.only { return only.contains { isNamed($0, name, column) } }
    return !options.except.contains { isNamed($0, name, column) }
  }

  /// Whether an option's name means the attribute `name` of `column`; a mapped field is never a column's name too.
  private func isNamed(_ given: String, _ name: String, _ column: String) -> Bool {
    given.isExactly(name) || given.isExactly(column) && map[given] == nil
  }

  private func value<Value>(_ values: ByName<Value>, _ name: String, _ column: String) -> Value? {
    if values.isEmpty { return nil }
    return values[name] ?? (map[column] == nil ? values[column] : nil)
  }
}
