import Values
import Basics
import Filters
import LMDB
import Records

extension Writer {
  /// The number of an attribute's column, given now if it is new.
  private func column(_ name: String, _ kind: RecordKind) throws -> UInt32 {
    let key = ColumnNames.key(name, kind)
    if let number = columns[ExactString(key)] { return number }
    let number: UInt32
    if let value = try transaction.get(tables.columnID, key) {
      number = try decodeNumber(value, key: Array(key.utf8), "column.id", key)
    } else {
      number = store.nextColumn
      guard number < ListKey.terms else {
        throw EngineError(.unsupported, "a store holds at most \(ListKey.terms) attributes")
      }
      store.nextColumn += 1
      try transaction.put(
        tables.columnID, key, Array(key.utf8).withUnsafeBytes { NumberRecord.encode(number, key: $0) })
    }
    columns[ExactString(key)] = number
    return number
  }

  /// Brings the cells of one record up to date; those that do not change are not touched.
  func updateColumns(
    _ ordinal: Ordinal, _ kind: RecordKind, from before: Attributes, to after: Attributes
  ) throws {
    for (name, value) in after {
      // Compared as stored: an object whose members changed their order is another word.
      if let old = before[name], ByteWriter.bytes(of: old) == ByteWriter.bytes(of: value) { continue }
      // Words are made where they are not there.
      guard let cell = try Self.cell(value, number: { try word($0) }) else { continue }
      try setCell(try column(name, kind), ordinal, cell)
    }
    for (name, value) in before where after[name] == nil && value != .null {
      try setCell(try column(name, kind), ordinal, (ColumnTag.null, 0))
    }
  }

  /// The tag and payload of a value: numbers as they are, text, lists and objects by their number in the table of
  /// words; nil where a word has none.
  static func cell(
    _ value: AttributeValue, number: ([UInt8]) throws -> UInt32?
  ) throws -> (tag: UInt8, payload: UInt64)? {
    switch value {
    case .null: return (ColumnTag.null, 0)
    case .number(let number): return (ColumnTag.number, number.bitPattern)
    case .integer(let number): return (ColumnTag.integer, UInt64(bitPattern: number))
    case .bool(let flag): return (ColumnTag.bool, flag ? 1 : 0)
    case .string(let text):
      let bytes = [Words.string] + Array(text.utf8)
      guard bytes.count <= Limits.columnWordBytes else { return (ColumnTag.inRecord, 0) }
      return try number(bytes).map { (ColumnTag.string, UInt64($0)) }
    case .strings, .integers, .list, .object:
      var writer = ByteWriter()
      writer.append(value)
      let bytes = [Words.list] + writer.bytes
      guard bytes.count <= Limits.columnWordBytes else { return (ColumnTag.inRecord, 0) }
      return try number(bytes).map { (ColumnTag.list, UInt64($0)) }
    }
  }

  private func setCell(_ column: UInt32, _ ordinal: Ordinal, _ cell: (tag: UInt8, payload: UInt64)) throws {
    let (block, index) = Int(ordinal.rawValue).quotientAndRemainder(dividingBy: PageBlock.cellsPerBlock)
    let page = try pages.page(
      .column, tables.column, prefix: column, block: UInt32(block), fill: 0, changing: true, transaction)
    store.attributeVersion += 1
    PageBlock.setCell(index, in: page, to: cell)
  }
}

/// How attributes are named in the table of columns.
enum ColumnNames {
  static func key(_ name: String, _ kind: RecordKind) -> String { "\(kind.rawValue)/\(name)" }
}

/// The first byte of a word says what it is a word of.
enum Words {
  static let kind = UInt8(ascii: "k")
  static let string = UInt8(ascii: "s")
  static let list = UInt8(ascii: "l")
  static let term = UInt8(ascii: "t")
}
