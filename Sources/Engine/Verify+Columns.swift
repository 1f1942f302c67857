import Basics
import Filters
import LMDB
import Records
import Values

/// The cells of a column, or what they should be by the attributes of the records: equal where they are the same, in
/// any order.
private struct CellDigest: Equatable {
  private(set) var count = 0
  private var sum: UInt64 = 0

  mutating func add(_ ordinal: UInt32, _ tag: UInt8, _ payload: UInt64) {
    count += 1
    // Sums of mixed numbers: a difference in any cell changes them, but for one chance in 2⁶⁴.
    sum &+= SeededGenerator.mixed(SeededGenerator.mixed(payload) ^ UInt64(tag) << 32 ^ UInt64(ordinal))
  }
}

extension Snapshot {
  /// Every attribute of every record must stand in its column, and no column may say anything else.
  func verifyColumns(_ result: inout VerifyReport) throws {
    var cells = 0
    for kind in RecordKind.allCases {
      let (expected, stored) = (try attributeDigests(kind), try columnDigests(kind))
      for name in Set(expected.keys).union(stored.keys).sorted() {
        let digest = expected[name] ?? CellDigest()
        let found = stored[name] ?? CellDigest()
        cells += found.count
        if found.count != digest.count {
          result.report(
            "\(kind): column \(name.value) has \(found.count) values for \(digest.count) attributes")
        } else if found != digest {
          result.report("\(kind): column \(name.value) has other values than the records' attributes")
        }
      }
    }
    result.count("attributes", cells)
  }

  /// What columns should have, by the records.
  private func attributeDigests(_ kind: RecordKind) throws -> [ExactString: CellDigest] {
    var digests: [ExactString: CellDigest] = [:]
    try forEachEntity(kind) { ordinal, record in
      for (name, value) in record.attributes where value != .null {
        guard let (tag, payload) = try self.cell(of: value) else {
          digests[ExactString(name), default: CellDigest()].add(ordinal.rawValue, .max, 0)
          continue
        }
        digests[ExactString(name), default: CellDigest()].add(ordinal.rawValue, tag, payload)
      }
    }
    return digests
  }

  /// The cell of a value; nil where it is a word that has no number.
  private func cell(of value: AttributeValue) throws -> (tag: UInt8, payload: UInt64)? {
    try reading { transaction, tables in
      try Writer.cell(value) { word in
        guard let number = try transaction.get(tables.wordID, BytesKey(word)) else { return nil }
        return try decodeNumber(number, key: word, "word.id", String(decoding: word, as: UTF8.self))
      }
    }
  }

  private func columnDigests(_ kind: RecordKind) throws -> [ExactString: CellDigest] {
    try reading { transaction, tables in
      var digests: [ExactString: CellDigest] = [:]
      let columns = ColumnReader(kind: kind, tables: tables, transaction: transaction)
      for name in try columns.names() {
        var digest = CellDigest()
        try columns.source(name)?.forEachCell { digest.add($0, $1, $2) }
        digests[ExactString(name)] = digest
      }
      return digests
    }
  }
}
