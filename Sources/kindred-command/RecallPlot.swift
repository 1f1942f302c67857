import Platform

/// Recall against speed, in a terminal or as SVG: up is faster (on a logarithmic scale), right is better.
struct RecallPlot {
  let points: [(ef: Int, recall: Double, speed: Double)]
  /// Queries a second of the exact scan, where it was measured.
  let exactSpeed: Double?
  let k: Int
  private let width: Int
  private let height: Int

  init(_ points: [BenchPoint], k: Int, width: Int = 60, height: Int = 12) {
    self.points = points.compactMap { point in
      guard let ef = point.ef, point.statistics.queriesPerSecond > 0 else { return nil }
      return (ef, point.recall, point.statistics.queriesPerSecond)
    }
    exactSpeed = points.first { $0.ef == nil }.map(\.statistics.queriesPerSecond).flatMap {
      $0 > 0 ? $0 : nil
    }
    self.k = k
    self.width = width
    self.height = height
  }

  /// The plot's lines; empty with fewer than two points, which make no curve.
  func text() -> String {
    guard points.count > 1, let slowest = points.map(\.speed).min(), let fastest = points.map(\.speed).max(),
      let worst = points.map(\.recall).min(), let best = points.map(\.recall).max()
    else { return "" }
    var canvas = [[Character]](repeating: Array(repeating: " ", count: width), count: height)
    // Later points lie over earlier ones; a label is written only where it covers nothing.
    let places = points.map { point in
      (
        row: height - 1 - Self.place(log(point.speed), in: log(slowest)...log(fastest), cells: height),
        column: Self.place(point.recall, in: worst...best, cells: width - 6), ef: point.ef
      )
    }
    for place in places { canvas[place.row][place.column] = "●" }
    for place in places { write("\(place.ef)", row: place.row, after: place.column, on: &canvas) }
    return frame(canvas, slowest: slowest, fastest: fastest, worst: worst, best: best)
  }

  private func frame(
    _ canvas: [[Character]], slowest: Double, fastest: Double, worst: Double, best: Double
  ) -> String {
    let top = People.count(Int(fastest.rounded()))
    let bottom = People.count(Int(slowest.rounded()))
    let margin = max(top.count, bottom.count)
    var text = "queries/s (points are ef)\n"
    for (row, cells) in canvas.enumerated() {
      let label = row == 0 ? top : row == height - 1 ? bottom : ""
      var line = String(repeating: " ", count: margin - label.count) + label + (label.isEmpty ? " │" : " ┤")
      line += String(cells)
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    let left = People.fixed(worst, 4)
    let right = People.fixed(best, 4)
    let gap = String(repeating: " ", count: max(1, width - 5 - left.count - right.count + right.count / 2))
    text += String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: width) + "\n"
    text += String(repeating: " ", count: margin + 2) + left + gap + right + "  recall@\(k)\n"
    return text
  }

  private func write(_ label: String, row: Int, after column: Int, on canvas: inout [[Character]]) {
    let cells = (column + 1)..<(column + 1 + label.count)
    guard cells.upperBound <= width, cells.allSatisfy({ canvas[row][$0] == " " }) else { return }
    canvas[row].replaceSubrange(cells, with: label)
  }

  /// The cell of a value, the first for the range's start and the last for its end.
  private static func place(_ value: Double, in range: ClosedRange<Double>, cells: Int) -> Int {
    let span = range.upperBound - range.lowerBound
    guard span > 0 else { return cells - 1 }
    return Int(((value - range.lowerBound) / span * Double(cells - 1)).rounded())
  }
}
