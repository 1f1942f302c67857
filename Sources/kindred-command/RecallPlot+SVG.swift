import Platform

extension RecallPlot {
  private static let size = (width: 720.0, height: 440.0)
  /// Room for `ef 16384` beside a point.
  private static let labelWidth = 96.0
  private static let margin = (left: 80.0, right: 32.0, top: 48.0, bottom: 56.0)

  /// The curve as an SVG document of 720 x 440 units; without a curve in it when nothing was measured. The exact scan
  /// is a point of its own, where it was measured.
  func svg(title: String, subtitle: String = "") -> String {
    let exact = exactSpeed.map { [(recall: 1.0, speed: $0)] } ?? []
    let x = Axis(
      points.map(\.recall) + exact.map(\.recall),
      pixels: Self.margin.left...(Self.size.width - Self.margin.right))
    let y = Axis(
      (points.map(\.speed) + exact.map(\.speed)).map(log10),
      pixels: (Self.margin.top)...(Self.size.height - Self.margin.bottom),
      isUpward: true)
    let places = points.map { (x: x.place($0.recall), y: y.place(log10($0.speed)), ef: $0.ef) }
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 440" font-family="sans-serif" font-size="13">
      <rect width="720" height="440" fill="white"/>
      <text x="80" y="22" font-size="16">\(Self.escaped(title))</text>
      <text x="80" y="39" font-size="12" fill="#555555">\(Self.escaped(subtitle))</text>

      """
    for recall in Self.recallTicks(x.range) {
      svg += tick(x: x.place(recall), label: People.fixed(recall, 3))
    }
    for speed in Self.speedTicks(y.range) {
      svg += tick(y: y.place(log10(speed)), label: People.count(Int(speed)))
    }
    svg += """
      <text x="400" y="428" text-anchor="middle">recall@\(k)</text>
      <text x="20" y="216" text-anchor="middle" transform="rotate(-90 20 216)">queries/s</text>

      """
    let line = places.map { "\(People.fixed($0.x, 1)),\(People.fixed($0.y, 1))" }.joined(separator: " ")
    svg += "<polyline points=\"\(line)\" fill=\"none\" stroke=\"#1f5fbf\" stroke-width=\"2\"/>\n"
    for place in places {
      let (cx, cy) = (People.fixed(place.x, 1), People.fixed(place.y, 1))
      svg += "<circle cx=\"\(cx)\" cy=\"\(cy)\" r=\"4\" fill=\"#1f5fbf\"/>"
      // On the left of the last points, whose labels would hang over the edge.
      let side = place.x > Self.size.width - Self.labelWidth ? "dx=\"-7\" text-anchor=\"end\"" : "dx=\"7\""
      svg += "<text x=\"\(cx)\" y=\"\(cy)\" \(side) dy=\"-5\" font-size=\"11\">ef \(place.ef)</text>\n"
    }
    for point in exact {
      let (cx, cy) = (People.fixed(x.place(1), 1), People.fixed(y.place(log10(point.speed)), 1))
      svg += "<circle cx=\"\(cx)\" cy=\"\(cy)\" r=\"4\" fill=\"#bf3f1f\"/>"
      svg +=
        "<text x=\"\(cx)\" y=\"\(cy)\" dx=\"-7\" text-anchor=\"end\" dy=\"-5\" font-size=\"11\">exact</text>\n"
    }
    return svg + "</svg>\n"
  }

  /// A grid line across the plot with its label at the foot.
  private func tick(x: Double, label: String) -> String {
    let (at, bottom) = (People.fixed(x, 1), Self.size.height - Self.margin.bottom)
    return """
      <line x1="\(at)" x2="\(at)" y1="\(Self.margin.top)" y2="\(bottom)" stroke="#dddddd"/>\
      <text x="\(at)" y="\(bottom + 20)" text-anchor="middle">\(label)</text>

      """
  }

  /// A grid line across the plot with its label at the left.
  private func tick(y: Double, label: String) -> String {
    let at = People.fixed(y, 1)
    return """
      <line x1="\(Self.margin.left)" x2="\(Self.size.width - Self.margin.right)" y1="\(at)" y2="\(at)" \
      stroke="#dddddd"/>\
      <text x="\(Self.margin.left - 8)" y="\(at)" dy="4" text-anchor="end">\(label)</text>

      """
  }

  /// Round recalls within the range, at most ten.
  private static func recallTicks(_ range: ClosedRange<Double>) -> [Double] {
    let span = range.upperBound - range.lowerBound
    let step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05].first { span / $0 <= 10 } ?? 0.1
    let (first, last) = (
      (range.lowerBound / step).rounded(.up), (min(1, range.upperBound) / step + 1e-6).rounded(.down)
    )
    return first > last ? [] : (Int(first)...Int(last)).map { Double($0) * step }
  }

  /// 1, 2 and 5 times powers of ten within a range of logarithms.
  private static func speedTicks(_ range: ClosedRange<Double>) -> [Double] {
    let powers = Int(range.lowerBound.rounded(.down))...Int(range.upperBound.rounded(.up))
    return powers.flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
      .filter { range.contains(log10($0)) && $0 >= 1 }
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }
}

/// Values along one side of the plot, with a twentieth of their span left free at both ends.
private struct Axis {
  let range: ClosedRange<Double>
  private let pixels: ClosedRange<Double>
  private let isUpward: Bool

  init(_ values: [Double], pixels: ClosedRange<Double>, isUpward: Bool = false) {
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    let free = most > least ? (most - least) / 20 : 0.05
    range = (least - free)...(most + free)
    self.pixels = pixels
    self.isUpward = isUpward
  }

  func place(_ value: Double) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    let pixels = self.pixels.upperBound - self.pixels.lowerBound
    return isUpward ? self.pixels.upperBound - share * pixels : self.pixels.lowerBound + share * pixels
  }
}
