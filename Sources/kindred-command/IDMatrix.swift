import Interchange
import Kindred

/// Integer ids of neighbors, a row a query, as .npy files hold them.
struct IDMatrix {
  let rows: Int
  let columns: Int
  /// [rows, columns]
  let values: [Int64]
}

extension IDMatrix {
  /// Reads a .npy file of whole numbers, `-` for standard input.
  /// - Throws: `CommandFailure` `.badInput` for other numbers; `InterchangeError` for what is no such file.
  init(file: String) throws {
    let matrix = try NPYFile(path: file)
    guard !matrix.element.isFloatingPoint else {
      throw CommandFailure(
        .badInput, "'\(file)' holds '\(matrix.element.rawValue)' and must hold ids, as int32 or int64")
    }
    let (rows, columns) = (matrix.rows, matrix.columns)
    self.rows = rows
    self.columns = columns
    values = [Int64](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      guard let base = buffer.baseAddress, rows * columns > 0 else { return }
      for row in 0..<rows { matrix.copyIntegers(row, into: base + row * columns) }
      count = rows * columns
    }
  }

  /// One query's ids.
  func row(_ row: Int) -> ArraySlice<Int64> { values[row * columns..<(row + 1) * columns] }

  /// Writes a .npy file of int64, `-` for standard output.
  func write(to output: OutputPath) throws {
    let staged = try StagedFile(output)
    let writer = try NPYWriter(path: staged.writingPath, element: .int64, columns: columns, rows: rows)
    try writer.append(values)
    try writer.close()
    try staged.commit()
  }
}
