import Basics
package import Tensors
package import Transformer

/// The items' vectors: a learned row each, plus the learned vectors of its features and what a learned projection makes
/// of its content, at length 1 where they are compared by cosine.
package struct ItemTable: Sendable {
  package let itemCount: Int
  package let width: Int
  package let features: ItemFeatures?
  package let content: ItemContent?
  /// The learned rows [items + features, width], items first.
  package let rows: ParameterRange
  package let projection: Linear?
  package let isNormalized: Bool

  init(
    _ configuration: SessionConfiguration, features: ItemFeatures?, content: ItemContent?,
    in layout: inout ParameterLayout
  ) {
    itemCount = configuration.itemCount
    width = configuration.dimension
    self.features = features
    self.content = content
    isNormalized = configuration.temperature != nil
    let count = itemCount + (features?.featureCount ?? 0)
    let initializer = Initializer.normal(deviation: 0.25 / Double(width).squareRoot())
    rows = layout.add("items.weight", [count, width], initializer)
    projection = content.map {
      Linear(
        "content", input: $0.width, output: configuration.dimension, hasBias: false, initializer: initializer,
        in: &layout)
    }
  }

  /// Which items go without their own row in a step, so that what is known of them learns to stand for them.
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

  /// Some items' vectors, with what their gradients are made of.
  package final class Tape<R: TensorScalar> {
    fileprivate var items: [UInt32] = []
    fileprivate let vectors = Buffer<R>()
    fileprivate let lengths = Buffer<R>()
    fileprivate let content = Buffer<R>()

    package init() {}

    /// What `forward` returned last.
    package var start: UnsafeMutablePointer<R> { vectors.start }
  }

  /// Whether there is anything to stand for an item without its row.
  private var hasKnowledge: Bool { features != nil || content != nil }

  private func drops(_ item: UInt32, _ dropout: RowDropout) -> Bool {
    hasKnowledge && dropout.drops(Int(item))
  }

  /// The sums [items.count, width] of some items before they are brought to length 1.
  private func sums<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ items: some Collection<UInt32>, _ dropout: RowDropout,
    content inputs: Buffer<R>, into sums: UnsafeMutablePointer<R>, _ workspace: Workspace<R>
  ) {
    let table = parameters + rows.offset
    if let content, let projection {
      let inputs = inputs.reserve(items.count * content.width)
      content.gather(items, into: inputs)
      projection.forward(parameters, inputs, rows: items.count, into: sums, workspace)
    } else {
      R.clear(sums, items.count * width)
    }
    for (place, item) in items.enumerated() {
      let sum = sums + place * width
      if !drops(item, dropout) { R.add(table + Int(item) * width, width, 1, sum) }
      guard let features else { continue }
      let weight = R(features.weight(of: Int(item)))
      for feature in features.features(of: Int(item)) {
        R.add(table + (itemCount + Int(feature)) * width, width, weight, sum)
      }
    }
  }

  /// The vectors [items.count, width] of items that may repeat, valid until the tape's next use.
  @discardableResult
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ items: [UInt32], _ dropout: RowDropout, _ tape: Tape<R>,
    _ workspace: Workspace<R>
  ) -> UnsafeMutablePointer<R> {
    tape.items = items
    let vectors = tape.vectors.reserve(items.count * width)
    sums(parameters, items, dropout, content: tape.content, into: vectors, workspace)
    guard isNormalized else { return vectors }
    let lengths = tape.lengths.reserve(items.count)
    for place in items.indices { lengths[place] = normalize(vectors + place * width) }
    return vectors
  }

  /// Adds the rows' gradients for those of the vectors that `forward` made last; `slopes` is changed.
  /// - Parameters:
  ///   - gradients: of all weights.
  ///   - touched: receives the rows that have a gradient now, some more than once.
  package func backward<R: TensorScalar>(
    gradients: UnsafeMutablePointer<R>, _ slopes: UnsafeMutablePointer<R>, _ dropout: RowDropout,
    touched: inout [UInt32], _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let table = gradients + rows.offset
    for (place, item) in tape.items.enumerated() {
      let slope = slopes + place * width
      if isNormalized {
        unnormalize(slope, vector: tape.vectors.start + place * width, length: tape.lengths.start[place])
      }
      if !drops(item, dropout) {
        R.add(slope, width, 1, table + Int(item) * width)
        touched.append(item)
      }
      guard let features else { continue }
      let weight = R(features.weight(of: Int(item)))
      for feature in features.features(of: Int(item)) {
        let row = UInt32(itemCount) + feature
        R.add(slope, width, weight, table + Int(row) * width)
        touched.append(row)
      }
    }
    projection?.backward(
      gradients: gradients, tape.content.start, slopes, rows: tape.items.count, workspace)
  }

  /// Items whose sums are made at once where there are many.
  private static var chunk: Int { 1_024 }

  private func forEachChunk(_ items: Range<Int>, _ body: (Range<Int>) -> Void) {
    for first in stride(from: items.lowerBound, to: items.upperBound, by: Self.chunk) {
      body(first..<min(items.upperBound, first + Self.chunk))
    }
  }

  /// The vectors [items.count, width] of a range of items.
  package func vectors<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, of items: Range<Int>, _ dropout: RowDropout,
    into vectors: UnsafeMutablePointer<R>, _ workspace: Workspace<R>
  ) {
    let inputs = Buffer<R>()
    forEachChunk(items) { part in
      let target = vectors + (part.lowerBound - items.lowerBound) * width
      sums(parameters, part.numbers, dropout, content: inputs, into: target, workspace)
      guard isNormalized else { return }
      for place in 0..<part.count { normalize(target + place * width) }
    }
  }

  /// The rows [items, width] with what is known of the items added to them: what a model that is done learning keeps.
  package func bakedRows<R: TensorScalar>(_ parameters: UnsafePointer<R>) -> [R] {
    let (inputs, workspace) = (Buffer<R>(), Workspace<R>())
    var baked = [R](repeating: 0, count: itemCount * width)
    baked.withUnsafeMutableBufferPointer { baked in
      guard let start = baked.baseAddress else { return }
      forEachChunk(0..<itemCount) { part in
        sums(
          parameters, part.numbers, .none, content: inputs, into: start + part.lowerBound * width, workspace)
      }
    }
    return baked
  }

  /// The vectors [items.count, width] of some items by what is known of them but their events; zeros where nothing is.
  package func bareVectors<R: TensorScalar>(_ parameters: UnsafePointer<R>, of items: [UInt32]) -> [R] {
    guard hasKnowledge else { return [R](repeating: 0, count: items.count * width) }
    let (tape, workspace) = (Tape<R>(), Workspace<R>())
    var vectors: [R] = []
    for first in stride(from: 0, to: items.count, by: Self.chunk) {
      let part = Array(items[first..<min(items.count, first + Self.chunk)])
      let found = forward(parameters, part, RowDropout(rate: 1, seed: 0), tape, workspace)
      vectors += UnsafeBufferPointer(start: found, count: part.count * width)
    }
    return withExtendedLifetime(tape) { vectors }
  }

  /// Brings a vector to length 1.
  /// - Returns: the length that it had.
  @discardableResult
  private func normalize<R: TensorScalar>(_ vector: UnsafeMutablePointer<R>) -> R {
    let length = max(R.dot(vector, vector, width).squareRoot(), R(1e-12))
    R.scale(vector, width, 1 / length)
    return length
  }

  /// Turns the gradient of a vector of length 1 into that of the sum of some length that it was made of.
  private func unnormalize<R: TensorScalar>(
    _ slope: UnsafeMutablePointer<R>, vector: UnsafePointer<R>, length: R
  ) {
    R.add(vector, width, -R.dot(vector, slope, width), slope)
    R.scale(slope, width, 1 / length)
  }

  /// Turns the gradients of a range of items' vectors, which lie where those of their rows belong, into those of the
  /// rows, and adds those of the projection; `sumSlopes` [items, width] receives those of the sums for
  /// `featuresBackward`, where more than rows is learned.
  package func itemsBackward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>,
    projectionGradients: UnsafeMutablePointer<R>, _ items: Range<Int>, _ dropout: RowDropout,
    sumSlopes: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    guard isNormalized || hasKnowledge else { return }
    forEachChunk(items) { part in
      forward(parameters, Array(part.numbers), dropout, tape, workspace)
      let slopes = gradients + rows.offset + part.lowerBound * width
      if isNormalized {
        for place in 0..<part.count {
          unnormalize(
            slopes + place * width, vector: tape.start + place * width, length: tape.lengths.start[place])
        }
      }
      guard hasKnowledge else { return }
      projection?.backward(
        gradients: projectionGradients, tape.content.start, slopes, rows: part.count, workspace)
      (sumSlopes + part.lowerBound * width).update(from: slopes, count: part.count * width)
      for (place, item) in part.numbers.enumerated() where drops(item, dropout) {
        R.clear(slopes + place * width, width)
      }
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
      for item in features.items(of: feature) {
        R.add(sumSlopes + Int(item) * width, width, R(features.weight(of: Int(item))), row)
      }
    }
  }
}

extension Range<Int> {
  /// As the numbers of items.
  fileprivate var numbers: Range<UInt32> { UInt32(lowerBound)..<UInt32(upperBound) }
}
