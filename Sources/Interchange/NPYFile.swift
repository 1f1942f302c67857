/// A NumPy `.npy` array of one or two dimensions, little-endian, in C order.
///
/// Plain files are mapped, so that opening is instant and rows are read from the page cache; standard input
/// and gzip are read into memory. The shape is checked against the bytes that are there before anything else.
package final class NPYFile {
  /// The kind of numbers.
  package let element: NPYElement
  /// `[rows]` or `[rows, columns]`, as the file says.
  package let shape: [Int]
  /// The first size.
  package let rows: Int
  /// The second size, or 1.
  package let columns: Int
  /// The path as given.
  package var name: String { file.name }

  private let file: FileBytes
  private let data: UnsafeRawPointer
  private let rowSize: Int

  /// Opens the array at `path`, `-` for standard input.
  /// - Throws: `.corrupt` for a broken header or a length that does not fit the shape, `.unsupportedContent`
  ///   for Fortran order, big-endian, objects, records, other types and dimensions; and what `ByteSource`
  ///   throws.
  package convenience init(path: String) throws(InterchangeError) {
    try self.init(FileBytes(path: path))
  }

  /// Reads the array from `source` into memory.
  /// - Throws: as `init(path:)`.
  package convenience init(_ source: ByteSource) throws(InterchangeError) {
    try self.init(FileBytes(source))
  }

  private init(_ file: FileBytes) throws(InterchangeError) {
    let header = try NPYHeader(file.bytes, name: file.name)
    let available = file.bytes.count - header.dataOffset
    guard available == header.dataSize, let base = file.bytes.baseAddress else {
      throw InterchangeError(
        .corrupt,
        "'\(file.name)' of shape \(header.shape) and type '\(header.element.rawValue)' needs "
          + "\(header.dataSize) bytes of numbers, but \(available) are there", path: file.name)
    }
    self.file = file
    element = header.element
    shape = header.shape
    rows = header.rows
    columns = header.columns
    rowSize = header.columns * header.element.sizeBytes
    data = base + header.dataOffset
  }

  /// Copies consecutive rows to `destination`, which has room for `range.count * columns` values.
  /// `<f2` converts exactly, `<f8` to the nearest `Float` (beyond its range: infinite). Values may be NaN.
  /// - Precondition: `range` lies within the rows, and `element.isFloatingPoint`.
  package func copyRows(_ range: Range<Int>, into destination: UnsafeMutablePointer<Float>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "no such rows")
    let source = data + range.lowerBound * rowSize
    let count = range.count * columns
    switch element {
    case .float32:
      UnsafeMutableRawPointer(destination).copyMemory(from: source, byteCount: 4 * count)
    case .float16:
      for index in 0..<count {
        let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        destination[index] = floatFromHalf(UInt16(littleEndian: bits))
      }
    case .float64:
      for index in 0..<count {
        let bits = source.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        destination[index] = Float(Double(bitPattern: UInt64(littleEndian: bits)))
      }
    case .int64, .int32, .uint32:
      preconditionFailure("whole numbers are read with copyIntegers")
    }
  }

  /// Copies row `index` to `destination`, which has room for `columns` values.
  /// - Precondition: `0 <= index < rows`, and not `element.isFloatingPoint`.
  package func copyIntegers(_ index: Int, into destination: UnsafeMutablePointer<Int64>) {
    for column in 0..<columns { destination[column] = integer(row: index, column: column) }
  }

  /// The whole number at a place.
  /// - Precondition: the place exists, and not `element.isFloatingPoint`.
  package func integer(row: Int, column: Int) -> Int64 {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns, "no such place")
    let place = data + row * rowSize + column * element.sizeBytes
    switch element {
    case .int64: return Int64(littleEndian: place.loadUnaligned(as: Int64.self))
    case .int32: return Int64(Int32(littleEndian: place.loadUnaligned(as: Int32.self)))
    case .uint32: return Int64(UInt32(littleEndian: place.loadUnaligned(as: UInt32.self)))
    case .float16, .float32, .float64: preconditionFailure("floating point is read with copyRows")
    }
  }

  /// Refuses an array that does not hold vectors.
  /// - Throws: `.unsupportedContent` unless it has two dimensions of floating point.
  package func requireVectors() throws(InterchangeError) {
    guard element.isFloatingPoint, shape.count == 2 else {
      throw InterchangeError(
        .unsupportedContent,
        "'\(name)' is \(shape) of '\(element.rawValue)'; vectors are [N, D] of '<f4', '<f2' or '<f8'",
        path: name)
    }
  }

  /// Advises the system that rows will be read from the first to the last.
  package func adviseSequential() { file.adviseSequential() }
}
