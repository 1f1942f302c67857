package import Tensors

/// How a block of the encoder is made.
package struct BlockConfiguration: Sendable, Hashable, Codable {
  /// Elements of a token.
  package var width: Int
  /// Heads of attention, a divisor of `width`.
  package var heads: Int
  /// Elements between the feed-forward layer's matrices.
  package var hidden: Int
  package var activation: Activation
  package var normalization: NormalizationKind
  /// Whether what a layer adds is first multiplied by sigmoid(W x) (LiGR; Borisyuk et al. 2025).
  package var isGated: Bool
  /// Whether tokens see those before them alone.
  package var isCausal: Bool

  package init(
    width: Int, heads: Int, hidden: Int, activation: Activation = .gelu,
    normalization: NormalizationKind = .layer, isGated: Bool = false, isCausal: Bool = true
  ) {
    self.width = width
    self.heads = heads
    self.hidden = hidden
    self.activation = activation
    self.normalization = normalization
    self.isGated = isGated
    self.isCausal = isCausal
  }
}

/// A pre-norm block: x + attention(norm(x)), then the same with a feed-forward layer; gated where so configured.
package struct Block: Sendable {
  package let configuration: BlockConfiguration
  let attentionNorm: Normalization
  let attention: SelfAttention
  let attentionGate: Linear?
  let feedForwardNorm: Normalization
  let feedForward: FeedForward
  let feedForwardGate: Linear?

  package init(_ name: String, _ configuration: BlockConfiguration, in layout: inout ParameterLayout) {
    self.configuration = configuration
    let width = configuration.width
    attentionNorm = Normalization("\(name).norm1", configuration.normalization, width: width, in: &layout)
    attention = SelfAttention(
      "\(name).attention", width: width, heads: configuration.heads, isCausal: configuration.isCausal,
      in: &layout)
    attentionGate =
      configuration.isGated ? Linear("\(name).gate1", input: width, output: width, in: &layout) : nil
    feedForwardNorm = Normalization("\(name).norm2", configuration.normalization, width: width, in: &layout)
    feedForward = FeedForward(
      "\(name).ff", width: width, hidden: configuration.hidden, configuration.activation, in: &layout)
    feedForwardGate =
      configuration.isGated ? Linear("\(name).gate2", input: width, output: width, in: &layout) : nil
  }

  /// What the backward pass needs.
  package final class Tape<R: TensorScalar> {
    let attention = SelfAttention.Tape<R>()
    let feedForward = FeedForward.Tape<R>()
    let attentionSide = Side<R>()
    let feedForwardSide = Side<R>()
    let between = Buffer<R>()

    package init() {}
  }

  /// One of a block's two residual branches.
  final class Side<R: TensorScalar> {
    let normed = Buffer<R>()
    let moments = Buffer<R>()
    let added = Buffer<R>()
    let gate = Buffer<R>()
  }

  /// x [tokens, d] to y [tokens, d].
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, _ sequences: PackedSequences,
    rotary: RotaryTable<R>?,
    dropout: Dropout, into y: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let rows = sequences.tokenCount
    let count = rows * configuration.width
    let between = tape.between.reserve(count)
    branch(
      parameters, x, rows: rows, attentionNorm, attentionGate, dropout.numbered(1), into: between,
      tape.attentionSide, workspace
    ) { normed, added in
      attention.forward(
        parameters, normed, sequences, rotary: rotary, dropout: dropout.numbered(4), into: added,
        tape.attention, workspace)
    }
    branch(
      parameters, between, rows: rows, feedForwardNorm, feedForwardGate, dropout.numbered(2), into: y,
      tape.feedForwardSide, workspace
    ) { normed, added in
      feedForward.forward(
        parameters, normed, rows: rows, dropout: dropout.numbered(3), into: added, tape.feedForward, workspace
      )
    }
  }

  /// y = x + dropout(layer(norm(x))), the second part gated by sigmoid(W x) where there is a gate.
  private func branch<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, _ norm: Normalization, _ gate: Linear?,
    _ dropout: Dropout, into y: UnsafeMutablePointer<R>, _ side: Side<R>, _ workspace: Workspace<R>,
    layer: (UnsafePointer<R>, UnsafeMutablePointer<R>) -> Void
  ) {
    let count = rows * configuration.width
    let normed = side.normed.reserve(count)
    let added = side.added.reserve(count)
    norm.forward(parameters, x, rows: rows, into: normed, tape: side.moments.reserve(2 * rows))
    layer(normed, added)
    dropout.apply(added, count)
    if let gate {
      let open = side.gate.reserve(count)
      gate.forward(parameters, x, rows: rows, into: open, workspace)
      R.gate(open, added, count, y)
    } else {
      y.update(from: added, count: count)
    }
    R.add(x, count, 1, y)
  }

  /// Adds the weights' gradients; `slope` [tokens, d] is dy before and dx after.
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>,
    _ sequences: PackedSequences, rotary: RotaryTable<R>?, dropout: Dropout, slope: UnsafeMutablePointer<R>,
    _ tape: Tape<R>, _ passage: Passage<R>, _ workspace: Workspace<R>
  ) {
    let rows = sequences.tokenCount
    let between = tape.between.reserve(rows * configuration.width)
    branchBackward(
      parameters, gradients, between, rows: rows, feedForwardNorm, feedForwardGate, dropout.numbered(2),
      slope,
      tape.feedForwardSide, passage, workspace
    ) { normed, dAdded, dNormed in
      feedForward.backward(
        parameters, gradients: gradients, normed, dAdded, rows: rows, dropout: dropout.numbered(3),
        into: dNormed, tape.feedForward, workspace)
    }
    branchBackward(
      parameters, gradients, x, rows: rows, attentionNorm, attentionGate, dropout.numbered(1), slope,
      tape.attentionSide, passage, workspace
    ) { normed, dAdded, dNormed in
      attention.backward(
        parameters, gradients: gradients, normed, dAdded, sequences, rotary: rotary, into: dNormed,
        tape.attention, workspace)
    }
  }

  /// Room for the gradients inside one branch, the same for all blocks.
  package final class Passage<R: TensorScalar> {
    let added = Buffer<R>()
    let normed = Buffer<R>()
    let gate = Buffer<R>()

    package init() {}
  }

  private func branchBackward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>, rows: Int,
    _ norm: Normalization, _ gate: Linear?, _ dropout: Dropout, _ slope: UnsafeMutablePointer<R>,
    _ side: Side<R>,
    _ passage: Passage<R>, _ workspace: Workspace<R>,
    layer: (UnsafePointer<R>, UnsafePointer<R>, UnsafeMutablePointer<R>) -> Void
  ) {
    let count = rows * configuration.width
    let added = side.added.reserve(count)
    let normed = side.normed.reserve(count)
    let dAdded = passage.added.reserve(count)
    let dNormed = passage.normed.reserve(count)
    if let gate {
      let dGate = passage.gate.reserve(count)
      R.gateBackward(side.gate.reserve(count), added, slope, count, dGate, dAdded)
      dropout.apply(dAdded, count)
      layer(normed, dAdded, dNormed)
      gate.backward(
        parameters, gradients: gradients, x, dGate, rows: rows, into: slope, accumulate: true, workspace)
    } else {
      dAdded.update(from: slope, count: count)
      dropout.apply(dAdded, count)
      layer(normed, dAdded, dNormed)
    }
    norm.backward(
      parameters, gradients: gradients, x, dNormed, rows: rows, tape: side.moments.reserve(2 * rows),
      addingTo: slope)
  }
}
