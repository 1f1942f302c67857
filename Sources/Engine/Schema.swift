public import Values
import Basics
import Filters
import LMDB
import Records

/// What one attribute holds, over all records of a kind.
public struct AttributeSummary: Sendable, Hashable {
  /// The types of values that filters distinguish.
  public enum ValueType: String, Sendable, CaseIterable, Codable {
    /// A text.
    case string
    /// A number.
    case number
    /// A truth value.
    case bool
    /// A list.
    case list
    /// An object.
    case object
  }

  /// The attribute's name; `id` and `text` are the records' own.
  public var name: String
  /// How many records have a value of each type, without those that none has.
  public var types: [ValueType: Int]
  /// Records without a value.
  public var nulls: Int
  /// The smallest number or, where there is none, the first text by its bytes; texts are cut after 500 bytes.
  public var smallest: AttributeValue?
  /// The largest number or, where there is none, the last text by its bytes; texts are cut after 500 bytes.
  public var largest: AttributeValue?
  /// What the values take in the records, their names included.
  public var bytes: Int

  /// Records with a value.
  public var values: Int { types.values.reduce(0, +) }
}

/// Gathers a summary value by value.
private struct SummaryBuilder {
  private(set) var types: [AttributeSummary.ValueType: Int] = [:]
  private(set) var bytes = 0
  private var numbers: (smallest: SortValue, largest: SortValue)?
  private var texts: (smallest: SortValue, largest: SortValue)?

  /// - Parameter bytes: of one value as it is stored.
  mutating func add(_ value: AttributeValue, count: Int, bytes: Int) {
    guard let type = AttributeSummary.ValueType(of: value) else { return }
    types[type, default: 0] += count
    self.bytes += count * bytes
    guard let value = SortValue(value) else { return }
    switch value {
    case .number: Self.extend(&numbers, value)
    case .text: Self.extend(&texts, value)
    case .bool: break
    }
  }

  private static func extend(_ range: inout (smallest: SortValue, largest: SortValue)?, _ value: SortValue) {
    guard let old = range else {
      range = (value, value)
      return
    }
    if value < old.smallest { range?.smallest = value }
    if old.largest < value { range?.largest = value }
  }

  func summary(_ name: String, recordCount: Int) -> AttributeSummary {
    let range = numbers ?? texts
    return AttributeSummary(
      name: name, types: types, nulls: recordCount - types.values.reduce(0, +),
      smallest: range.map { AttributeValue($0.smallest) }, largest: range.map { AttributeValue($0.largest) },
      bytes: bytes)
  }
}

extension AttributeSummary.ValueType {
  /// nil for no value.
  init?(of value: AttributeValue) {
    switch value {
    case .null: return nil
    case .string: self = .string
    case .number, .integer: self = .number
    case .bool: self = .bool
    case .strings, .integers, .list: self = .list
    case .object: self = .object
    }
  }
}

extension Snapshot {
  /// What the records of a kind have: id and text, then every attribute that one of them has, by name.
  /// - Throws: `.corrupted`.
  /// - Complexity: O(records · attributes).
  package func schema(_ kind: RecordKind) throws -> [AttributeSummary] {
    let recordCount = try store().recordCount(kind)
    return try reading { transaction, tables in
      var (id, text) = (SummaryBuilder(), SummaryBuilder())
      func add(_ value: String, to builder: inout SummaryBuilder) {
        // A text is its length as a varint and its bytes.
        var length = ByteWriter()
        length.append(varint: value.utf8.count)
        builder.add(.string(value), count: 1, bytes: length.bytes.count + value.utf8.count)
      }
      try transaction.forEach(tables.entities(kind)) { key, value in
        guard let ordinal = UInt32(keyBytes: key) else { return .next }
        try EngineError.decoding(kind.rawValue, "\(ordinal)") {
          let found = try EntityRecord.decodeID(value, of: Ordinal(ordinal))
          guard !found.isDeleted else { return }
          add(found.id, to: &id)
          if let found = try EntityRecord.decodeText(value, of: Ordinal(ordinal)) { add(found, to: &text) }
        }
        return .next
      }
      var summaries = [
        id.summary(RecordText.id.rawValue, recordCount: recordCount),
        text.summary(RecordText.text.rawValue, recordCount: recordCount),
      ]
      let columns = ColumnReader(kind: kind, tables: tables, transaction: transaction)
      for name in try columns.names() {
        guard let source = try columns.source(name) else { continue }
        let summary = try Self.summary(of: source, named: name).summary(name, recordCount: recordCount)
        // Columns are never removed; one that nobody uses any more is no attribute.
        if summary.values > 0 { summaries.append(summary) }
      }
      return summaries
    }
  }

  /// What events have, field by field.
  /// - Throws: `.corrupted`.
  /// - Complexity: O(events).
  package func eventSchema() throws -> [AttributeSummary] {
    var builders = EventField.allCases.map { _ in SummaryBuilder() }
    var count = 0
    try forEachEvent { event in
      count += 1
      for (place, field) in EventField.allCases.enumerated() {
        let value = field.comparable(of: event)
        builders[place].add(value, count: 1, bytes: field.storedBytes(of: value))
      }
    }
    return zip(EventField.allCases, builders).map { field, builder in
      var summary = builder.summary(field.rawValue, recordCount: count)
      guard field == .time else { return summary }
      func text(_ value: AttributeValue?) -> AttributeValue? {
        value?.wholeNumber.map { .string(Timestamp(milliseconds: $0).description) }
      }
      (summary.smallest, summary.largest) = (text(summary.smallest), text(summary.largest))
      summary.types = summary.types.isEmpty ? [:] : [.string: count]
      return summary
    }
  }

  private static func summary(of source: any ColumnSource, named name: String) throws -> SummaryBuilder {
    var builder = SummaryBuilder()
    var codes: [UInt64: (tag: UInt8, count: Int)] = [:]
    let nameBytes = name.utf8.count + 1
    func add(_ value: AttributeValue, count: Int = 1) {
      builder.add(value, count: count, bytes: nameBytes + ByteWriter.bytes(of: value).count)
    }
    try source.forEachCell { ordinal, tag, payload in
      switch tag {
      case ColumnTag.number:
        // A tag and the bits of a number.
        builder.add(.number(Double(bitPattern: payload)), count: 1, bytes: nameBytes + 9)
      case ColumnTag.integer:
        builder.add(.integer(Int64(bitPattern: payload)), count: 1, bytes: nameBytes + 9)
      case ColumnTag.bool: builder.add(.bool(payload != 0), count: 1, bytes: nameBytes + 1)
      case ColumnTag.string, ColumnTag.list: codes[payload, default: (tag, 0)].count += 1
      case ColumnTag.inRecord: add(try source.value(ordinal: ordinal))
      default: throw ColumnError(tag: tag, ordinal: UInt64(ordinal))
      }
    }
    for (code, found) in codes { add(try source.decode(code: code, tag: found.tag), count: found.count) }
    return builder
  }
}
