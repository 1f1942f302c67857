import Basics
import SessionEncoder
import Tensors
import Transformer

/// One thread's part of a step: its sequences, its gradients, and room to compute them.
final class TrainingWorker<R: TensorScalar>: @unchecked Sendable {  // used by one thread at a time
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
  let negatives = ItemTable.Tape<R>()
  let negativeSlopes = Buffer<R>()
  let positives = ItemTable.Tape<R>()
  let targetSlopes = Buffer<R>()
  /// Of the tokens' items, or of a part of all.
  let itemTape = ItemTable.Tape<R>()
  private(set) var tokens = SessionTokens()
  private(set) var targets: [UInt32] = []
  /// What each target weighs, below 0 for what is to be predicted less; empty where each weighs 1.
  private(set) var targetWeights: [Float] = []
  private let tape: SessionModel.Tape<R>
  private let losses = Buffer<R>()
  private let slopes = Buffer<R>()
  private let tokenSlopes = Buffer<R>()
  private let chosenOutputs = Buffer<R>()
  private let interestSlopes = Buffer<R>()
  /// Of the tokens that have a target, where not all have.
  let askedOutputs = Buffer<R>()
  let outputSlopes = Buffer<R>()

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
    targetWeights.removeAll(keepingCapacity: true)
  }

  /// What the targets weigh together that weigh more than 0, and the amounts of all.
  var weight: (positive: Double, absolute: Double) {
    guard !targetWeights.isEmpty else { return (Double(targets.count), Double(targets.count)) }
    return targetWeights.reduce(into: (0, 0)) { sums, weight in
      sums.0 += max(0, Double(weight))
      sums.1 += abs(Double(weight))
    }
  }

  private func addTargets(_ places: some Collection<Int>, of sequences: SequenceSet) {
    for place in places {
      targets.append(sequences.items[place])
      if !sequences.signals.isEmpty { targetWeights.append(sequences.signals[place].strength) }
    }
  }

  /// Adds a part of a sequence: all but the last are tokens, all but the first their targets.
  /// - Parameter profileTargets: the places of what the first token, a profile, predicts instead of the second; it
  ///   stands alone for all but one of them.
  func append(_ range: Range<Int>, of sequences: SequenceSet, profileTargets: [Int] = []) {
    tokens.append(range.dropLast(), of: sequences)
    guard let one = profileTargets.first else { return addTargets(range.dropFirst(), of: sequences) }
    addTargets([one] + range.dropFirst(2), of: sequences)
    for other in profileTargets.dropFirst() {
      tokens.append(range.prefix(1), of: sequences)
      addTargets([other], of: sequences)
    }
  }

  /// Adds a part of a sequence: all of it are tokens, and those of some places are masked, and targets.
  func append(_ range: Range<Int>, of sequences: SequenceSet, masking: [Int]) {
    tokens.append(range, of: sequences, masking: masking)
    addTargets(masking.map { range.lowerBound + $0 }, of: sequences)
  }

  /// Adds the part's gradients from a softmax over all items, each target's with `weight`.
  /// - Parameters:
  ///   - vectors: of all items; the gradients of theirs are left where those of the items' rows belong.
  ///   - left: items that no target is compared with.
  func runFull(
    _ parameters: UnsafePointer<R>, vectors: UnsafePointer<R>, leavingOut left: [UInt32], weight: R,
    smoothing: R, dropout: Dropout
  ) {
    let width = model.configuration.dimension
    run(parameters, dropout, vectors: vectors, rows: tokens.items) {
      vectors + Int(targets[$0]) * width
    } softmax: {
      outputs, slopes, losses in
      fullSoftmax(vectors, leavingOut: left, outputs, slopes, losses, weight, smoothing)
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
    let width = model.configuration.dimension
    let count = tokens.count * width
    let vectors = model.items.forward(parameters, tokenItems, rowDropout, itemTape, workspace)
    let positives = model.items.forward(parameters, targets, rowDropout, positives, workspace)
    run(parameters, dropout, vectors: vectors, rows: Array(0..<UInt32(tokens.count))) {
      UnsafePointer(positives + $0 * width)
    } softmax: { outputs, slopes, losses in
      sampledSoftmax(
        parameters, outputs, slopes, losses, weight, drawn: negatives, corrections: corrections,
        rowDropout: rowDropout)
    } tokenSlopes: {
      tokenSlopes.zeroed(count)
    } finally: { slopes in
      model.items.backward(
        gradients: gradients, slopes, rowDropout, touched: &touched, itemTape, workspace)
    }
  }

  /// The items of the tokens; a profile has none, and stands with that of a target, which has a gradient anyway.
  private var tokenItems: [UInt32] {
    guard model.profiles != nil, let target = targets.first else { return tokens.items }
    let count = model.configuration.itemCount
    return tokens.items.map { $0 < count ? $0 : target }
  }

  /// - Parameter target: the vector of a target.
  private func run(
    _ parameters: UnsafePointer<R>, _ dropout: Dropout, vectors: UnsafePointer<R>, rows: [UInt32],
    target: (Int) -> UnsafePointer<R>,
    softmax: (UnsafePointer<R>, UnsafeMutablePointer<R>, UnsafeMutablePointer<R>) -> Void,
    tokenSlopes: () -> UnsafeMutablePointer<R>, finally: (UnsafeMutablePointer<R>) -> Void
  ) {
    loss = 0
    touched.removeAll(keepingCapacity: true)
    guard tokens.count > 0 else { return }
    let outputs = asked(
      model.forward(
        parameters, tokens, vectors: vectors, rows: rows, dropout: dropout, tape, workspace))
    let count = targets.count * model.configuration.dimension
    let slopes = slopes.reserve(count)
    let losses = losses.reserve(targets.count)
    var outputSlopes = slopes
    if model.configuration.interestCount > 1 {
      let chosen = nearestInterests(outputs, target)
      softmax(chosenOutputs.start, slopes, losses)
      outputSlopes = interestSlopes.zeroed(count * model.configuration.interestCount)
      spread(slopes, chosen, into: outputSlopes)
    } else {
      softmax(outputs, slopes, losses)
    }
    for target in targets.indices {
      let weight = targetWeights.isEmpty ? 1 : max(0, targetWeights[target])
      loss += Double(weight) * Double(losses[target])
    }
    let vectorSlopes = tokenSlopes()
    model.backward(
      parameters, gradients: gradients, tokens, vectorSlopes: vectorSlopes, rows: rows,
      spread(outputSlopes), dropout: dropout, tape, workspace)
    finally(vectorSlopes)
  }

  /// The interest of each asked token that is nearest to its target: it alone learns from it (Cen et al. 2020). Their
  /// vectors are left in `chosenOutputs`.
  private func nearestInterests(
    _ outputs: UnsafePointer<R>, _ target: (Int) -> UnsafePointer<R>
  ) -> [Int] {
    let (width, count) = (model.configuration.dimension, model.configuration.interestCount)
    let vectors = chosenOutputs.reserve(targets.count * width)
    return targets.indices.map { token in
      let (own, wanted) = (outputs + token * count * width, target(token))
      var (nearest, best) = (0, -R.infinity)
      for interest in 0..<count {
        let score = R.dot(own + interest * width, wanted, width)
        if score > best { (nearest, best) = (interest, score) }
      }
      (vectors + token * width).update(from: own + nearest * width, count: width)
      return nearest
    }
  }

  private func spread(_ slopes: UnsafePointer<R>, _ chosen: [Int], into all: UnsafeMutablePointer<R>) {
    let (width, count) = (model.configuration.dimension, model.configuration.interestCount)
    for (token, interest) in chosen.enumerated() {
      (all + (token * count + interest) * width).update(from: slopes + token * width, count: width)
    }
  }
}
