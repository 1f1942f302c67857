/// Rows of few entries, concatenated: the weight of each later item, by the earlier one.
package struct SparseTable: Sendable, Equatable {
  /// The entries of row i lie at starts[i]..<starts[i + 1].
  package private(set) var starts: [Int] = [0]
  package private(set) var columns: [UInt32] = []
  package private(set) var weights: [Float] = []

  package init() {}

  /// - Parameters:
  ///   - counts: the entries of each row.
  ///   - columns: of all rows, as many as the counts' sum; `weights` has as many.
  package init(counts: some Sequence<Int>, columns: [UInt32], weights: [Float]) {
    for count in counts { starts.append(starts[starts.count - 1] + count) }
    precondition(starts.last == columns.count && columns.count == weights.count)
    self.columns = columns
    self.weights = weights
  }

  package var rowCount: Int { starts.count - 1 }

  package mutating func reserve(rows: Int) { starts.reserveCapacity(rows + 1) }

  /// Adds a row.
  package mutating func append(_ entries: some Sequence<(UInt32, Float)>) {
    for (column, weight) in entries {
      columns.append(column)
      weights.append(weight)
    }
    starts.append(columns.count)
  }

  /// The places of a row's `limit` largest entries, ties to the lower column, in the order of the row.
  package func strongest(_ limit: Int, ofRow row: Int) -> [Int] {
    let places = starts[row]..<starts[row + 1]
    guard places.count > limit else { return Array(places) }
    let best = places.sorted { (weights[$1], columns[$0]) < (weights[$0], columns[$1]) }.prefix(limit)
    return best.sorted()
  }

  /// The same with the `limit` largest entries of each row, ties to the lower column.
  package func trimmed(to limit: Int) -> SparseTable {
    var table = SparseTable()
    table.reserve(rows: rowCount)
    for row in 0..<rowCount {
      table.append(strongest(limit, ofRow: row).map { (columns[$0], weights[$0]) })
    }
    return table
  }

  /// The place of an entry, if it is there; the columns of a row ascend.
  package func place(row: Int, column: UInt32) -> Int? {
    var (low, high) = (starts[row], starts[row + 1])
    while low < high {
      let middle = (low + high) / 2
      if columns[middle] < column { low = middle + 1 } else { high = middle }
    }
    return low < starts[row + 1] && columns[low] == column ? low : nil
  }

  /// Adds the rows of a history's items, the newest with weight 1, each older one with `decay` times the next one's.
  /// - Parameter visit: receives each column and what is added to it.
  package func forEachEntry(
    of history: ArraySlice<UInt32>, decay: Double, _ visit: (_ column: Int, _ weight: Float) -> Void
  ) {
    var share: Float = 1
    for item in history.reversed() {
      for place in starts[Int(item)]..<starts[Int(item) + 1] {
        visit(Int(columns[place]), share * weights[place])
      }
      share *= Float(decay)
      // What is left would change no place among single-precision scores.
      if share < 1e-6 { break }
    }
  }

  func add(_ history: ArraySlice<UInt32>, decay: Double, to scores: UnsafeMutableBufferPointer<Float>) {
    forEachEntry(of: history, decay: decay) { scores[$0] += $1 }
  }
}
