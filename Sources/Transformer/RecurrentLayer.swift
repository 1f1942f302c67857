package import Tensors

/// Which recurrent layer.
package enum RecurrentKind: String, Sendable {
  /// Gated recurrent units (Cho et al. 2014), the reset gate after the product, as PyTorch has them.
  case gru
  /// Long short-term memory (Hochreiter and Schmidhuber 1997) with a forget gate.
  case lstm

  /// Rows of each weight matrix, in widths.
  var gateCount: Int { self == .gru ? 3 : 4 }
  /// Elements of a token that the backward pass needs of the gates, in widths.
  var keptCount: Int { self == .gru ? 4 : 5 }
}

/// A recurrent layer: a state of `width` elements that each token of a sequence changes. With the gates' rows in
/// PyTorch's order (r, z, n; i, f, g, o), `input` is its weight_ih and bias_ih, `recurrent` weight_hh and bias_hh.
package struct RecurrentLayer: Sendable {
  package let kind: RecurrentKind
  /// Elements of the state, which is the output too.
  package let width: Int
  let input: Linear
  let recurrent: Linear

  package init(
    _ name: String, _ kind: RecurrentKind, input inputWidth: Int, width: Int,
    in layout: inout ParameterLayout
  ) {
    self.kind = kind
    self.width = width
    let rows = kind.gateCount * width
    // Of one gate's matrix, not of all together.
    input = Linear(
      "\(name).input", input: inputWidth, output: rows,
      initializer: .xavier(fanIn: inputWidth, fanOut: width), in: &layout)
    recurrent = Linear(
      "\(name).recurrent", input: width, output: rows, initializer: .xavier(fanIn: width, fanOut: width),
      in: &layout)
  }

  /// What the backward pass needs; tokens in the order of their time.
  package final class Tape<R: TensorScalar> {
    fileprivate var order = TimeOrder()
    let x = Buffer<R>()
    let inputs = Buffer<R>()
    let products = Buffer<R>()
    let gates = Buffer<R>()
    let states = Buffer<R>()
    let cells = Buffer<R>()
    /// Zeros: the state before the first token.
    let nothing = Buffer<R>()
    /// The states before each token.
    let before = Buffer<R>()
    let dStates = Buffer<R>()
    let dCells = Buffer<R>()
    let dInputs = Buffer<R>()
    let dProducts = Buffer<R>()

    package init() {}
  }

  /// x [tokens, input] to y [tokens, width].
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, _ sequences: PackedSequences,
    into y: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let (tokens, order) = (sequences.tokenCount, TimeOrder(sequences))
    tape.order = order
    let ordered = tape.x.reserve(tokens * input.input)
    order.gather(x, input.input, into: ordered)
    let inputs = tape.inputs.reserve(tokens * input.output)
    input.forward(parameters, ordered, rows: tokens, into: inputs, workspace)
    let gates = tape.gates.reserve(tokens * kind.keptCount * width)
    let (states, cells) = (tape.states.reserve(tokens * width), tape.cells.reserve(tokens * width))
    let products = tape.products.reserve(sequences.count * recurrent.output)
    let nothing = tape.nothing.zeroed(sequences.count * width)
    for step in order.steps {
      let before = step.before.map { states + $0 * width } ?? nothing
      recurrent.extend(parameters, before, rows: step.count, into: products, workspace)
      let asked = inputs + step.first * input.output
      let kept = gates + step.first * kind.keptCount * width
      let state = states + step.first * width
      switch kind {
      case .gru: R.gru(asked, products, before, step.count, width, kept, state)
      case .lstm:
        R.lstm(
          asked, products, step.before.map { cells + $0 * width } ?? nothing, step.count, width, kept,
          cells + step.first * width, state)
      }
    }
    order.scatter(states, width, into: y)
  }

  /// Adds the weights' gradients and sets dx [tokens, input] from dy [tokens, width].
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ dy: UnsafePointer<R>,
    into dx: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let order = tape.order
    let tokens = order.tokens.count
    let states = tape.states.reserve(tokens * width)
    let dStates = tape.dStates.reserve(tokens * width)
    order.gather(dy, width, into: dStates)
    let dCells = tape.dCells.zeroed(kind == .lstm ? tokens * width : 0)
    let dInputs = tape.dInputs.reserve(tokens * input.output)
    // A GRU's gates see the two products apart.
    let dProducts = kind == .gru ? tape.dProducts.reserve(tokens * input.output) : dInputs
    let before = tape.before.zeroed(tokens * width)
    for step in order.steps.reversed() {
      let (first, count) = (step.first, step.count)
      if let last = step.before {
        (before + first * width).update(from: states + last * width, count: count * width)
      }
      stepBackward(step, before: before, dStates, dCells, dInputs, dProducts, tape)
      guard let last = step.before else { continue }
      workspace.multiply(
        dProducts + first * input.output, parameters + recurrent.weight.offset, m: count, n: width,
        k: input.output, accumulate: true, into: dStates + last * width)
    }
    recurrent.backward(gradients: gradients, before, dProducts, rows: tokens, workspace)
    // The states' gradients are used up.
    let dOrdered = tape.dStates.reserve(tokens * max(width, input.input))
    input.backward(
      parameters, gradients: gradients, tape.x.reserve(tokens * input.input), dInputs, rows: tokens,
      into: dOrdered, workspace)
    order.scatter(dOrdered, input.input, into: dx)
  }

  /// The gates' gradients of the tokens of a step, and what of the states' goes past the gates to those before.
  private func stepBackward<R: TensorScalar>(
    _ step: TimeOrder.Step, before: UnsafePointer<R>, _ dStates: UnsafeMutablePointer<R>,
    _ dCells: UnsafeMutablePointer<R>, _ dInputs: UnsafeMutablePointer<R>,
    _ dProducts: UnsafeMutablePointer<R>, _ tape: Tape<R>
  ) {
    let (count, place, asked) = (step.count, step.first * width, step.first * input.output)
    let kept = tape.gates.start + step.first * kind.keptCount * width
    let last = step.before.map { $0 * width }
    switch kind {
    case .gru:
      R.gruBackward(
        kept, before + place, dStates + place, count, width, dInputs + asked, dProducts + asked,
        last.map { dStates + $0 } ?? tape.nothing.reserve(count * width))
    case .lstm:
      R.lstmBackward(
        kept, last.map { tape.cells.start + $0 } ?? tape.nothing.zeroed(count * width), dStates + place,
        dCells + place, count, width, dInputs + asked,
        last.map { dCells + $0 } ?? tape.dProducts.reserve(count * width))
    }
  }
}

/// Tokens of packed sequences by their places in them: first all first tokens, those of longer sequences before those
/// of shorter ones, so that the sequences that go on at a time are the first of those before.
private struct TimeOrder {
  /// The tokens of one time: `count` from `first` on.
  struct Step {
    let first: Int
    let count: Int
    /// Where the tokens before them begin; nil where there are none.
    let before: Int?
  }

  /// The packed token of each place.
  private(set) var tokens: [Int] = []
  private(set) var steps: [Step] = []

  init() {}

  init(_ sequences: PackedSequences) {
    func length(_ sequence: Int) -> Int { sequences.offsets[sequence + 1] - sequences.offsets[sequence] }
    let byLength = (0..<sequences.count).sorted { (length($1), $0) < (length($0), $1) }
    tokens.reserveCapacity(sequences.tokenCount)
    var (alive, time) = (byLength.count, 0)
    while true {
      while alive > 0, length(byLength[alive - 1]) <= time { alive -= 1 }
      guard alive > 0 else { return }
      steps.append(Step(first: tokens.count, count: alive, before: steps.last?.first))
      for sequence in byLength[..<alive] { tokens.append(sequences.offsets[sequence] + time) }
      time += 1
    }
  }

  func gather<R: TensorScalar>(_ x: UnsafePointer<R>, _ width: Int, into y: UnsafeMutablePointer<R>) {
    for (place, token) in tokens.enumerated() {
      (y + place * width).update(from: x + token * width, count: width)
    }
  }

  func scatter<R: TensorScalar>(_ x: UnsafePointer<R>, _ width: Int, into y: UnsafeMutablePointer<R>) {
    for (place, token) in tokens.enumerated() {
      (y + token * width).update(from: x + place * width, count: width)
    }
  }
}
