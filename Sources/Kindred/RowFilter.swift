import Filters
import Interchange

/// The `--rows-where` of an import, over the file's own columns.
struct RowFilter {
  private let filter: Filter
  private let bound: BoundFilter?
  /// The names that no row had so far; a delimited file has all of them.
  private var unseen: [String]
  private var hasRows = false
  /// What the rows have, for hints; collected only while a name is unseen.
  private var keys: Set<ExactString> = []
  /// The keys of the row before, which most rows repeat.
  private var lastKeys: [String] = []

  private static let keyLimit = 10_000

  /// - Parameter columns: the columns of a delimited file; nil for JSON rows.
  /// - Throws: `StoreError` `.badFilter`, also for a name that `columns` lack.
  init(_ text: String, columns: [String]?) throws {
    do throws(FilterError) {
      let filter = try Filter.parse(text)
      self.filter = filter
      bound = try columns.map { (columns) throws(FilterError) in try filter.bind(columns: columns) }
    } catch {
      throw StoreError(
        code: .badFilter, message: "\(error.message)\n\(error.excerpt(of: text))", cause: error)
    }
    unseen = bound == nil ? filter.attributes : []
  }

  /// Whether a row passes; an empty field is no value, here as in what is stored.
  mutating func passes(_ record: Interchange.Record) -> Bool {
    if let bound {
      return bound.evaluate(textCell: { index in
        if case .text(let bytes) = record.cell(at: index), !bytes.isEmpty { bytes } else { nil }
      })
    }
    hasRows = true
    if !unseen.isEmpty { see(record) }
    return filter.evaluate { Self.value($0, of: record) }
  }

  /// The names of the filter that no row had.
  var unknownNames: [UnknownName] {
    guard hasRows else { return [] }
    let known = keys.sorted().map(\.value)
    return unseen.map {
      UnknownName(name: $0, subject: .row, nearest: NearestNames.nearest(to: $0, among: known))
    }
  }

  private static func value(_ name: String, of record: Interchange.Record) -> AttributeValue {
    for index in 0..<record.fieldCount where record.name(at: index).isExactly(name) {
      let cell = record.cell(at: index)
      if case .json(let value) = cell, !cell.isEmpty { return AttributeValue(value) }
    }
    return .null
  }

  private mutating func see(_ record: Interchange.Record) {
    for index in 0..<record.fieldCount {
      let key = record.name(at: index)
      if index < lastKeys.count, lastKeys[index].isExactly(key) { continue }
      if index < lastKeys.count { lastKeys[index] = key } else { lastKeys.append(key) }
      unseen.removeAll { $0.isExactly(key) }
      if keys.count < Self.keyLimit { keys.insert(ExactString(key)) }
    }
    for name in unseen {
      for attribute in AttributePath.attributes(leadingTo: name) where keys.count < Self.keyLimit {
        for member in Self.value(attribute, of: record).memberNames {
          keys.insert(ExactString("\(attribute).\(member)"))
        }
      }
    }
    unseen.removeAll { Filter.value(named: $0) { Self.value($0, of: record) } != .null }
  }
}
