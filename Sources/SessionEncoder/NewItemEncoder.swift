import Tensors

/// What a model learned of items' features and contents, from which an item that has no row of its own gets its vector.
package struct NewItemEncoder: Sendable {
  /// The learned projection of whitened contents.
  package struct Projection: Sendable {
    /// [width, all sources' elements]
    package let weights: [Float]
    /// Of each source.
    package let whitenings: [Whitening]

    package init(weights: [Float], whitenings: [Whitening]) {
      (self.weights, self.whitenings) = (weights, whitenings)
    }

    /// Elements of all sources.
    package var inputCount: Int { whitenings.reduce(0) { $0 + $1.dimension } }
  }

  private let features: FeatureRows
  private let width: Int
  private let projection: Projection?
  private let isNormalized: Bool

  /// - Parameter isNormalized: whether vectors have length 1.
  package init(features: FeatureRows, width: Int, projection: Projection?, isNormalized: Bool) {
    self.features = features
    self.width = width
    self.projection = projection
    self.isNormalized = isNormalized
  }

  /// The vector [width] of an item with these features and contents; nil where none of them is known.
  /// - Parameter content: for each source of the projection a vector as its space has it, nil where the item has none.
  package func vector(of names: [String], content: [[Float]?]) -> [Float]? {
    let sum = features.vector(of: names)
    guard sum != nil || content.contains(where: { $0 != nil }) else { return nil }
    var vector = sum ?? [Float](repeating: 0, count: width)
    if let projection { add(projection, content, to: &vector) }
    guard isNormalized else { return vector }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0, length.isFinite else { return nil }
    return vector.map { $0 / length }
  }

  private func add(_ projection: Projection, _ content: [[Float]?], to vector: inout [Float]) {
    let all = projection.inputCount
    var first = 0
    for (whitening, values) in zip(projection.whitenings, content) {
      defer { first += whitening.dimension }
      guard let values else { continue }
      let input = whitening.whitened(values)
      projection.weights.withUnsafeBufferPointer { weights in
        guard let start = weights.baseAddress else { return }
        for index in 0..<width { vector[index] += Float.dot(start + index * all + first, input, input.count) }
      }
    }
  }
}
