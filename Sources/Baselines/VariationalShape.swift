import Basics
package import Tensors

/// The sizes of an autoencoder over bags of items, and where each of its weights stands among all.
///
/// Letters of the shapes: B users, I items, H `hidden`, Z `latent`.
package struct VariationalShape: Sendable, Hashable {
  package let items: Int
  package let hidden: Int
  package let latent: Int

  package init(items: Int, hidden: Int, latent: Int) {
    precondition(items > 0 && hidden > 0 && latent > 0, "\(items) items, \(hidden) and \(latent) units")
    self.items = items
    self.hidden = hidden
    self.latent = latent
  }

  /// [I, H], a row for each item of the input.
  var input: Range<Int> { 0..<(items * hidden) }
  /// [H]
  var inputBias: Range<Int> { after(input, hidden) }
  /// [2 Z, H]: the mean, then the logarithm of the variance.
  var code: Range<Int> { after(inputBias, 2 * latent * hidden) }
  /// [2 Z]
  var codeBias: Range<Int> { after(code, 2 * latent) }
  /// [H, Z]
  var decoder: Range<Int> { after(codeBias, hidden * latent) }
  /// [H]
  var decoderBias: Range<Int> { after(decoder, hidden) }
  /// [I, H]
  var output: Range<Int> { after(decoderBias, items * hidden) }
  /// [I]
  var outputBias: Range<Int> { after(output, items) }
  package var weightCount: Int { outputBias.upperBound }

  private func after(_ range: Range<Int>, _ count: Int) -> Range<Int> {
    range.upperBound..<(range.upperBound + count)
  }

  /// Matrices uniform within sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010), biases 0.
  func initialWeights<R: TensorScalar>(seed: UInt64) -> [R] {
    var generator = SeededGenerator(seed: seed)
    var weights = [R](repeating: 0, count: weightCount)
    for (range, ends) in [
      (input, items + hidden), (code, hidden + 2 * latent), (decoder, hidden + latent),
      (output, items + hidden),
    ] {
      let limit = (6 / Double(ends)).squareRoot()
      for index in range { weights[index] = R(limit * (2 * generator.nextUnit() - 1)) }
    }
    return weights
  }
}

/// The bags of items of several users.
package struct ItemBags<R: TensorScalar>: Sendable {
  /// Where each user's items begin, and at last where those of the last one end.
  package private(set) var offsets = [0]
  package private(set) var items: [UInt32] = []
  /// What the input layer receives of each item.
  package var inputs: [R] = []

  package init() {}

  package var count: Int { offsets.count - 1 }

  /// Adds a user: each of the items once, inputs of length 1 together.
  package mutating func append(_ history: some Collection<UInt32>) {
    append(distinct: Set(history).sorted())
  }

  mutating func append(distinct set: some Collection<UInt32>) {
    items += set
    inputs += repeatElement(1 / R(max(1, set.count)).squareRoot(), count: set.count)
    offsets.append(items.count)
  }

  func range(_ user: Int) -> Range<Int> { offsets[user]..<offsets[user + 1] }
}
