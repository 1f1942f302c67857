import Dispatch
package import SessionEncoder
package import Transformer
import VectorMath

/// Learns a session model's weights from sequences: every item is the target of those before it.
///
/// The same seed, sequences and threads give the same weights bit for bit. Only one thread may call it.
// unchecked: used by one thread at a time, its workers by one each
package final class Trainer<R: Real>: @unchecked Sendable {
  package let model: SessionModel
  package let configuration: TrainingConfiguration
  /// The weights as they are now.
  package let parameters: UnsafeMutablePointer<R>
  private let firstMoments: UnsafeMutablePointer<R>
  private let secondMoments: UnsafeMutablePointer<R>
  private let workers: [TrainingWorker<R>]
  package private(set) var step = 0
  /// Steps so far, as seeds of what is random in one.
  private var generator: SeededGenerator

  package init(_ model: SessionModel, _ configuration: TrainingConfiguration) {
    self.model = model
    self.configuration = configuration
    let count = model.layout.count
    parameters = .allocate(capacity: count)
    firstMoments = .allocate(capacity: count)
    secondMoments = .allocate(capacity: count)
    parameters.initialize(
      from: model.layout.initialValues(seed: configuration.seed, as: R.self), count: count)
    firstMoments.initialize(repeating: 0, count: count)
    secondMoments.initialize(repeating: 0, count: count)
    workers = (0..<max(1, configuration.threads)).map { _ in TrainingWorker(model) }
    generator = SeededGenerator(seed: configuration.seed &+ 1)
  }

  deinit {
    parameters.deallocate()
    firstMoments.deallocate()
    secondMoments.deallocate()
  }

  /// Learns from every sequence once, in an order of its own.
  /// - Parameters:
  ///   - sequences: items, oldest first, at least two each; of longer ones than the model looks at, all windows.
  ///   - isStopped: asked before every step.
  /// - Returns: the mean of -log p(target).
  package func epoch(_ sequences: [[UInt32]], isStopped: () -> Bool = { false }) -> Double {
    let windows = Windows(sequences, maximumLength: model.configuration.maximumLength)
    let order = windows.ranges.indices.shuffled(using: &generator)
    var (loss, targets) = (0.0, 0)
    for first in stride(from: 0, to: order.count, by: configuration.batchSize) {
      if isStopped() { break }
      let batch = order[first..<min(order.count, first + configuration.batchSize)].map { windows.ranges[$0] }
      let part = learn(batch.map { sequences[$0.sequence][$0.range] })
      loss += part.loss
      targets += part.targets
    }
    return targets == 0 ? 0 : loss / Double(targets)
  }

  /// One step.
  private func learn(_ batch: [ArraySlice<UInt32>]) -> (loss: Double, targets: Int) {
    let targets = batch.reduce(0) { $0 + $1.count - 1 }
    share(batch, targets: targets)
    let seed = generator.next()
    DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
      workers[number].run(
        parameters, negatives: configuration.negatives, weight: 1 / R(targets),
        dropout: Dropout(rate: configuration.dropout, seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15))
    }
    update()
    return (workers.reduce(0) { $0 + $1.loss }, targets)
  }

  /// Gives each worker about the same number of tokens.
  private func share(_ batch: [ArraySlice<UInt32>], targets: Int) {
    for worker in workers { worker.removeAll() }
    var (number, given) = (0, 0)
    for sequence in batch {
      if given * workers.count >= (number + 1) * targets, number < workers.count - 1 { number += 1 }
      workers[number].append(sequence)
      given += sequence.count - 1
    }
  }

  /// Adds up the workers' gradients and moves the weights (Adam; Kingma and Ba 2015). Rows of the items' table without a
  /// gradient stay as they are, and so do their moments.
  private func update() {
    step += 1
    let parts = UpdateParts(
      rows: configuration.negatives == nil ? nil : touchedRows(), width: model.configuration.dimension,
      tableCount: model.items.count, count: model.layout.count, parts: workers.count)
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
    let rate = configuration.learningRate * warmUp * correction / (1 - power(beta1, step))
    DispatchQueue.concurrentPerform(iterations: workers.count) { [self] number in
      parts.forEach(number) { offset, count in
        R.adam(
          parameters + offset, workers[0].gradients + offset, firstMoments + offset, secondMoments + offset,
          count,
          R(rate), R(beta1), R(beta2), R(configuration.epsilon * correction), 0, R(scale))
        for worker in workers { (worker.gradients + offset).update(repeating: 0, count: count) }
      }
    }
  }

  private func touchedRows() -> [UInt32] { Array(Set(workers.flatMap(\.touched))).sorted() }

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
