import Basics
package import Tensors
package import Transformer

/// The items' vectors: a learned row each, plus the learned vectors of its features, at length 1 where they are
/// compared by cosine.
package struct ItemTable: Sendable {
  package let itemCount: Int
  package let width: Int
  package let features: ItemFeatures?
  /// The learned rows [items + features, width], items first.
  package let rows: ParameterRange
  package let isNormalized: Bool

  init(_ configuration: SessionConfiguration, features: ItemFeatures?, in layout: inout ParameterLayout) {
    itemCount = configuration.itemCount
    width = configuration.dimension
    self.features = features
    isNormalized = configuration.temperature != nil
    let count = itemCount + (features?.featureCount ?? 0)
    rows = layout.add(
      "items.weight", [count, width], .normal(deviation: 0.25 / Double(width).squareRoot()))
  }

  /// Which items go without their own row in a step, so that their features alone learn to stand for them.
  package struct RowDropout: Sendable {
    package let rate: Double
    package let seed: UInt64

    package init(rate: Double, seed: UInt64) {
      self.rate = rate
      self.seed = seed
    }

    package static let none = RowDropout(rate: 0, seed: 0)

    func drops(_ item: Int) -> Bool {
      guard rate > 0 else { return false }
      var generator = SeededGenerator(seed: seed &+ UInt64(item) &* 0x9E37_79B9_7F4A_7C15)
      return generator.nextUnit() < rate
    }
  }

  /// The vector of one item before it is brought to length 1.
  private func sum<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ item: Int, _ dropout: RowDropout, into vector: UnsafeMutablePointer<R>
  ) {
    let table = parameters + rows.offset
    if features != nil, dropout.drops(item) {
      R.clear(vector, width)
    } else {
      vector.update(from: table + item * width, count: width)
    }
    guard let features else { return }
    let weight = R(features.weight(of: item))
    for place in features.starts[item]..<features.starts[item + 1] {
      R.add(table + (itemCount + Int(features.features[place])) * width, width, weight, vector)
    }
  }

  /// The vectors [items.count, width] of a range of items.
  package func vectors<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, of items: Range<Int>, _ dropout: RowDropout,
    into vectors: UnsafeMutablePointer<R>
  ) {
    for (index, item) in items.enumerated() {
      vector(parameters, item, dropout, into: vectors + index * width)
    }
  }

  /// The vectors [items.count, width] of items that may repeat.
  package func vectors<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, of items: [UInt32], _ dropout: RowDropout,
    into vectors: UnsafeMutablePointer<R>
  ) {
    for (index, item) in items.enumerated() {
      vector(parameters, Int(item), dropout, into: vectors + index * width)
    }
  }

  /// The rows [items, width] with what the items' features add to them: what a model that is done learning keeps.
  package func bakedRows<R: TensorScalar>(_ parameters: UnsafePointer<R>) -> [R] {
    var baked = [R](repeating: 0, count: itemCount * width)
    baked.withUnsafeMutableBufferPointer { baked in
      guard let start = baked.baseAddress else { return }
      for item in 0..<itemCount { sum(parameters, item, .none, into: start + item * width) }
    }
    return baked
  }

  private func vector<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ item: Int, _ dropout: RowDropout, into vector: UnsafeMutablePointer<R>
  ) {
    sum(parameters, item, dropout, into: vector)
    if isNormalized { R.scale(vector, width, 1 / length(vector)) }
  }

  private func length<R: TensorScalar>(_ vector: UnsafePointer<R>) -> R {
    max(R.dot(vector, vector, width).squareRoot(), R(1e-12))
  }

  /// Turns the gradient of an item's vector into that of its sum; only where vectors have length 1.
  private func unnormalize<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ item: Int, _ dropout: RowDropout, _ slope: UnsafeMutablePointer<R>
  ) {
    withUnsafeTemporaryAllocation(of: R.self, capacity: width) { vector in
      guard let vector = vector.baseAddress else { return }
      sum(parameters, item, dropout, into: vector)
      let inverse = 1 / length(vector)
      R.add(vector, width, -R.dot(vector, slope, width) * inverse * inverse, slope)
      R.scale(slope, width, inverse)
    }
  }

  /// Adds the rows' gradients for those of the vectors of some items, which may repeat; `slopes` is changed.
  /// - Parameters:
  ///   - gradients: of all weights.
  ///   - touched: receives the rows that have a gradient now, some more than once.
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, of items: [UInt32],
    _ slopes: UnsafeMutablePointer<R>, _ dropout: RowDropout, touched: inout [UInt32]
  ) {
    let table = gradients + rows.offset
    for (index, item) in items.enumerated() {
      let slope = slopes + index * width
      if isNormalized { unnormalize(parameters, Int(item), dropout, slope) }
      if features == nil || !dropout.drops(Int(item)) {
        R.add(slope, width, 1, table + Int(item) * width)
        touched.append(item)
      }
      guard let features else { continue }
      let weight = R(features.weight(of: Int(item)))
      for place in features.starts[Int(item)]..<features.starts[Int(item) + 1] {
        let row = UInt32(itemCount) + features.features[place]
        R.add(slope, width, weight, table + Int(row) * width)
        touched.append(row)
      }
    }
  }

  /// Turns the gradients of a range of items' vectors, which lie where those of their rows belong, into those of the
  /// sums; `sumSlopes` [items, width] receives them for `featuresBackward`, where there are features.
  package func itemsBackward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ items: Range<Int>,
    _ dropout: RowDropout,
    sumSlopes: UnsafeMutablePointer<R>
  ) {
    guard isNormalized || features != nil else { return }
    for item in items {
      let slope = gradients + rows.offset + item * width
      if isNormalized { unnormalize(parameters, item, dropout, slope) }
      guard features != nil else { continue }
      (sumSlopes + item * width).update(from: slope, count: width)
      if dropout.drops(item) { R.clear(slope, width) }
    }
  }

  /// Sets the gradients of a range of features' rows from those of all items' sums.
  package func featuresBackward<R: TensorScalar>(
    gradients: UnsafeMutablePointer<R>, _ range: Range<Int>, sumSlopes: UnsafePointer<R>
  ) {
    guard let features else { return }
    for feature in range {
      let row = gradients + rows.offset + (itemCount + feature) * width
      R.clear(row, width)
      for place in features.itemStarts[feature]..<features.itemStarts[feature + 1] {
        let item = Int(features.items[place])
        R.add(sumSlopes + item * width, width, R(features.weight(of: item)), row)
      }
    }
  }
}
