import Interchange

/// Rows of JSON values as CSV: texts as they are, null as an empty field, lists and objects as JSON.
struct CSVRows {
  private var writer = DelimitedWriter(.csv)

  /// Begins with the header line.
  init(columns: [String]) { writer.row(columns) }

  /// Appends a row, a value for each column.
  mutating func append(_ values: [JSON]) { writer.row(values.map(\.cell)) }

  /// What was added since the last call.
  mutating func take() -> [UInt8] { writer.take() }

  /// A whole document of objects. Their keys, in the order in which they first come, are the columns; without a row
  /// there are none.
  static func text(of objects: [JSON]) -> [UInt8] {
    let columns = columns(of: objects)
    guard !columns.isEmpty else { return [] }
    var rows = CSVRows(columns: columns)
    for object in objects { rows.append(columns.map { object.member($0) ?? .null }) }
    return rows.take()
  }

  /// All keys of objects, in the order in which they first come.
  static func columns(of objects: [JSON]) -> [String] {
    var columns: [String] = []
    var known: Set<[UInt8]> = []
    for case .object(let object) in objects {
      for member in object.members where known.insert(Array(member.key.utf8)).inserted {
        columns.append(member.key)
      }
    }
    return columns
  }
}

extension Table {
  /// Objects as rows, their keys the columns.
  init(of objects: [JSON]) {
    let keys = CSVRows.columns(of: objects)
    let cells = objects.map { object in keys.map { object.member($0) ?? .null } }
    self.init(
      keys.indices.map { column in
        cells.allSatisfy { $0[column].isNumberOrNull } ? .right(keys[column]) : .left(keys[column])
      })
    rows = cells.map { $0.map(\.cell) }
  }
}

extension JSON {
  fileprivate var isNumberOrNull: Bool {
    switch self {
    case .null, .number: true
    case .bool, .string, .array, .object: false
    }
  }

  /// The value of a key of an object; nil where there is none.
  func member(_ key: String) -> JSON? {
    object?[key]
  }

  /// The value as the field of a delimited table.
  var cell: String {
    switch self {
    case .null: ""
    case .string(let text): text
    default: text
    }
  }

  /// The document as names and values: what is nested is named by the way to it, as `spaces.content.count`.
  func pairs(under prefix: String = "") -> [(name: String, value: JSON)] {
    switch self {
    case .object(let object):
      object.members.flatMap { $0.value.pairs(under: prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    case .array(let elements) where !elements.isEmpty:
      elements.enumerated().flatMap { index, element in
        let name = if case .string(let name)? = element.member("name") { name } else { String(index) }
        return element.pairs(under: prefix.isEmpty ? name : "\(prefix).\(name)")
      }
    default: [(prefix, self)]
    }
  }
}
