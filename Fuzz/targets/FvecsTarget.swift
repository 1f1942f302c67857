import Interchange

extension FuzzTarget {
  /// Files of rows that each begin with their dimension: the same from a pipe and from a file, and as the bytes say.
  static let fvecs = FuzzTarget("fvecs") { bytes in
    var input = FuzzInput(bytes)
    let piece = 1 + input.below(255)
    let content = Array(input.rest)
    let streamed = try accepted(InterchangeError.self) {
      try FvecsFile(ByteSource(bytes: content, pieceBytes: piece))
    }
    file.fill(content)
    let mapped = try accepted(InterchangeError.self) { try FvecsFile(path: file.path) }
    try hold((streamed == nil) == (mapped == nil), "a pipe and a file are not both read")
    guard let streamed, let mapped else { return }
    try hold(streamed.rows == mapped.rows && streamed.columns == mapped.columns, "other sizes")
    let isPacked = content.starts(with: [0x1f, 0x8b])
    if !isPacked {
      try hold(content.count == streamed.rows * 4 * (1 + streamed.columns), "\(streamed.rows) rows")
    }
    for row in 0..<streamed.rows {
      let (left, right) = (try floats(streamed, row), try floats(mapped, row))
      try hold(left == right, "row \(row) is not the same from both")
      guard let left, !isPacked else { continue }
      let offset = row * 4 * (1 + streamed.columns)
      let stored = left.flatMap { bits in (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } }
      try hold(content[(offset + 4)...].starts(with: stored), "row \(row) is not what is stored")
    }
  } samples: {
    func file(_ rows: [[Float]]) -> [UInt8] {
      rows.flatMap { row in
        ([UInt32(row.count)] + row.map(\.bitPattern)).flatMap { word in
          (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
      }
    }
    return [
      [0], [3] + file([[1]]), [8] + file([[1, 2, 3], [-1, .nan, .infinity]]),
      [200] + file(Array(repeating: [0.5, 0.25], count: 9)), [4] + file([[1, 2], [3, 4]]).dropLast(),
    ]
  }

  private static let file = ByteFile("fvecs")

  /// A row by its bits; nil where it says another dimension.
  private static func floats(_ file: FvecsFile, _ row: Int) throws -> [UInt32]? {
    try accepted(InterchangeError.self) {
      try [Float](unsafeUninitializedCapacity: file.columns) { buffer, count in
        if let base = buffer.baseAddress { try file.copyRow(row, into: base) }
        count = file.columns
      }.map(\.bitPattern)
    }
  }
}
