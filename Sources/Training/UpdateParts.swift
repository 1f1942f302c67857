/// The weights that a step moves, shared out among threads: rows of the items' table or all of it, and all others.
struct UpdateParts: Sendable {
  private let rows: [UInt32]
  private let width: Int
  private let dense: Range<Int>
  private let parts: Int

  /// - Parameter rows: of the table's, at the start of the weights; nil for all.
  init(rows: [UInt32]?, width: Int, tableCount: Int, count: Int, parts: Int) {
    self.rows = rows ?? []
    self.width = width
    dense = (rows == nil ? 0 : tableCount)..<count
    self.parts = parts
  }

  /// Visits the spans (offset and count of weights) of one part.
  func forEach(_ part: Int, _ body: (Int, Int) -> Void) {
    for row in rows[(rows.count * part / parts)..<(rows.count * (part + 1) / parts)] {
      body(Int(row) * width, width)
    }
    // Whole cache lines, so that two threads never write to one.
    let step = (dense.count / parts + 63) & ~63
    let first = min(dense.upperBound, dense.lowerBound + part * step)
    let last = part == parts - 1 ? dense.upperBound : min(dense.upperBound, first + step)
    if first < last { body(first, last - first) }
  }
}
