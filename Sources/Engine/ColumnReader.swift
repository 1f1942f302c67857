import Values
import Basics
import Filters
import LMDB
import Records

/// A transaction lent out by its address, for sources that a protocol keeps; used only while the owner reads.
struct LentTransaction: Transaction {
  let raw: OpaquePointer
  let environment: Environment
}

/// Finds the columns of one kind of record.
struct ColumnReader {
  let kind: RecordKind
  let tables: Tables
  let transaction: LentTransaction

  init(kind: RecordKind, tables: Tables, transaction: borrowing ReadTransaction) {
    self.kind = kind
    self.tables = tables
    self.transaction = LentTransaction(raw: transaction.raw, environment: transaction.environment)
  }

  /// The column of an attribute; nil when no record ever had it.
  func source(_ name: String) throws -> (any ColumnSource)? {
    let key = ColumnNames.key(name, kind)
    guard key.utf8.count <= Limits.keyBytes,
      let value = try transaction.get(tables.columnID, key)
    else {
      return nil
    }
    let number = try decodeNumber(value, key: Array(key.utf8), "column.id", key)
    return StoredColumn(name: name, number: number, kind: kind, tables: tables, transaction: transaction)
  }

  /// What the names `id` and `text` stand for.
  func texts(_ text: RecordText) -> any TextSource {
    StoredTexts(text: text, kind: kind, tables: tables, transaction: transaction)
  }
}

/// The ids or the texts of all records, read from the records.
///
/// An ordinal keeps its id for good, so that deleted records need not be left out here: they are in no answer.
private struct StoredTexts: TextSource {
  let text: RecordText
  let kind: RecordKind
  let tables: Tables
  let transaction: LentTransaction

  func forEachText(_ body: (UInt32, String) throws -> Void) throws {
    try transaction.forEach(tables.entities(kind)) { key, value in
      guard let ordinal = UInt32(keyBytes: key) else { return .next }
      let found = try EngineError.decoding("\(kind)", "\(ordinal)") { () -> String? in
        switch text {
        case .id: try EntityRecord.decodeID(value, of: Ordinal(ordinal)).id
        case .text: try EntityRecord.decodeText(value, of: Ordinal(ordinal))
        }
      }
      if let found { try body(ordinal, found) }
      return .next
    }
  }

  func ordinals(equalTo texts: [String]) throws -> [UInt32]? {
    guard text == .id else { return nil }
    return try texts.compactMap { try transaction.ordinal(of: $0, kind, tables)?.rawValue }
  }
}

/// One attribute's cells as they are stored.
private struct StoredColumn: ColumnSource {
  let name: String
  let number: UInt32
  let kind: RecordKind
  let tables: Tables
  let transaction: LentTransaction

  func forEachBlock(
    _ body: (UInt32, UnsafeBufferPointer<UInt8>, UnsafePointer<UInt64>) throws -> Void
  ) throws {
    try transaction.forEach(tables.column, prefix: number) { key, value in
      guard let block = BlockKey(keyBytes: key)?.second else { return .next }
      try checkPageBlock(value, .column, number, block)
      guard let cells = PageBlock.cells(in: value) else { return .next }
      let (first, isBeyondAll) = block.multipliedReportingOverflow(by: UInt32(PageBlock.cellsPerBlock))
      guard !isBeyondAll else { throw EngineError.corrupted("column \(name) has a block \(block)") }
      try body(first, cells.tags, cells.payloads)
      return .next
    }
  }

  func decode(code: UInt64, tag: UInt8) throws -> AttributeValue {
    guard let number = UInt32(exactly: code) else {
      throw EngineError.corrupted("column \(name) names word \(code)")
    }
    let word = try transaction.word(number, tables)
    if tag == ColumnTag.string, word.first == Words.string {
      return .string(String(decoding: word.dropFirst(), as: UTF8.self))
    }
    guard tag == ColumnTag.list, word.first == Words.list else {
      throw EngineError.corrupted("column \(name): word \(number) is of another type")
    }
    return try EngineError.decoding("word", "\(number)") {
      try word.withUnsafeBytes { bytes in
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
        return try reader.readAttributeValue()
      }
    }
  }

  func value(ordinal: UInt32) throws -> AttributeValue {
    try transaction.entity(Ordinal(ordinal), kind, tables)?.attributes[name] ?? .null
  }
}
