import Values
import Basics
import Filters
import Interchange

/// The `rowsWhere` of an import, over the file's own columns.
///
/// Numbers are compared as the import reads them: a cell of a column whose type was stated as number, or any cell that
/// is a number in the format that was stated. `price < 20` would leave out `12,50 €` otherwise.
final class RowFilter {
  private let filter: ParsedFilter
  private let bound: BoundFilter?
  /// How numbers are written, where cells are to be read so.
  private let format: NumberFormat?
  private let values: RowValues
  /// Columns whose type was stated as number.
  private let numberColumns: Set<ExactString>
  /// By column of a delimited file, whether its cells are read as numbers.
  private let isNumber: [Bool]
  /// The digits of the cell at hand, which the filter compares before it asks for another.
  private let digits = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 1)
  /// The names that no row had so far; a delimited file has all of them.
  private var unseen: [String]
  private var hasRows = false
  /// What the rows have, for hints; collected only while a name is unseen.
  private var keys: Set<ExactString> = []
  /// The keys of the row before, which most rows repeat.
  private var lastKeys: [String] = []

  private static let keyLimit = 10_000

  /// - Parameter columns: the columns of a delimited file; nil for JSON rows.
  /// - Throws: `ImportError` `.badFilter`, also for a name that `columns` lack.
  init(_ text: String, columns: [String]?, _ options: ImportOptions) throws {
    let values = try RowValues(options)
    let (map, types) = (options.map, options.types)
    let numberColumns = Set(
      types.names.filter { types[$0] == .number }.map { ExactString(map[$0] ?? $0) })
    do throws(FilterError) {
      let filter = try ParsedFilter.parse(text)
      self.filter = filter
      bound = try columns.map { (columns) throws(FilterError) in try filter.bind(columns: columns) }
    } catch {
      throw ImportError(
        code: .badFilter, message: "\(error.message)\n\(error.excerpt(of: text))", cause: error)
    }
    isNumber = (columns ?? []).map { values.format != nil || numberColumns.contains(ExactString($0)) }
    format = isNumber.contains(true) ? values.format ?? .plain : nil
    self.values = values
    self.numberColumns = numberColumns
    unseen = bound == nil ? filter.attributes : []
  }

  deinit { digits.deallocate() }

  /// Whether a row passes; an empty field is no value, here as in what is stored.
  func passes(_ record: Interchange.Record) -> Bool {
    if let bound {
      return bound.evaluate(textCell: { index in
        guard case .text(let bytes) = record.cell(at: index), !bytes.isEmpty else { return nil }
        guard let format, isNumber[index] else { return bytes }
        return format.withDigits(of: bytes) { keep($0.text) } ?? bytes
      })
    }
    hasRows = true
    if !unseen.isEmpty { see(record) }
    return filter.evaluate { value($0, of: record) }
  }

  /// The names of the filter that no row had.
  var unknownNames: [UnknownName] {
    guard hasRows else { return [] }
    let known = keys.sorted().map(\.value)
    return unseen.map {
      UnknownName(name: $0, subject: .row, nearest: NearestNames.nearest(to: $0, among: known))
    }
  }

  private func value(_ name: String, of record: Interchange.Record) -> AttributeValue {
    for index in 0..<record.fieldCount where record.name(at: index).isExactly(name) {
      let cell = record.cell(at: index)
      guard case .json(let value) = cell, !cell.isEmpty else { continue }
      if case .string(let text) = value, numberColumns.contains(ExactString(name)) {
        return values.number(text) ?? .string(text)
      }
      return AttributeValue(value)
    }
    return .null
  }

  private func see(_ record: Interchange.Record) {
    for index in 0..<record.fieldCount {
      let key = record.name(at: index)
      if index < lastKeys.count, lastKeys[index].isExactly(key) { continue }
      if index < lastKeys.count { lastKeys[index] = key } else { lastKeys.append(key) }
      unseen.removeAll { $0.isExactly(key) }
      if keys.count < Self.keyLimit { keys.insert(ExactString(key)) }
    }
    for name in unseen {
      for attribute in AttributePath.attributes(leadingTo: name) where keys.count < Self.keyLimit {
        for member in value(attribute, of: record).memberNames {
          keys.insert(ExactString("\(attribute).\(member)"))
        }
      }
    }
    unseen.removeAll { ParsedFilter.value(named: $0) { value($0, of: record) } != .null }
  }

  private func keep(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let place = UnsafeMutableRawBufferPointer(rebasing: digits[..<text.count])
    place.copyMemory(from: text)
    return UnsafeRawBufferPointer(place)
  }
}
