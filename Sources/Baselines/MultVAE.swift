package import Basics
import Evaluation
import Platform
import Tensors

/// A variational autoencoder over the bag of a user's items with a multinomial likelihood (Mult-VAE; Liang, Krishnan,
/// Hoffman and Jebara 2018): scores are the logits that the mean of the code is decoded to. The order of a history
/// does not count.
package struct MultVAE: ItemScorer {
  /// The sizes of the network and how it is trained.
  package struct Configuration: Sendable, Hashable {
    /// Units of the layers beside the code.
    package var hidden: Int
    /// The length of the code.
    package var latent: Int
    /// The probability that an item of the input is left out.
    package var dropout = 0.5
    /// The weight of the divergence in the end; it grows evenly from 0.
    package var beta = 0.2
    /// Steps until `beta` is reached.
    package var annealingSteps = 2_000
    package var learningRate = 1e-3
    package var batchSize: Int
    package var epochs = 200
    package var seed: UInt64 = 1

    /// As published, 600-200-600 and batches of 500, for 6,000 users and 2,400 items or more. Where there are fewer,
    /// the layers are a quarter of the smaller number wide, in steps of 8, and batches are a twelfth of the users.
    package init(userCount: Int, itemCount: Int) {
      hidden = min(600, max(16, min(userCount, itemCount) / 32 * 8))
      latent = (hidden + 2) / 3
      batchSize = min(500, max(16, userCount / 12))
    }
  }

  /// The most items: a step takes time in proportion to users by items, and weights, gradients and moments take 9.6 kB
  /// of memory an item at full width.
  package static let itemLimit = 25_000

  package let itemCount: Int
  private let shape: VariationalShape
  /// All weights, as `shape` has them.
  package let weights: [Float]

  init(_ shape: VariationalShape, weights: [Float]) {
    itemCount = shape.items
    self.shape = shape
    self.weights = weights
  }

  /// - Parameter isStopped: receives how many epochs are done, after each batch, and says whether to end.
  /// - Returns: nil for more items than `itemLimit`, without items or events, and where `isStopped` ended it.
  package init?(
    _ sequences: SequenceSet, itemCount: Int, threads: Int, _ configuration: Configuration,
    isStopped: (Int) -> Bool = { _ in false }
  ) {
    guard let training = MultVAETraining(sequences, itemCount: itemCount, threads: threads, configuration)
    else { return nil }
    for epoch in 0..<configuration.epochs {
      guard training.runEpoch(isStopped: { isStopped(epoch) }) else { return nil }
    }
    self = training.scorer
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    guard let start = scores.baseAddress else { return }
    addScores(afterEach: [history], to: start)
  }

  package func addScores(
    afterEach histories: [ArraySlice<UInt32>], to scores: UnsafeMutablePointer<Float>
  ) {
    var bags = ItemBags<Float>()
    for history in histories { bags.append(history) }
    let network = VariationalNetwork<Float>(shape, threads: 1)
    let logits = weights.withUnsafeBufferPointer { weights in
      weights.baseAddress.map { network.forward($0, bags) }
    }
    if let logits { Float.add(logits, histories.count * itemCount, 1, scores) }
  }
}

/// Training of one Mult-VAE, epoch by epoch. The same weights come out of the same sequences, configuration and kernels
/// on any number of threads.
final class MultVAETraining {
  private let configuration: MultVAE.Configuration
  private let shape: VariationalShape
  private let threads: Int
  /// Each user's items once, ascending; users without any are left out.
  private let users: [[UInt32]]
  private let network: VariationalNetwork<Float>
  private let weights = Buffer<Float>()
  private let gradients = Buffer<Float>()
  /// Adam's moments.
  private let first = Buffer<Float>()
  private let second = Buffer<Float>()
  private var generator: SeededGenerator
  private var step = 0

  /// - Returns: nil for more items than `MultVAE.itemLimit`, and without items or events.
  init?(
    _ sequences: SequenceSet, itemCount: Int, threads: Int, _ configuration: MultVAE.Configuration
  ) {
    users = sequences.lazy.filter { !$0.isEmpty }.map { Set($0).sorted() }
    guard (1...MultVAE.itemLimit).contains(itemCount), !users.isEmpty else { return nil }
    self.configuration = configuration
    self.threads = threads
    shape = VariationalShape(
      items: itemCount, hidden: configuration.hidden, latent: configuration.latent)
    network = VariationalNetwork(shape, threads: threads)
    weights.reserve(shape.weightCount)
      .update(from: shape.initialWeights(seed: configuration.seed), count: shape.weightCount)
    for buffer in [gradients, first, second] { _ = buffer.zeroed(shape.weightCount) }
    generator = SeededGenerator(seed: SeededGenerator.mixed(configuration.seed))
  }

  /// What was learned until now.
  var scorer: MultVAE {
    MultVAE(shape, weights: Array(UnsafeBufferPointer(start: weights.start, count: shape.weightCount)))
  }

  /// One pass over all users in a random order.
  /// - Parameter isStopped: asked after each batch.
  /// - Returns: false where `isStopped` ended it.
  func runEpoch(isStopped: () -> Bool) -> Bool {
    let order = users.indices.shuffled(using: &generator)
    for start in stride(from: 0, to: order.count, by: configuration.batchSize) {
      learn(order[start..<min(start + configuration.batchSize, order.count)])
      if isStopped() { return false }
    }
    return true
  }

  private func learn(_ batch: ArraySlice<Int>) {
    var bags = ItemBags<Float>()
    for user in batch { bags.append(distinct: users[user]) }
    let rate = Float(configuration.dropout)
    let seed = generator.next()
    bags.inputs.withUnsafeMutableBufferPointer { inputs in
      guard let start = inputs.baseAddress else { return }
      Float.dropout(start, inputs.count, rate, seed, start)
    }
    let noise = generator.nextVectors(count: bags.count, dimension: shape.latent)
    let beta = configuration.beta * min(1, Double(step) / Double(max(1, configuration.annealingSteps)))
    _ = network.loss(weights.start, bags, noise: noise, beta: Float(beta), gradients: gradients.start)
    step += 1
    update()
  }

  /// A step of Adam (Kingma and Ba 2015), the corrections of both moments in its rate.
  private func update() {
    let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8)
    let correction = (1 - pow(beta2, Double(step))).squareRoot()
    let rate = configuration.learningRate * correction / (1 - pow(beta1, Double(step)))
    // unchecked: each part writes elements of its own
    nonisolated(unsafe) let (weights, gradients, first, second) = (
      weights.start, gradients.start, first.start, second.start
    )
    parallelFor(count: shape.weightCount, threads: threads, chunk: 1 << 16) { _, range in
      let start = range.lowerBound
      Float.adam(
        weights + start, gradients + start, first + start, second + start, range.count, Float(rate),
        Float(beta1), Float(beta2), Float(epsilon * correction), 0, 1)
    }
  }
}
