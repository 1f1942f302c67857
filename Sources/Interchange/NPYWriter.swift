/// Writes a `.npy` array of shape [N, columns] row by row; N may become known only at the end.
///
/// The header has a fixed length, and `close()` puts N into it. Until then it says 0 rows, so that a file
/// left by an interrupted program is refused by readers instead of being taken for complete.
package final class NPYWriter {
  /// The kind of numbers: `.float32` or `.int64`.
  package let element: NPYElement
  /// The second size.
  package let columns: Int
  /// Rows written so far.
  package private(set) var rows = 0

  private let sink: ByteSink
  private let declaredRows: Int?
  private static let headerSize = 128

  /// Creates the file; `-` is standard output.
  /// - Parameters:
  ///   - columns: at least 1.
  ///   - rows: the number of rows to come; needed where the output is a pipe, because nothing can be
  ///     corrected there afterwards.
  /// - Throws: `.cannotCreate`, `.permissionDenied`, `.ioError`; `.invalidArgument` for a pipe without
  ///   `rows`.
  package init(
    path: String, element: NPYElement, columns: Int, rows: Int? = nil
  ) throws(InterchangeError) {
    precondition(element == .float32 || element == .int64, "only float32 and int64 are written")
    precondition(columns >= 1, "a row needs a column")
    let sink = try ByteSink(path: path)
    guard sink.canPatch || rows != nil else {
      throw InterchangeError(
        .invalidArgument, "'\(path)' is no regular file, so the number of rows must be known first",
        path: path)
    }
    self.sink = sink
    self.element = element
    self.columns = columns
    declaredRows = rows
    try sink.write(Self.header(element: element, rows: sink.canPatch ? 0 : rows ?? 0, columns: columns))
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
    #if _endian(big)
      #error("this machine's byte order needs a conversion here")
    #endif
    try sink.write(bytes)
    rows += count / columns
  }

  /// Completes the header and closes the file.
  /// - Throws: `.ioError`; `.countMismatch` if other than the declared number of rows were written.
  package func close() throws(InterchangeError) {
    if let declaredRows, declaredRows != rows {
      throw InterchangeError(
        .countMismatch, "\(rows) rows were written to '\(sink.name)', \(declaredRows) were declared",
        path: sink.name)
    }
    if sink.canPatch {
      try sink.patch(Self.header(element: element, rows: rows, columns: columns), at: 0)
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
