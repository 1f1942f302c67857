import Interchange

extension FuzzTarget {
  /// Arrays of NumPy: the same from a pipe and from a file, and written and read again where they are float32.
  static let npy = FuzzTarget("npy") { bytes in
    var input = FuzzInput(bytes)
    let piece = 1 + input.below(255)
    let content = Array(input.rest)
    let streamed = try accepted(InterchangeError.self) {
      try NPYFile(ByteSource(bytes: content, pieceBytes: piece))
    }
    file.fill(content)
    let mapped = try accepted(InterchangeError.self) { try NPYFile(path: file.path) }
    try hold((streamed == nil) == (mapped == nil), "a pipe and a file are not both read")
    guard let streamed, let mapped else { return }
    try hold(streamed.shape == mapped.shape && streamed.element == mapped.element, "\(streamed.shape)")
    if streamed.element.isFloatingPoint {
      let values = floats(streamed)
      try hold(values.map(\.bitPattern) == floats(mapped).map(\.bitPattern), "other numbers")
      try checkWritten(values, columns: streamed.columns)
    } else {
      for row in 0..<streamed.rows {
        let integers = [Int64](unsafeUninitializedCapacity: streamed.columns) { buffer, count in
          if let base = buffer.baseAddress { streamed.copyIntegers(row, into: base) }
          count = streamed.columns
        }
        for (column, integer) in integers.enumerated() {
          try hold(integer == mapped.integer(row: row, column: column), "row \(row), column \(column)")
        }
      }
    }
  } samples: {
    let path = ByteFile("npy-samples")
    var samples: [[UInt8]] = []
    let floats = try NPYWriter(path: path.path, element: .float32, columns: 3, rows: 2)
    try [1, -0.5, 2, .pi, 0, 1e30].withUnsafeBufferPointer { try floats.append($0) }
    try floats.close()
    samples.append(try path.content())
    let integers = try NPYWriter(path: path.path, element: .int64, columns: 2, rows: 2)
    try integers.append([1, -2, .max, .min])
    try integers.close()
    samples.append(try path.content())
    let tail = [UInt8](repeating: 60, count: 24)
    for (type, shape) in [
      ("<f2", "(2, 6)"), ("<f8", "(1, 3)"), ("<i4", "(6,)"), ("<u4", "(6,)"), ("<f4", "(6, 1)"),
    ] {
      let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
      samples.append(
        [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, UInt8(text.utf8.count), 0] + text.utf8 + tail)
      samples.append(
        [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, UInt8(text.utf8.count), 0, 0, 0] + text.utf8 + tail)
    }
    return samples.map { [6] + $0 }
  }

  private static let file = ByteFile("npy")

  private static func floats(_ file: NPYFile) -> [Float] {
    [Float](unsafeUninitializedCapacity: file.rows * file.columns) { buffer, count in
      if let base = buffer.baseAddress { file.copyRows(0..<file.rows, into: base) }
      count = file.rows * file.columns
    }
  }

  /// Writes the numbers of an array and reads them again.
  private static func checkWritten(_ values: [Float], columns: Int) throws {
    let writer = try NPYWriter(
      path: file.path, element: .float32, columns: columns, rows: values.count / columns)
    try values.withUnsafeBufferPointer { try writer.append($0) }
    try writer.close()
    let again = try NPYFile(path: file.path)
    try hold(again.shape == [values.count / columns, columns], "written as \(again.shape)")
    try hold(values.map(\.bitPattern) == floats(again).map(\.bitPattern), "other numbers are written")
  }
}
