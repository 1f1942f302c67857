import Basics

/// A `.fvecs` file: rows of a 32-bit dimension and as many floats, little-endian, all of one dimension.
package final class FvecsFile {
  /// How many vectors there are.
  package let rows: Int
  /// The dimension of each; 0 in an empty file.
  package let columns: Int
  /// The path as given.
  package var name: String { file.name }

  private let file: FileBytes

  /// Opens the file at `path`, `-` for standard input.
  /// - Throws: `.corrupt` if the first dimension or the length is impossible, and what `ByteSource` throws.
  package convenience init(path: String) throws(InterchangeError) {
    try self.init(FileBytes(path: path))
  }

  /// Reads the vectors from `source` into memory.
  /// - Throws: as `init(path:)`.
  package convenience init(_ source: ByteSource) throws(InterchangeError) {
    try self.init(FileBytes(source))
  }

  private init(_ file: FileBytes) throws(InterchangeError) {
    self.file = file
    guard !file.bytes.isEmpty else {
      rows = 0
      columns = 0
      return
    }
    guard file.bytes.count >= 4 else {
      throw InterchangeError(
        .corrupt, "'\(file.name)' is cut short: \(file.bytes.count) bytes", path: file.name)
    }
    let dimension = Int(Int32(littleEndian: file.bytes.loadUnaligned(as: Int32.self)))
    guard (1...Limits.fvecsDimension).contains(dimension) else {
      throw InterchangeError(
        .corrupt,
        "'\(file.name)' begins with the dimension \(dimension), outside 1 to \(Limits.fvecsDimension)",
        path: file.name)
    }
    let rowSize = 4 + 4 * dimension
    guard file.bytes.count % rowSize == 0 else {
      throw InterchangeError(
        .corrupt,
        "'\(file.name)' has \(file.bytes.count) bytes, no multiple of the \(rowSize) of one vector "
          + "of dimension \(dimension)", path: file.name)
    }
    columns = dimension
    rows = file.bytes.count / rowSize
  }

  /// Copies vector `index` to `destination`, which has room for `columns` values.
  /// - Precondition: `0 <= index < rows`.
  /// - Throws: `.corrupt` if this row says another dimension than the first.
  package func copyRow(
    _ index: Int, into destination: UnsafeMutablePointer<Float>
  ) throws(InterchangeError) {
    precondition(index >= 0 && index < rows, "no such row")
    let offset = index * (4 + 4 * columns)
    let dimension = Int32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    guard Int(dimension) == columns else {
      throw InterchangeError(
        .corrupt, "row \(index) of '\(name)' has the dimension \(dimension), the first has \(columns)",
        path: name)
    }
    for column in 0..<columns {
      let bits = file.bytes.loadUnaligned(fromByteOffset: offset + 4 + 4 * column, as: UInt32.self)
      destination[column] = Float(bitPattern: UInt32(littleEndian: bits))
    }
  }

  /// Advises the system that rows will be read from the first to the last.
  package func adviseSequential() { file.adviseSequential() }
}
