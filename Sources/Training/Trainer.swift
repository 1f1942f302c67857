package import Basics
import Dispatch
package import SessionEncoder
package import Tensors
import Transformer

/// Learns a session model's weights from sequences: every item is the target of those before it.
///
/// The same seed, sequences and threads give the same weights bit for bit. Only one thread may call it.
// unchecked: used by one thread at a time, its workers by one each
package final class Trainer<R: TensorScalar>: @unchecked Sendable {
  package let model: SessionModel
  package let configuration: TrainingConfiguration
  /// The weights as they are now.
  package let parameters: UnsafeMutablePointer<R>
  let firstMoments: UnsafeMutablePointer<R>
  let secondMoments: UnsafeMutablePointer<R>
  /// The weights' moving average, where one is kept.
  let averages: UnsafeMutablePointer<R>?
  package internal(set) var step = 0
  /// What is random, step by step.
  var generator: SeededGenerator
  private let workers: [TrainingWorker<R>]
  /// The vectors of all items in a step with full softmax, then the gradients of their sums.
  private let vectors = Buffer<R>()
  private let sumSlopes = Buffer<R>()
  /// Items that are as good as new: their rows are zeros, and no target is compared with them.
  package private(set) var withheld: [UInt32] = []

  package init(_ model: SessionModel, _ configuration: TrainingConfiguration) {
    self.model = model
    self.configuration = configuration
    let count = model.layout.count
    parameters = .allocate(capacity: count)
    firstMoments = .allocate(capacity: count)
    secondMoments = .allocate(capacity: count)
    averages = configuration.averaging > 0 ? .allocate(capacity: count) : nil
    parameters.initialize(
      from: model.layout.initialValues(seed: configuration.seed, as: R.self), count: count)
    firstMoments.initialize(repeating: 0, count: count)
    secondMoments.initialize(repeating: 0, count: count)
    averages?.initialize(from: parameters, count: count)
    workers = (0..<max(1, configuration.threads)).map { _ in TrainingWorker(model) }
    generator = SeededGenerator(seed: configuration.seed &+ 1)
  }

  deinit {
    parameters.deallocate()
    firstMoments.deallocate()
    secondMoments.deallocate()
    averages?.deallocate()
  }

  /// Learns nothing about some items until others, or none, are withheld: their vectors are what is known of them but
  /// their events.
  /// - Parameter items: none of them may occur in the sequences of an epoch.
  package func withhold(_ items: [UInt32]) {
    withheld = items
    let width = model.items.width
    for item in items {
      let offset = model.items.rows.offset + Int(item) * width
      R.clear(parameters + offset, width)
      if let averages { R.clear(averages + offset, width) }
    }
  }

  /// The weights to be used: the average of those of the last steps where one is kept.
  package var trained: UnsafeMutablePointer<R> { averages ?? parameters }
  /// A copy of them.
  package var trainedWeights: [R] { Array(UnsafeBufferPointer(start: trained, count: model.layout.count)) }

  /// Learns from every sequence once, in an order of its own.
  /// - Parameters:
  ///   - sequences: of at least two items each, the first of which may be a profile; of longer ones than the model
  ///     looks at, window by window.
  ///   - isStopped: asked before every step, with the share of the epoch that is done.
  /// - Returns: the mean of -log p(target), by what targets weigh above 0.
  package func epoch(_ sequences: SequenceSet, isStopped: (Double) -> Bool = { _ in false }) -> Double {
    let windows = Windows(
      sequences, maximumLength: model.configuration.maximumLength,
      firstProfile: model.profiles == nil ? nil : model.configuration.itemCount,
      dropout: configuration.profileDropout, using: &generator)
    let sampler = NegativeSampler(
      sequences, itemCount: model.configuration.itemCount, leavingOut: withheld,
      popularShare: configuration.popularShare)
    let order = windows.ranges.indices.shuffled(using: &generator)
    var (loss, targets) = (0.0, 0.0)
    for first in stride(from: 0, to: order.count, by: configuration.batchSize) {
      if isStopped(Double(first) / Double(order.count)) { break }
      let batch = order[first..<min(order.count, first + configuration.batchSize)].map { windows.ranges[$0] }
      let part = learn(batch, of: sequences, sampler)
      loss += part.loss
      targets += part.targets
    }
    return targets == 0 ? 0 : loss / targets
  }

  /// One step.
  private func learn(
    _ batch: [Range<Int>], of sequences: SequenceSet, _ sampler: NegativeSampler
  ) -> (loss: Double, targets: Double) {
    let targets = share(batch, of: sequences)
    // Where nothing is to be predicted nothing is learned.
    guard targets.absolute > 0 else { return (0, 0) }
    let seed = generator.next()
    let rowDropout = ItemTable.RowDropout(rate: configuration.rowDropout, seed: seed)
    let (weight, configuration) = (1 / R(targets.absolute), configuration)
    @Sendable func dropout(_ worker: Int) -> Dropout {
      Dropout(
        rate: configuration.dropout, attentionRate: configuration.attentionDropout,
        seed: seed &+ UInt64(worker) &* 0x9E37_79B9_7F4A_7C15)
    }
    if let negatives = configuration.negatives {
      // The same for all workers: rows that several touch are moved once.
      let drawn = sampler.draw(negatives, using: &generator)
      DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
        workers[number].runSampled(
          parameters, negatives: drawn, corrections: sampler.corrections,
          weight: weight, dropout: dropout(number), rowDropout: rowDropout)
      }
      update(table: Array(Set(workers.flatMap(\.touched))).sorted())
    } else {
      let items = model.items
      _ = vectors.reserve(items.itemCount * items.width)
      DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
        let range = slice(items.itemCount, number)
        items.vectors(
          parameters, of: range, rowDropout, into: vectors.start + range.lowerBound * items.width,
          workers[number].workspace)
      }
      DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
        workers[number].runFull(
          parameters, vectors: vectors.start, leavingOut: withheld, weight: weight,
          smoothing: R(configuration.smoothing), dropout: dropout(number))
      }
      finishItems(rowDropout)
      update(table: nil)
    }
    return (workers.reduce(0) { $0 + $1.loss }, targets.positive)
  }

  /// Adds up the gradients of all items' vectors in the first worker and turns them into those of their rows.
  private func finishItems(_ dropout: ItemTable.RowDropout) {
    let items = model.items
    let isPlain = items.features == nil && items.content == nil
    _ = sumSlopes.reserve(isPlain ? 0 : items.itemCount * items.width)
    DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
      let (range, total) = (slice(items.itemCount, number), workers[0].gradients)
      let (offset, count) = (items.rows.offset + range.lowerBound * items.width, range.count * items.width)
      for worker in workers.dropFirst() {
        R.add(worker.gradients + offset, count, 1, total + offset)
        R.clear(worker.gradients + offset, count)
      }
      let worker = workers[number]
      items.itemsBackward(
        parameters, gradients: total, projectionGradients: worker.gradients, range, dropout,
        sumSlopes: sumSlopes.start, worker.itemTape, worker.workspace)
    }
    guard let features = items.features else { return }
    DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
      items.featuresBackward(
        gradients: workers[0].gradients, slice(features.featureCount, number), sumSlopes: sumSlopes.start)
    }
  }

  /// A worker's part of `count` things.
  private func slice(_ count: Int, _ worker: Int) -> Range<Int> {
    (count * worker / workers.count)..<(count * (worker + 1) / workers.count)
  }

  /// Gives each worker about the same number of tokens.
  /// - Returns: what the targets of all weigh.
  private func share(_ batch: [Range<Int>], of sequences: SequenceSet) -> (
    positive: Double, absolute: Double
  ) {
    for worker in workers { worker.removeAll() }
    let masking = Masking(model, configuration)
    let all = batch.reduce(0) { $0 + $1.count - 1 }
    var (number, given) = (0, 0)
    for range in batch {
      if given * workers.count >= (number + 1) * all, number < workers.count - 1 { number += 1 }
      given += range.count - 1
      let hasProfile = model.profiles != nil && sequences.items[range.lowerBound] >= model.items.itemCount
      if let masking {
        let first = hasProfile ? 1 : 0
        let places = masking.draw(range.count - first, using: &generator).map { $0 + first }
        workers[number].append(range, of: sequences, masking: places)
      } else {
        let share = hasProfile ? configuration.profileShare : 0
        let count = Int((share * Double(range.count - 1)).rounded(.up))
        let drawn = (0..<count).map { _ in
          range.lowerBound + 1 + Int(generator.next() % UInt64(range.count - 1))
        }
        workers[number].append(range, of: sequences, profileTargets: drawn)
      }
    }
    return workers.map(\.weight).reduce((0, 0)) { ($0.0 + $1.positive, $0.1 + $1.absolute) }
  }

  /// Adds up the workers' gradients and moves the weights (Adam; Kingma and Ba 2015). Rows of the items' table without
  /// a gradient stay as they are, and so do their moments.
  /// - Parameter table: the rows with a gradient; nil for all.
  private func update(table: [UInt32]?) {
    step += 1
    let parts = UpdateParts(
      rows: table, width: model.configuration.dimension, tableCount: model.items.rows.count,
      count: model.layout.count, parts: workers.count)
    DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
      var square = 0.0
      parts.forEach(number) { offset, count in
        let total = workers[0].gradients + offset
        for worker in workers.dropFirst() { R.add(worker.gradients + offset, count, 1, total) }
        square += Double(R.dot(total, total, count))
      }
      workers[number].square = square
    }
    let norm = workers.reduce(0) { $0 + $1.square }.squareRoot()
    let scale = configuration.clip > 0 && norm > configuration.clip ? configuration.clip / norm : 1
    let warmUp = min(1, Double(step) / Double(max(1, configuration.warmUpSteps)))
    let (beta1, beta2) = (configuration.beta1, configuration.beta2)
    let correction = (1 - power(beta2, step)).squareRoot()
    let rate = configuration.learningRate * warmUp
    let corrected = rate * correction / (1 - power(beta1, step))
    DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
      parts.forEach(number) { offset, count in
        R.adam(
          parameters + offset, workers[0].gradients + offset, firstMoments + offset, secondMoments + offset,
          count, R(corrected), R(beta1), R(beta2), R(configuration.epsilon * correction),
          R(rate * configuration.decay), R(scale))
        for worker in workers { R.clear(worker.gradients + offset, count) }
      }
    }
    average()
  }

  /// Moves the average towards the weights, every few steps by as much as that many would.
  private func average() {
    let stride = 8
    guard averages != nil, step % stride == 0 else { return }
    // The first steps' weights say little: the average begins short and grows to its full length.
    let kept = min(power(configuration.averaging, stride), Double(step) / Double(step + 10 * stride))
    DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
      guard let averages else { return }
      let range = slice(model.layout.count, number)
      R.scale(averages + range.lowerBound, range.count, R(kept))
      R.add(parameters + range.lowerBound, range.count, R(1 - kept), averages + range.lowerBound)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
