/// Finds the names a misspelt one may have meant.
package enum NearestNames {
  /// Up to three of `candidates` within a third of the length of `name` in edits, nearest first, then by order.
  package static func nearest(to name: String, among candidates: [String]) -> [String] {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(longestCompared))
    var ranked: [(distance: Int, order: Int, name: String)] = []
    for (order, candidate) in candidates.prefix(mostCompared).enumerated() {
      let found = Array(candidate.lowercased().unicodeScalars.prefix(longestCompared))
      let distance = editDistance(wanted, found)
      if distance <= max(1, max(wanted.count, found.count) / 3) {
        ranked.append((distance, order, candidate))
      }
    }
    ranked.sort { ($0.distance, $0.order) < ($1.distance, $1.order) }
    return ranked.prefix(3).map(\.name)
  }

  /// Names beyond these sizes are cut: this only makes a hint, and the text may be hostile.
  private static let longestCompared = 64
  private static let mostCompared = 10_000

  /// Insertions, deletions, replacements and swaps of neighbors that lead from `left` to `right`.
  static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, scalar) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(previous[column + 1] + 1, current[column] + 1)
        best = min(best, previous[column] + (scalar == other ? 0 : 1))
        if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
