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
  /// The attribute that each column of a delimited file becomes; nil for id and text.
  private var attributeNames: [String?] = []
  private var positions: [ExactString: Int] = [:]
  private var gathered: [GatheredRecord] = []

  init(_ kind: EntityKind, _ reader: RowReader, _ map: [String: String]) throws {
    self.kind = kind
    self.reader = reader
    self.map = map
    idColumn = try reader.column("id", map)
    textColumn = try reader.column("text", map)
    if idColumn == nil {
      throw StoreError(
        code: .badInput,
        message:
          "no column \"id\" in \(reader.columnNames?.joined(separator: ", ") ?? ""); name it with map id=Column"
      )
    }
    for field in map.keys where field != "id" && field != "text" { _ = try reader.column(field, map) }
    attributeNames = (reader.columnNames ?? []).map { attribute(ofColumn: $0) }
  }

  /// The attribute a column becomes: the field it is mapped to, or its own name.
  private func attribute(ofColumn column: String) -> String? {
    if column == (map["id"] ?? "id") || column == (map["text"] ?? "text") { return nil }
    return map.first { $0.value == column && $0.key != "id" && $0.key != "text" }?.key ?? column
  }

  /// Reads the whole file into memory, one entry for each id.
  func read() throws {
    guard let idColumn else { return }
    try reader.forEach { row in
      guard let id = row.cell(idColumn).identifier else { return "no id" }
      guard EntityID.isValid(id) else { return "bad id" }
      let position = positions[ExactString(id)] ?? gathered.count
      if position == gathered.count {
        positions[ExactString(id)] = position
        gathered.append(GatheredRecord(id: id, columnCount: attributeNames.count))
      }
      add(row, to: gathered[position])
      return nil
    }
  }

  private func add(_ row: Interchange.Record, to record: GatheredRecord) {
    if let textColumn {
      row.cell(textColumn).withText { if !$0.isEmpty { record.setText($0) } }
    }
    for index in 0..<row.fieldCount {
      switch row.cell(at: index) {
      case .text(let bytes):
        if !bytes.isEmpty, attributeNames[index] != nil { record.set(index, bytes) }
      case .json(let value):
        let name = row.name(at: index)
        guard let attribute = attribute(ofColumn: name), !row.cell(at: index).isEmpty else { continue }
        record.attributes[attribute] = AttributeValue(value)
      case .missing: continue
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
    }
  }

  /// Stores what was gathered in the transaction at hand.
  func store(_ writer: Writer) throws {
    let (stored, unchanged) = try store(gathered[...], writer)
    reader.count(stored: stored, unchanged: unchanged)
  }

  private func store(_ slice: ArraySlice<GatheredRecord>, _ writer: Writer) throws -> (
    stored: Int, unchanged: Int
  ) {
    var (stored, unchanged) = (0, 0)
    for record in slice {
      var merged = try writer.entity(record.id, kind) ?? EntityRecord(id: record.id)
      if let text = record.text { merged.text = text }
      for (name, value) in record.values(attributeNames) { merged.attributes[name] = value }
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
  private var fields: [String?]
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

  func values(_ names: [String?]) -> Attributes {
    var values = attributes
    for (index, field) in fields.enumerated() {
      if let field, let name = names[index] { values[name] = AttributeValue(field: field) }
    }
    return values
  }
}

extension String {
  fileprivate func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    utf8.count == bytes.count && utf8.elementsEqual(bytes)
  }
}

extension AttributeValue {
  /// What a delimited field is as an attribute: a number where it is written as one and nothing would be lost (no
  /// leading zeros, at most 15 digits), `true` and `false`, otherwise text.
  init(field: String) {
    if field == "true" || field == "false" {
      self = .bool(field == "true")
      return
    }
    var text = field
    let number = text.withUTF8 { bytes -> Double? in
      let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
      guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: " ") else {
        return nil
      }
      let hasLeadingZero =
        first == UInt8(ascii: "0") && digits.count > 1 && digits[digits.startIndex + 1] != UInt8(ascii: ".")
      guard !hasLeadingZero, bytes.count <= 16 else { return nil }
      return parseNumber(UnsafeRawBufferPointer(bytes))
    }
    self = number.map { .number($0) } ?? .string(field)
  }
}
