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
  var touched: [UInt32] = []

  let model: SessionModel
  let workspace = Workspace<R>()
  let logits = Buffer<R>()
  let negativeVectors = Buffer<R>()
  let negativeSlopes = Buffer<R>()
  let targetVectors = Buffer<R>()
  let targetSlopes = Buffer<R>()
  private(set) var tokens = SessionTokens()
  private(set) var targets: [UInt32] = []
  private let tape: SessionModel.Tape<R>
  private let losses = Buffer<R>()
  private let slopes = Buffer<R>()
  private let tokenVectors = Buffer<R>()
  private let tokenSlopes = Buffer<R>()

  init(_ model: SessionModel) {
    self.model = model
    tape = SessionModel.Tape(model)
    gradients = .allocate(capacity: model.layout.count)
    gradients.initialize(repeating: 0, count: model.layout.count)
  }

  deinit { gradients.deallocate() }

  func removeAll() {
    tokens.removeAll()
    targets.removeAll(keepingCapacity: true)
  }

  /// Adds a part of a sequence: all but the last are tokens, all but the first their targets.
  func append(_ range: Range<Int>, of sequences: SequenceSet) {
    tokens.append(range.dropLast(), of: sequences)
    targets += sequences.items[range.dropFirst()]
  }

  /// Adds the part's gradients from a softmax over all items, each target's with `weight`.
  /// - Parameter vectors: of all items; the gradients of theirs are left where those of the items' rows belong.
  func runFull(
    _ parameters: UnsafePointer<R>, vectors: UnsafePointer<R>, weight: R, smoothing: R, dropout: Dropout
  ) {
    run(parameters, dropout, vectors: vectors, rows: tokens.items) { outputs, slopes, losses in
      fullSoftmax(vectors, outputs, slopes, losses, weight, smoothing)
    } tokenSlopes: {
      gradients + model.items.rows.offset
    } finally: { _ in
    }
  }

  /// Adds the part's gradients from a softmax over the target and negatives that all targets share.
  func runSampled(
    _ parameters: UnsafePointer<R>, negatives: [UInt32], corrections: [Float], weight: R, dropout: Dropout,
    rowDropout: ItemTable.RowDropout
  ) {
    let count = tokens.count * model.configuration.dimension
    let vectors = tokenVectors.reserve(count)
    model.items.vectors(parameters, of: tokens.items, rowDropout, into: vectors)
    run(parameters, dropout, vectors: vectors, rows: Array(0..<UInt32(tokens.count))) {
      outputs, slopes, losses in
      sampledSoftmax(
        parameters, outputs, slopes, losses, weight, drawn: negatives, corrections: corrections,
        rowDropout: rowDropout)
    } tokenSlopes: {
      tokenSlopes.zeroed(count)
    } finally: { slopes in
      model.items.backward(
        parameters, gradients: gradients, of: tokens.items, slopes, rowDropout, touched: &touched)
    }
  }

  private func run(
    _ parameters: UnsafePointer<R>, _ dropout: Dropout, vectors: UnsafePointer<R>, rows: [UInt32],
    softmax: (UnsafePointer<R>, UnsafeMutablePointer<R>, UnsafeMutablePointer<R>) -> Void,
    tokenSlopes: () -> UnsafeMutablePointer<R>, finally: (UnsafeMutablePointer<R>) -> Void
  ) {
    loss = 0
    touched.removeAll(keepingCapacity: true)
    guard tokens.count > 0 else { return }
    let outputs = model.forward(
      parameters, tokens, vectors: vectors, rows: rows, dropout: dropout, tape, workspace)
    let slopes = slopes.reserve(tokens.count * model.configuration.dimension)
    let losses = losses.reserve(tokens.count)
    softmax(outputs, slopes, losses)
    for target in 0..<tokens.count { loss += Double(losses[target]) }
    let vectorSlopes = tokenSlopes()
    model.backward(
      parameters, gradients: gradients, tokens, vectorSlopes: vectorSlopes, rows: rows, slopes,
      dropout: dropout, tape, workspace)
    finally(vectorSlopes)
  }
}
