package import Tensors

/// A recurrent block: x + W · layer(norm(x)), with a state of any width.
package struct RecurrentBlock: Sendable {
  package let width: Int
  let norm: Normalization
  let layer: RecurrentLayer
  let output: Linear

  /// - Parameters:
  ///   - width: elements of a token.
  ///   - hidden: elements of the state.
  package init(
    _ name: String, _ kind: RecurrentKind, width: Int, hidden: Int, _ normalization: NormalizationKind,
    in layout: inout ParameterLayout
  ) {
    self.width = width
    norm = Normalization("\(name).norm", normalization, width: width, in: &layout)
    layer = RecurrentLayer("\(name).\(kind.rawValue)", kind, input: width, width: hidden, in: &layout)
    output = Linear("\(name).out", input: hidden, output: width, in: &layout)
  }

  /// What the backward pass needs.
  package final class Tape<R: TensorScalar> {
    let layer = RecurrentLayer.Tape<R>()
    let normed = Buffer<R>()
    let moments = Buffer<R>()
    let states = Buffer<R>()
    let added = Buffer<R>()
    let dStates = Buffer<R>()

    package init() {}
  }

  /// x [tokens, d] to y [tokens, d].
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, _ sequences: PackedSequences, dropout: Dropout,
    into y: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let rows = sequences.tokenCount
    let normed = tape.normed.reserve(rows * width)
    norm.forward(parameters, x, rows: rows, into: normed, tape: tape.moments.reserve(2 * rows))
    let states = tape.states.reserve(rows * layer.width)
    layer.forward(parameters, normed, sequences, into: states, tape.layer, workspace)
    dropout.numbered(1).apply(states, rows * layer.width)
    output.forward(parameters, states, rows: rows, into: y, workspace)
    dropout.numbered(2).apply(y, rows * width)
    R.add(x, rows * width, 1, y)
  }

  /// Adds the weights' gradients; `slope` [tokens, d] is dy before and dx after.
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>, rows: Int,
    dropout: Dropout, slope: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let dAdded = tape.added.reserve(rows * width)
    dAdded.update(from: slope, count: rows * width)
    dropout.numbered(2).apply(dAdded, rows * width)
    let dStates = tape.dStates.reserve(rows * layer.width)
    output.backward(
      parameters, gradients: gradients, tape.states.start, dAdded, rows: rows, into: dStates, workspace)
    dropout.numbered(1).apply(dStates, rows * layer.width)
    layer.backward(parameters, gradients: gradients, dStates, into: dAdded, tape.layer, workspace)
    norm.backward(
      parameters, gradients: gradients, x, dAdded, rows: rows, tape: tape.moments.reserve(2 * rows),
      addingTo: slope)
  }

  /// New tokens x [rows, d] of a sequence to y [asked, d], those of the newest `asked`.
  package func extend<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, asked: Int, _ state: RecurrentState<R>,
    into y: UnsafeMutablePointer<R>, _ buffers: ServingBuffers<R>
  ) {
    let normed = buffers.normed.reserve(rows * width)
    norm.forward(parameters, x, rows: rows, into: normed, tape: buffers.moments.reserve(2 * rows))
    let states = buffers.raised.reserve(rows * layer.width)
    layer.extend(parameters, normed, rows: rows, state, into: states, buffers)
    output.extend(
      parameters, states + (rows - asked) * layer.width, rows: asked, into: y, buffers.workspace)
    R.add(x + (rows - asked) * width, asked * width, 1, y)
  }
}

extension RecurrentLayer {
  /// Takes the state of a sequence on by x [rows, input], to the states y [rows, width].
  func extend<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, _ state: RecurrentState<R>,
    into y: UnsafeMutablePointer<R>, _ buffers: ServingBuffers<R>
  ) {
    let inputs = buffers.queries.reserve(rows * input.output)
    input.extend(parameters, x, rows: rows, into: inputs, buffers.workspace)
    let products = buffers.attended.reserve(recurrent.output)
    let gates = buffers.active.reserve(kind.keptCount * width)
    for row in 0..<rows {
      recurrent.extend(parameters, state.state, rows: 1, into: products, buffers.workspace)
      let asked = inputs + row * input.output
      switch kind {
      case .gru: R.gru(asked, products, state.state, 1, width, gates, y + row * width)
      case .lstm: R.lstm(asked, products, state.cell, 1, width, gates, state.cell, y + row * width)
      }
      state.state.update(from: y + row * width, count: width)
    }
  }
}

/// The state of a recurrent block after the tokens of a sequence so far.
package final class RecurrentState<R: TensorScalar>: @unchecked Sendable {  // used by one thread at a time
  private let values: UnsafeMutablePointer<R>
  private let width: Int

  package init(_ block: RecurrentBlock) {
    width = block.layer.width
    values = .allocate(capacity: 2 * width)
    values.initialize(repeating: 0, count: 2 * width)
  }

  deinit { values.deallocate() }

  var state: UnsafeMutablePointer<R> { values }
  /// Of an LSTM.
  var cell: UnsafeMutablePointer<R> { values + width }

  package func removeAll() { values.update(repeating: 0, count: 2 * width) }
}
