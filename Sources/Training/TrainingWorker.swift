import SessionEncoder
import Transformer
import VectorMath

/// One thread's part of a step: its sequences, its gradients, and room to compute them.
final class TrainingWorker<R: Real>: @unchecked Sendable {  // used by one thread at a time
  /// Of all weights, in their order.
  let gradients: UnsafeMutablePointer<R>
  /// The squared norm of a part of the sum of all workers' gradients.
  var square = 0.0
  /// The sum of -log p over the part's targets.
  private(set) var loss = 0.0
  /// Rows of the items' table with a gradient, some more than once.
  private(set) var touched: [UInt32] = []

  private let model: SessionModel
  private let tape: SessionModel.Tape<R>
  private let workspace = Workspace<R>()
  private let logits = Buffer<R>()
  private let losses = Buffer<R>()
  private let slopes = Buffer<R>()
  private let negativeRows = Buffer<R>()
  private let negativeSlopes = Buffer<R>()
  private var tokens: [UInt32] = []
  private var targets: [UInt32] = []
  private var sequences = PackedSequences()

  /// Targets whose scores of all items are made at once: they stay in the third-level cache.
  private static var chunk: Int { 128 }

  init(_ model: SessionModel) {
    self.model = model
    tape = SessionModel.Tape(model)
    gradients = .allocate(capacity: model.layout.count)
    gradients.initialize(repeating: 0, count: model.layout.count)
  }

  deinit { gradients.deallocate() }

  func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    sequences.removeAll()
  }

  /// Adds a sequence: all but the last are tokens, all but the first their targets.
  func append(_ sequence: ArraySlice<UInt32>) {
    tokens += sequence.dropLast()
    targets += sequence.dropFirst()
    sequences.append(length: sequence.count - 1)
  }

  /// Adds the part's gradients, each target's with `weight`.
  func run(_ parameters: UnsafePointer<R>, negatives: Int?, weight: R, dropout: Dropout) {
    loss = 0
    touched.removeAll(keepingCapacity: true)
    guard !tokens.isEmpty else { return }
    let outputs = model.forward(parameters, tokens, sequences, dropout: dropout, tape, workspace)
    let slopes = slopes.reserve(tokens.count * model.configuration.dimension)
    let losses = losses.reserve(tokens.count)
    if let negatives {
      sampledSoftmax(
        parameters, outputs, slopes, losses, weight, count: negatives, seed: dropout.numbered(-1).seed)
    } else {
      fullSoftmax(parameters, outputs, slopes, losses, weight)
    }
    for target in 0..<tokens.count { loss += Double(losses[target]) }
    model.backward(
      parameters, gradients: gradients, tableGradients: gradients + model.items.offset, rows: tokens, slopes,
      sequences, dropout: dropout, tape, workspace)
  }

  /// Softmax over all items, a chunk of targets at a time, with both gradients made from the chunk's scores.
  private func fullSoftmax(
    _ parameters: UnsafePointer<R>, _ outputs: UnsafePointer<R>, _ slopes: UnsafeMutablePointer<R>,
    _ losses: UnsafeMutablePointer<R>, _ weight: R
  ) {
    let (width, items) = (model.configuration.dimension, model.configuration.itemCount)
    let table = parameters + model.items.offset
    let logits = logits.reserve(Self.chunk * items)
    for first in stride(from: 0, to: tokens.count, by: Self.chunk) {
      let rows = min(Self.chunk, tokens.count - first)
      let part = outputs + first * width
      workspace.multiplyTransposed(part, table, m: rows, n: items, k: width, into: logits)
      targets.withUnsafeBufferPointer { targets in
        guard let targets = targets.baseAddress else { return }
        R.softmaxGradient(logits, items, rows, items, targets + first, weight, losses + first)
      }
      workspace.multiply(logits, table, m: rows, n: width, k: items, into: slopes + first * width)
      workspace.addProduct(
        transposing: logits, part, m: items, n: width, k: rows, to: gradients + model.items.offset)
    }
  }

  /// Softmax over the target and negatives drawn uniformly, the same for all targets of the part; a negative that is the
  /// target itself does not count.
  private func sampledSoftmax(
    _ parameters: UnsafePointer<R>, _ outputs: UnsafePointer<R>, _ slopes: UnsafeMutablePointer<R>,
    _ losses: UnsafeMutablePointer<R>, _ weight: R, count: Int, seed: UInt64
  ) {
    let (width, items) = (model.configuration.dimension, model.configuration.itemCount)
    let table = parameters + model.items.offset
    let tableGradients = gradients + model.items.offset
    var generator = SeededGenerator(seed: seed)
    let drawn = (0..<count).map { _ in UInt32.random(in: 0..<UInt32(items), using: &generator) }
    let negatives = negativeRows.reserve(count * width)
    for (index, item) in drawn.enumerated() {
      (negatives + index * width).update(from: table + Int(item) * width, count: width)
    }
    let negativeSlopes = negativeSlopes.zeroed(count * width)
    let columns = count + 1
    let logits = logits.reserve(tokens.count * columns)
    let scores = workspace.scores.reserve(tokens.count * count)
    workspace.multiplyTransposed(outputs, negatives, m: tokens.count, n: count, k: width, into: scores)
    for (row, target) in targets.enumerated() {
      let line = logits + row * columns
      line.update(from: scores + row * count, count: count)
      for index in 0..<count where drawn[index] == target { line[index] = -.greatestFiniteMagnitude / 2 }
      line[count] = R.dot(outputs + row * width, table + Int(target) * width, width)
    }
    let last = [UInt32](repeating: UInt32(count), count: tokens.count)
    R.softmaxGradient(logits, columns, tokens.count, columns, last, weight, losses)
    for (row, target) in targets.enumerated() {
      let line = logits + row * columns
      (scores + row * count).update(from: line, count: count)
      R.add(outputs + row * width, width, line[count], tableGradients + Int(target) * width)
    }
    workspace.multiply(scores, negatives, m: tokens.count, n: width, k: count, into: slopes)
    for (row, target) in targets.enumerated() {
      R.add(table + Int(target) * width, width, logits[row * columns + count], slopes + row * width)
    }
    workspace.addProduct(
      transposing: scores, outputs, m: count, n: width, k: tokens.count, to: negativeSlopes)
    for (index, item) in drawn.enumerated() {
      R.add(negativeSlopes + index * width, width, 1, tableGradients + Int(item) * width)
    }
    touched += tokens
    touched += targets
    touched += drawn
  }
}
