/// Which columns of a table stand beside each other in a terminal, and how wide they are.
struct TableLayout {
  /// Columns that stand beside each other, and the width of each column of the whole table.
  struct Block {
    var columns: [Int]
    var widths: [Int]
  }

  /// One, or several below each other.
  private(set) var blocks: [Block] = []

  /// Blanks between two columns.
  private static let gap = 2

  /// - Parameters:
  ///   - widths: what each column takes uncut.
  ///   - limit: columns of the terminal.
  init(columns: [Table.Column], widths: [Int], indent: Int, limit: Int) {
    // Less than this of a text says nothing.
    let least = min(16, limit / 5)
    func width(_ shown: [Int], _ widths: [Int]) -> Int {
      shown.reduce(indent) { $0 + widths[$1] } + Self.gap * max(0, shown.count - 1)
    }
    // What names the row stands in each block: a text at the beginning, perhaps behind a number such as the rank.
    let name = columns.prefix(2).firstIndex { $0.alignment == .left } ?? 0
    // What must not be cut may take half of the terminal, and the name, which stands beside it, a third.
    let minimums = columns.indices.map { column in
      let most =
        columns[column].isCuttable ? columns[column].title.displayWidth : limit / (column == name ? 3 : 2)
      return min(widths[column], max(least, most))
    }
    let isOne = width(Array(columns.indices), minimums) <= limit
    // Where columns move anyway, texts move too rather than lose their ends.
    let placed = isOne ? minimums : zip(minimums, widths).map { max($0, min($1, limit / 2)) }
    var sets: [[Int]] = [[]]
    for column in columns.indices {
      let shown = sets[sets.count - 1]
      if column > name, shown != [name], width(shown + [column], placed) > limit {
        sets.append([name])
      }
      sets[sets.count - 1].append(column)
    }
    for set in sets {
      // Nothing is wider than the terminal; then texts are cut first, and whatever is widest where they are at their
      // least.
      var fitted = widths.map { min($0, limit) }
      for floors in [minimums, minimums.map { min($0, least) }] {
        var cap = set.map { fitted[$0] }.max() ?? 0
        while cap > 1, width(set, fitted) > limit {
          cap -= 1
          for column in set.reversed() where fitted[column] > max(cap, floors[column]) {
            fitted[column] -= 1
            if width(set, fitted) <= limit { break }
          }
        }
      }
      blocks.append(Block(columns: set, widths: fitted))
    }
  }
}
