package import Values
import Basics
import Filters
import LMDB
import Records

extension Snapshot {
  /// The names of a filter that stand for no value of any record of a kind, each with the nearest names that do.
  /// - Throws: `.badFilter`, `.corrupted`.
  /// - Complexity: O(names · records).
  package func unknownNames(inFilter text: String, of kind: RecordKind) throws -> [(
    name: String, nearest: [String]
  )] {
    let filter = try Self.parsed(text)
    let store = try store()
    let count = store.ordinalCount(kind)
    return try reading { transaction, tables in
      let columns = ColumnReader(kind: kind, tables: tables, transaction: transaction)
      func hasValues(_ name: String) throws -> Bool {
        try ParsedFilter.hasValues(
          named: name, ordinalCount: count, texts: { columns.texts($0) }, column: { try columns.source($0) })
      }
      return try filter.attributes.filter { try !hasValues($0) }.map { name in
        let paths = try AttributePath.attributes(leadingTo: name).flatMap { try columns.paths(into: $0) }
        let known = Set(
          (RecordText.allCases.map(\.rawValue) + (try columns.names()) + paths).map { ExactString($0) })
        let nearest = NearestNames.nearest(to: name, among: known.sorted().map(\.value))
        return (name, try nearest.filter { try hasValues($0) })
      }
    }
  }
}

extension ColumnReader {
  /// The names of all attributes that a record has or had.
  func names() throws -> [String] {
    let prefix = Array(ColumnNames.key("", kind).utf8)
    var names: [String] = []
    try transaction.forEach(tables.columnID) { key, _ in
      if key.starts(with: prefix) {
        names.append(String(decoding: key.dropFirst(prefix.count), as: UTF8.self))
      }
      return .next
    }
    return names
  }

  /// Different objects of a column that are looked into for a hint.
  private static let objectLimit = 1_000

  /// The paths into the objects of an attribute, of the first ones where there are many.
  fileprivate func paths(into attribute: String) throws -> [String] {
    guard let source = try source(attribute) else { return [] }
    var codes: Set<UInt64> = []
    var paths: Set<ExactString> = []
    var count = 0
    try source.forEachBlock { first, tags, payloads in
      for row in tags.indices where count < Self.objectLimit {
        let value: AttributeValue
        switch tags[row] {
        case ColumnTag.list:
          let code = UnsafeRawPointer(payloads).loadUnaligned(fromByteOffset: row * 8, as: UInt64.self)
          guard codes.insert(code).inserted else { continue }
          value = try source.decode(code: code, tag: ColumnTag.list)
        case ColumnTag.inRecord: value = try source.value(ordinal: first + UInt32(row))
        default: continue
        }
        count += 1
        for name in value.memberNames { paths.insert(ExactString("\(attribute).\(name)")) }
      }
    }
    return paths.sorted().map(\.value)
  }
}
