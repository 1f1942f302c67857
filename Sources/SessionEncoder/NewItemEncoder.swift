/// What a model learned of items' features and contents, from which an item that has no row of its own gets its vector.
package struct NewItemEncoder: Sendable {
  /// A learned projection of the contents that stored vectors of other spaces are, source by source.
  package struct Projection: Sendable {
    /// Elements of each source's vectors.
    package let widths: [Int]
    /// [width, all sources' elements]
    package let weights: [Float]
    /// What is added where a source has a vector [sources, width].
    package let biases: [Float]

    package init(widths: [Int], weights: [Float], biases: [Float]) {
      (self.widths, self.weights, self.biases) = (widths, weights, biases)
    }
  }

  private let numbers: [String: Int]
  /// [features, width]
  private let rows: [Float]
  private let width: Int
  private let projection: Projection?
  /// What is added to the vectors, so that new items are found as often as known ones; empty for nothing.
  private let shift: [Float]
  private let isNormalized: Bool

  /// - Parameters:
  ///   - names: of the features.
  ///   - rows: their vectors [features, width].
  ///   - shift: [width], or empty.
  ///   - isNormalized: whether vectors have length 1.
  package init(
    names: [String], rows: [Float], width: Int, projection: Projection?, shift: [Float], isNormalized: Bool
  ) {
    precondition(rows.count == names.count * width && (shift.isEmpty || shift.count == width))
    numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    self.rows = rows
    self.width = width
    self.projection = projection
    self.shift = shift
    self.isNormalized = isNormalized
  }

  /// The vector [width] of an item with these features and contents; nil where none of them is known.
  /// - Parameter content: for each source of the projection a vector of its width, nil where the item has none.
  package func vector(of names: [String], content: [[Float]?]) -> [Float]? {
    let known = Set(names.compactMap { numbers[$0] }).sorted()
    guard !known.isEmpty || content.contains(where: { $0 != nil }) else { return nil }
    var vector = [Float](repeating: 0, count: width)
    let weight = 1 / Float(max(1, known.count)).squareRoot()
    for feature in known {
      for index in 0..<width { vector[index] += weight * rows[feature * width + index] }
    }
    if let projection { add(projection, content, to: &vector) }
    guard isNormalized else { return vector }
    guard normalize(&vector) else { return nil }
    guard !shift.isEmpty else { return vector }
    for index in 0..<width { vector[index] += shift[index] }
    return normalize(&vector) ? vector : nil
  }

  private func add(_ projection: Projection, _ content: [[Float]?], to vector: inout [Float]) {
    let all = projection.widths.reduce(0, +)
    var first = 0
    for (source, sourceWidth) in projection.widths.enumerated() {
      defer { first += sourceWidth }
      guard source < content.count, let values = content[source] else { continue }
      for index in 0..<width {
        var sum = projection.biases[source * width + index]
        let row = index * all + first
        for place in 0..<sourceWidth { sum += projection.weights[row + place] * values[place] }
        vector[index] += sum
      }
    }
  }

  /// Brings a vector to length 1; false where it has none.
  private func normalize(_ vector: inout [Float]) -> Bool {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0, length.isFinite else { return false }
    for index in vector.indices { vector[index] /= length }
    return true
  }
}
