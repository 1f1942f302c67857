package import Transformer

/// A causal Transformer over a session's items; its last output is the query vector, compared by inner product with the
/// same table of item vectors that its tokens come from.
package struct SessionModel: Sendable {
  package let configuration: SessionConfiguration
  /// Where the weights lie; the items' table comes first.
  package let layout: ParameterLayout
  /// The items' vectors [items, dimension].
  package let items: ParameterRange
  private let positions: ParameterRange?
  private let blocks: [Block]
  private let norm: Normalization

  package init(_ configuration: SessionConfiguration) {
    var layout = ParameterLayout()
    let width = configuration.dimension
    self.configuration = configuration
    let deviation = 1 / Double(width).squareRoot()
    items = layout.add("items.weight", [configuration.itemCount, width], .normal(deviation: deviation / 4))
    positions =
      configuration.positions == .learned
      ? layout.add("positions.weight", [configuration.maximumLength, width], .normal(deviation: deviation))
      : nil
    blocks = (0..<configuration.blockCount).map { Block("blocks.\($0)", configuration.block, in: &layout) }
    norm = Normalization("norm", configuration.normalization, width: width, in: &layout)
    self.layout = layout
  }

  /// Weights beside the items' table.
  package var denseCount: Int { layout.count - items.count }

  /// What the way back needs, kept from step to step.
  package final class Tape<R: Real> {
    fileprivate var inputs: [Buffer<R>] = []
    fileprivate var blocks: [Block.Tape<R>] = []
    fileprivate let moments = Buffer<R>()
    fileprivate let outputs = Buffer<R>()
    fileprivate let passage = Block.Passage<R>()
    fileprivate let slope = Buffer<R>()
    fileprivate let rotary: RotaryTable<R>?

    package init(_ model: SessionModel) {
      let configuration = model.configuration
      rotary =
        configuration.positions == .rotary
        ? RotaryTable(
          positions: configuration.maximumLength, width: configuration.dimension / configuration.heads) : nil
      for _ in 0..<configuration.blockCount {
        inputs.append(Buffer())
        blocks.append(Block.Tape())
      }
      inputs.append(Buffer())
    }
  }

  /// The factor of item vectors as tokens: as tokens they should have length about 1, as answers less.
  private var tokenScale: Double { Double(configuration.dimension).squareRoot() }

  /// Encodes packed sequences of items.
  /// - Returns: the outputs [tokens, dimension], valid until the tape's next use.
  package func forward<R: Real>(
    _ parameters: UnsafePointer<R>, _ tokens: [UInt32], _ sequences: PackedSequences, dropout: Dropout,
    _ tape: Tape<R>, _ workspace: Workspace<R>
  ) -> UnsafeMutablePointer<R> {
    let width = configuration.dimension
    let count = tokens.count * width
    let x = tape.inputs[0].zeroed(count)
    for (token, item) in tokens.enumerated() {
      R.add(parameters + items.offset + Int(item) * width, width, R(tokenScale), x + token * width)
      if let positions {
        let row = parameters + positions.offset + Int(sequences.positions[token]) * width
        R.add(row, width, 1, x + token * width)
      }
    }
    dropout.numbered(0).apply(x, count)
    for (number, block) in blocks.enumerated() {
      block.forward(
        parameters, tape.inputs[number].reserve(count), sequences, rotary: tape.rotary,
        dropout: dropout.numbered(1 + number), into: tape.inputs[number + 1].reserve(count),
        tape.blocks[number],
        workspace)
    }
    let outputs = tape.outputs.reserve(count)
    norm.forward(
      parameters, tape.inputs[blocks.count].reserve(count), rows: tokens.count, into: outputs,
      tape: tape.moments.reserve(2 * tokens.count))
    return outputs
  }

  /// Adds the gradients of all weights for those of the outputs [tokens, dimension].
  /// - Parameters:
  ///   - gradients: of all weights but the items' table, at the same offsets as the weights; the table's part is not
  ///     touched.
  ///   - tableGradients: rows of `dimension` elements, that of token t at `rows[t]`.
  package func backward<R: Real>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>,
    tableGradients: UnsafeMutablePointer<R>,
    rows: [UInt32], _ outputSlopes: UnsafePointer<R>, _ sequences: PackedSequences, dropout: Dropout,
    _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let width = configuration.dimension
    let tokenCount = sequences.tokenCount
    let count = tokenCount * width
    let slope = tape.slope.zeroed(count)
    norm.backward(
      parameters, gradients: gradients, tape.inputs[blocks.count].reserve(count), outputSlopes,
      rows: tokenCount,
      tape: tape.moments.reserve(2 * tokenCount), addingTo: slope)
    for (number, block) in blocks.enumerated().reversed() {
      block.backward(
        parameters, gradients: gradients, tape.inputs[number].reserve(count), sequences, rotary: tape.rotary,
        dropout: dropout.numbered(1 + number), slope: slope, tape.blocks[number], tape.passage, workspace)
    }
    dropout.numbered(0).apply(slope, count)
    for token in 0..<tokenCount {
      R.add(slope + token * width, width, R(tokenScale), tableGradients + Int(rows[token]) * width)
      if let positions {
        let row = gradients + positions.offset + Int(sequences.positions[token]) * width
        R.add(slope + token * width, width, 1, row)
      }
    }
  }
}
