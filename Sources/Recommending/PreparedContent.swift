import Engine
import Records
import SessionEncoder

/// The content of a model's items as it learns from it: each source's vectors about their mean, of length 1 on average.
struct PreparedContent: Sendable {
  let sources: [ContentSource]
  let content: ItemContent
  /// [all sources' elements]
  private let means: [Float]
  /// The factor of each source.
  private let scales: [Float]

  /// - Returns: nil where no item has a vector.
  init?(_ sources: [ContentSource], of items: [Ordinal], _ snapshot: Snapshot) throws {
    let width = sources.reduce(0) { $0 + $1.dimension }
    guard width > 0 else { return nil }
    let reader = try ContentReader(sources, snapshot)
    var values = [Float](repeating: 0, count: items.count * width)
    var has = [Bool](repeating: false, count: items.count * sources.count)
    for (number, item) in items.enumerated() {
      if number % 4_096 == 0 { try Task.checkCancellation() }
      var place = number * width
      for (source, vector) in try reader.content(of: item).enumerated() {
        if let vector {
          values.replaceSubrange(place..<(place + vector.count), with: vector)
          has[number * sources.count + source] = true
        }
        place += sources[source].dimension
      }
    }
    guard has.contains(true) else { return nil }
    var (means, scales): ([Float], [Float]) = ([], [])
    var first = 0
    for (source, described) in sources.enumerated() {
      let owners = items.indices.filter { has[$0 * sources.count + source] }
      let columns = first..<(first + described.dimension)
      let (mean, scale) = Self.center(&values, rows: owners, columns, width: width)
      means += mean
      scales.append(scale)
      first = columns.upperBound
    }
    self.sources = sources
    self.means = means
    self.scales = scales
    content = ItemContent(width: width, values: values)
  }

  /// Moves some columns of some rows about their mean and brings them to length 1 on average.
  private static func center(
    _ values: inout [Float], rows: [Int], _ columns: Range<Int>, width: Int
  ) -> (mean: [Float], scale: Float) {
    var sums = [Double](repeating: 0, count: columns.count)
    for row in rows { for (place, column) in columns.enumerated() { sums[place] += Double(values[row * width + column]) } }
    let mean = sums.map { Float($0 / Double(max(1, rows.count))) }
    var square = 0.0
    for row in rows {
      for (place, column) in columns.enumerated() {
        let value = values[row * width + column] - mean[place]
        values[row * width + column] = value
        square += Double(value) * Double(value)
      }
    }
    let scale = square > 0 ? Float((Double(rows.count) / square).squareRoot()) : 0
    for row in rows { for column in columns { values[row * width + column] *= scale } }
    return (mean, scale)
  }

  /// A projection of the prepared vectors as one of the vectors as they are stored.
  /// - Parameter weights: [width, all sources' elements]
  func projection(_ weights: [Float]) -> NewItemEncoder.Projection {
    let all = means.count
    let width = weights.count / all
    var scaled = weights
    var biases = [Float](repeating: 0, count: sources.count * width)
    for row in 0..<width {
      var first = 0
      for (source, described) in sources.enumerated() {
        for column in first..<(first + described.dimension) {
          scaled[row * all + column] *= scales[source]
          biases[source * width + row] -= scaled[row * all + column] * means[column]
        }
        first += described.dimension
      }
    }
    return .init(widths: sources.map(\.dimension), weights: scaled, biases: biases)
  }
}
