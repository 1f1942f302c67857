package import Tensors

/// A layer of an encoder, which turns the tokens of sequences [tokens, d] into others: a block with attention or a
/// recurrent one.
package enum SequenceLayer: Sendable {
  case attention(Block)
  case recurrent(RecurrentBlock)

  /// What the backward pass needs.
  package enum Tape<R: TensorScalar> {
    case attention(Block.Tape<R>)
    case recurrent(RecurrentBlock.Tape<R>)
  }

  /// What is kept of a sequence whose tokens come one by one.
  package enum State<R: TensorScalar>: Sendable {
    case attention(KeyValueCache<R>)
    case recurrent(RecurrentState<R>)

    package func removeAll() {
      switch self {
      case .attention(let cache): cache.removeAll()
      case .recurrent(let state): state.removeAll()
      }
    }
  }

  package func tape<R: TensorScalar>() -> Tape<R> {
    switch self {
    case .attention: .attention(Block.Tape())
    case .recurrent: .recurrent(RecurrentBlock.Tape())
    }
  }

  /// - Parameter capacity: tokens of a sequence.
  package func state<R: TensorScalar>(capacity: Int) -> State<R> {
    switch self {
    case .attention(let block):
      .attention(KeyValueCache(width: block.configuration.width, capacity: capacity))
    case .recurrent(let block): .recurrent(RecurrentState(block))
    }
  }

  /// x [tokens, d] to y [tokens, d].
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, _ sequences: PackedSequences,
    rotary: RotaryTable<R>?, dropout: Dropout, into y: UnsafeMutablePointer<R>, _ tape: Tape<R>,
    _ workspace: Workspace<R>
  ) {
    switch (self, tape) {
    case (.attention(let block), .attention(let tape)):
      block.forward(
        parameters, x, sequences, rotary: rotary, dropout: dropout, into: y, tape, workspace)
    case (.recurrent(let block), .recurrent(let tape)):
      block.forward(parameters, x, sequences, dropout: dropout, into: y, tape, workspace)
    default: preconditionFailure("the tape of another layer")
    }
  }

  /// Adds the weights' gradients; `slope` [tokens, d] is dy before and dx after.
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>,
    _ sequences: PackedSequences, rotary: RotaryTable<R>?, dropout: Dropout, slope: UnsafeMutablePointer<R>,
    _ tape: Tape<R>, _ passage: Block.Passage<R>, _ workspace: Workspace<R>
  ) {
    switch (self, tape) {
    case (.attention(let block), .attention(let tape)):
      block.backward(
        parameters, gradients: gradients, x, sequences, rotary: rotary, dropout: dropout, slope: slope, tape,
        passage, workspace)
    case (.recurrent(let block), .recurrent(let tape)):
      block.backward(
        parameters, gradients: gradients, x, rows: sequences.tokenCount, dropout: dropout, slope: slope, tape,
        workspace)
    default: preconditionFailure("the tape of another layer")
    }
  }

  /// New tokens x [rows, d] of a sequence to y [asked, d], those of the newest `asked`.
  package func extend<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, asked: Int, _ state: State<R>,
    rotary: RotaryTable<R>?, into y: UnsafeMutablePointer<R>, _ buffers: ServingBuffers<R>
  ) {
    switch (self, state) {
    case (.attention(let block), .attention(let cache)):
      block.extend(
        parameters, x, rows: rows, asked: asked, cache, rotary: rotary, into: y, buffers)
    case (.recurrent(let block), .recurrent(let state)):
      block.extend(parameters, x, rows: rows, asked: asked, state, into: y, buffers)
    default: preconditionFailure("the state of another layer")
    }
  }
}
