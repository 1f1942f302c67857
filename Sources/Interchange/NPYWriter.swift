/// Writes a `.npy` array of shape [rows, columns], little-endian as memory is, row by row.
///
/// A file left by an interrupted program has fewer numbers than its header says, so that readers refuse it.
package final class NPYWriter {
  /// The kind of numbers: `.float32` or `.int64`.
  package let element: NPYElement
  /// The second size.
  package let columns: Int

  private let sink: ByteSink
  private let rows: Int
  private var writtenRows = 0
  private static let headerSize = 128

  /// Creates the file; `-` is standard output.
  /// - Parameters:
  ///   - columns: at least 1.
  ///   - rows: the number of rows to come.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.ioError`.
  package init(path: String, element: NPYElement, columns: Int, rows: Int) throws(InterchangeError) {
    precondition(element == .float32 || element == .int64, "only float32 and int64 are written")
    precondition(columns >= 1, "a row needs a column")
    sink = try ByteSink(path: path)
    self.element = element
    self.columns = columns
    self.rows = rows
    try sink.write(Self.header(element: element, rows: rows, columns: columns))
  }

  /// Appends rows of `columns` values each.
  /// - Precondition: the element is `.float32`, and the count is a multiple of `columns`.
  /// - Throws: `.ioError`.
  package func append(_ values: UnsafeBufferPointer<Float>) throws(InterchangeError) {
    precondition(element == .float32, "this array holds whole numbers")
    try append(UnsafeRawBufferPointer(values), count: values.count)
  }

  /// Appends rows of `columns` values each.
  /// - Precondition: the element is `.int64`, and the count is a multiple of `columns`.
  /// - Throws: `.ioError`.
  package func append(_ values: [Int64]) throws(InterchangeError) {
    precondition(element == .int64, "this array holds floats")
    let result = values.withUnsafeBytes { raw in
      Result { () throws(InterchangeError) in try append(raw, count: values.count) }
    }
    try result.get()
  }

  private func append(_ bytes: UnsafeRawBufferPointer, count: Int) throws(InterchangeError) {
    precondition(count % columns == 0, "only whole rows are written")
    try sink.write(bytes)
    writtenRows += count / columns
  }

  /// Closes the file.
  /// - Throws: `.ioError`; `.countMismatch` if other than the declared number of rows were written.
  package func close() throws(InterchangeError) {
    guard writtenRows == rows else {
      throw InterchangeError(
        .countMismatch, "\(writtenRows) rows were written to '\(sink.name)', \(rows) were declared",
        path: sink.name)
    }
    try sink.close()
  }

  /// A version 1 header of exactly 128 bytes: numbers of any length fit, and the data is aligned.
  private static func header(element: NPYElement, rows: Int, columns: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]
    let length = headerSize - 10
    bytes += [UInt8(length & 0xff), UInt8(length >> 8)]
    bytes += Array(
      "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }".utf8)
    bytes += Array(repeating: 0x20, count: headerSize - 1 - bytes.count)
    bytes.append(0x0a)
    return bytes
  }
}
