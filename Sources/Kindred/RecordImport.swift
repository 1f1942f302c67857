import Engine
import Filters
import Interchange
import Records

/// Gathers the rows of one file of items or users: of several rows for one id the last non-empty value of each field
/// wins, and against what is stored already the file wins.
final class RecordImport {
  private let kind: EntityKind
  private let reader: RowReader
  private let idColumn: RecordColumn?
  private let textColumn: RecordColumn?
  private let map: [String: String]
  /// The attributes that each column of a delimited file, or key of the JSON row at hand, becomes; none for id and text.
  private var attributeNames: [[String]] = []
  /// Whether a column of a delimited file becomes any attribute.
  private var isKept: [Bool] = []
  private var types: [ColumnType]
  /// The keys of the JSON row at hand whose attributes are found; nil where they must be found again for the next.
  private var keys: [String?] = []
  private var positions: [ExactString: Int] = [:]
  private var gathered: [GatheredRecord] = []
  /// Ids of the last slice whose merged records are larger than a stored one may be.
  private var tooLarge: [String] = []

  init(_ kind: EntityKind, _ reader: RowReader, _ map: [String: String]) throws {
    self.kind = kind
    self.reader = reader
    self.map = map
    types = Array(repeating: ColumnType(), count: reader.columnNames?.count ?? 0)
    idColumn = try reader.column("id", map)
    textColumn = try reader.column("text", map)
    if idColumn == nil {
      throw StoreError(
        code: .badInput,
        message:
          "no column \"id\" in \(reader.columnNames?.joined(separator: ", ") ?? ""); name it with --map id=Column"
      )
    }
    for field in map.keys where field != "id" && field != "text" { _ = try reader.column(field, map) }
    let columns = reader.columnNames ?? []
    attributeNames = columns.map { attributes(ofColumn: $0, among: columns) }
    isKept = attributeNames.map { !$0.isEmpty }
    for name in attributeNames.joined() where !Self.isValidName(name) {
      throw StoreError(
        code: .badInput,
        message:
          "attribute names have 1 to 100 bytes; column \"\(name.prefix(40))\" has \(name.utf8.count), "
          + "give it another with --map name=Column")
    }
  }

  private static func isValidName(_ name: String) -> Bool { (1...100).contains(name.utf8.count) }

  private func isColumn(_ column: String, of field: String) -> Bool {
    column.isExactly(map[field] ?? field)
  }

  /// The attributes that a column or key becomes: the fields that are mapped to it, or its own name.
  ///
  /// What is mapped wins over a column that happens to have the attribute's name. A column named `id` or `text` that is
  /// not the id or text becomes `id_` or `text_`: an attribute of that name would hide the record's own id in an export.
  /// - Parameter names: the columns or keys beside it.
  private func attributes(ofColumn column: String, among names: [String]) -> [String] {
    let mapped = map.keys.filter { $0 != "id" && $0 != "text" && isColumn(column, of: $0) }.sorted()
    if !mapped.isEmpty { return mapped }
    if isColumn(column, of: "id") || isColumn(column, of: "text") { return [] }
    if map[column] != nil {
      if column != "id", column != "text" {
        reader.note("column \"\(column)\" is left out: --map takes \(column) from \"\(map[column] ?? "")\"")
        return []
      }
      var free = column + "_"
      while names.contains(where: { $0.isExactly(free) }) || map[free] != nil { free += "_" }
      reader.note(
        "column \"\(column)\" is stored as \(free): --map takes \(column) from \"\(map[column] ?? "")\"")
      return [free]
    }
    return [column]
  }

  /// Reads the whole file into memory, one entry for each id.
  func read() throws {
    guard let idColumn else { return }
    try reader.forEach { row in
      guard let id = row.cell(idColumn).identifier else { return "no id" }
      guard EntityID.isValid(id) else { return "bad id" }
      if let textColumn, row.cell(textColumn).isNested { return "bad text" }
      guard findAttributes(of: row) else { return "bad attribute name" }
      let position = positions[ExactString(id)] ?? gathered.count
      if position == gathered.count {
        positions[ExactString(id)] = position
        gathered.append(GatheredRecord(id: id, columnCount: types.count))
        if types.isEmpty { gathered[position].attributes.reserveCapacity(row.fieldCount) }
      } else {
        reader.countMerged()
      }
      add(row, to: gathered[position])
      return nil
    }
    for record in gathered {
      for (index, field) in record.fields.enumerated() {
        guard var field else { continue }
        field.withUTF8 { types[index].see(UnsafeRawBufferPointer($0)) }
      }
    }
  }

  /// Finds what each key of a JSON row becomes; the columns of a delimited file are known.
  /// - Returns: false where a name cannot be an attribute's.
  private func findAttributes(of row: Interchange.Record) -> Bool {
    guard reader.columnNames == nil else { return true }
    for index in 0..<row.fieldCount {
      if index == keys.count {
        keys.append(nil)
        attributeNames.append([])
      }
      let key = row.name(at: index)
      // Most rows have the keys of the one before, in their order.
      if let known = keys[index], known.isExactly(key) { continue }
      keys[index] = nil
      attributeNames[index] = []
      if row.cell(at: index).isEmpty { continue }
      let found = attributes(ofColumn: key, among: (0..<row.fieldCount).map { row.name(at: $0) })
      guard found.allSatisfy(Self.isValidName) else { return false }
      attributeNames[index] = found
      // The name that is given in place of these two depends on the row's other keys.
      if key != "id", key != "text" { keys[index] = key }
    }
    return true
  }

  private func add(_ row: Interchange.Record, to record: GatheredRecord) {
    if let textColumn {
      row.cell(textColumn).withText { if !$0.isEmpty { record.setText($0) } }
    }
    for index in 0..<row.fieldCount {
      switch row.cell(at: index) {
      case .text(let bytes):
        if !bytes.isEmpty, isKept[index] { record.set(index, bytes) }
      case .json(let value) where !row.cell(at: index).isEmpty:
        for attribute in attributeNames[index] { record.attributes[attribute] = AttributeValue(value) }
      case .json, .missing: continue
      }
    }
  }

  /// Stores what was gathered, `sliceCount` records in a transaction.
  func store(_ engine: StorageEngine, sliceCount: Int) throws {
    for first in stride(from: 0, to: gathered.count, by: sliceCount) {
      try Task.checkCancellation()
      let slice = gathered[first..<min(gathered.count, first + sliceCount)]
      let (stored, unchanged) = try engine.write { writer in try store(slice, writer) }.result
      reader.count(stored: stored, unchanged: unchanged)
      for id in tooLarge {
        reader.countDropped("record too large")
        reader.note("\(id.prefix(60)): the record would have more than 16 MiB")
      }
    }
  }

  /// Stores what was gathered in the transaction at hand.
  func store(_ writer: Writer) throws {
    let (stored, unchanged) = try store(gathered[...], writer)
    if let id = tooLarge.first {
      throw StoreError(
        code: .badInput,
        message: "strict: the record of \"\(id)\" would have more than 16 MiB; nothing was stored")
    }
    reader.count(stored: stored, unchanged: unchanged)
  }

  private func store(_ slice: ArraySlice<GatheredRecord>, _ writer: Writer) throws -> (
    stored: Int, unchanged: Int
  ) {
    var (stored, unchanged) = (0, 0)
    tooLarge = []
    for record in slice {
      var merged = try writer.entity(record.id, kind) ?? EntityRecord(id: record.id)
      if let text = record.text { merged.text = text }
      let values = record.values(attributeNames, types)
      if merged.attributes.isEmpty { merged.attributes = values } else { merged.attributes.merge(values) }
      guard Writer.canHold(merged) else {
        tooLarge.append(record.id)
        continue
      }
      switch try writer.upsert(merged, kind) {
      case .stored: stored += 1
      case .unchanged: unchanged += 1
      }
    }
    return (stored, unchanged)
  }
}

/// What the rows read so far say of one record.
private final class GatheredRecord {
  let id: String
  private(set) var text: String?
  /// The last non-empty field of each column of a delimited file.
  private(set) var fields: [String?]
  /// The attributes of JSON rows.
  var attributes = Attributes()

  init(id: String, columnCount: Int) {
    self.id = id
    fields = Array(repeating: nil, count: columnCount)
  }

  /// Most rows repeat what the last one said: a string is only made for a new value.
  func set(_ column: Int, _ bytes: UnsafeRawBufferPointer) {
    if let known = fields[column], known.hasBytes(bytes) { return }
    fields[column] = String(decoding: bytes, as: UTF8.self)
  }

  func setText(_ bytes: UnsafeRawBufferPointer) {
    if let text, text.hasBytes(bytes) { return }
    text = String(decoding: bytes, as: UTF8.self)
  }

  func values(_ names: [[String]], _ types: [ColumnType]) -> Attributes {
    var values = attributes
    for (index, field) in fields.enumerated() {
      guard let field else { continue }
      for name in names[index] { values[name] = types[index].value(of: field) }
    }
    return values
  }
}

extension String {
  fileprivate func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    utf8.count == bytes.count && utf8.elementsEqual(bytes)
  }
}
