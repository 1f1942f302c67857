import Filters
import Interchange

/// The `rowsWhere` of an import, over the file's own columns.
///
/// Numbers are compared as the import reads them: a cell of a column whose type was stated as number, or any cell that is
/// a number in the format that was stated. `price < 20` would leave out `12,50 €` otherwise.
final class RowFilter {
  private let filter: Filter
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

  init(_ text: String, columns: [String]?, _ options: ImportOptions) throws {
    let values = try RowValues(options)
    let (map, types) = (options.map, options.types)
    let numberColumns = Set(
      types.names.filter { types[$0] == .number }.map { ExactString(map[$0] ?? $0) })
    do throws(FilterError) {
      let filter = try Filter.parse(text)
      self.filter = filter
      bound = try columns.map { (columns) throws(FilterError) in try filter.bind(columns: columns) }
    } catch {
      throw StoreError(
        code: .badFilter, message: "\(error.message)\n\(error.excerpt(of: text))", cause: error)
    }
    isNumber = (columns ?? []).map { values.format != nil || numberColumns.contains(ExactString($0)) }
    format = isNumber.contains(true) ? values.format ?? .plain : nil
    self.values = values
    self.numberColumns = numberColumns
  }

  deinit { digits.deallocate() }

  func passes(_ record: Interchange.Record) -> Bool {
    if let bound {
      return bound.evaluate(textCell: { index in
        // An empty cell is no value, here as in what is stored.
        guard case .text(let bytes) = record.cell(at: index), !bytes.isEmpty else { return nil }
        guard let format, isNumber[index] else { return bytes }
        return format.withDigits(of: bytes) { keep($0.text) } ?? bytes
      })
    }
    return filter.evaluate { name in
      for index in 0..<record.fieldCount where record.name(at: index).isExactly(name) {
        guard case .json(let value) = record.cell(at: index) else { continue }
        if case .string(let text) = value, numberColumns.contains(ExactString(name)) {
          return values.number(text) ?? .string(text)
        }
        return AttributeValue(value)
      }
      return .null
    }
  }

  private func keep(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let place = UnsafeMutableRawBufferPointer(rebasing: digits[..<text.count])
    place.copyMemory(from: text)
    return UnsafeRawBufferPointer(place)
  }
}
