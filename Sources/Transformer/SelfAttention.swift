import CKernels
package import Tensors

/// Multi-head self-attention in which a token sees all tokens of its sequence or, where it is causal, itself and those
/// before it.
package struct SelfAttention: Sendable {
  package let width: Int
  package let heads: Int
  package let isCausal: Bool
  package var headWidth: Int { width / heads }
  let projection: Linear
  let output: Linear

  package init(
    _ name: String, width: Int, heads: Int, isCausal: Bool = true, in layout: inout ParameterLayout
  ) {
    self.width = width
    self.heads = heads
    self.isCausal = isCausal
    projection = Linear("\(name).qkv", input: width, output: 3 * width, in: &layout)
    output = Linear("\(name).out", input: width, output: width, in: &layout)
  }

  /// What the backward pass needs.
  package final class Tape<R: TensorScalar> {
    let projected = Buffer<R>()
    let probabilities = Buffer<R>()
    let attended = Buffer<R>()

    package init() {}
  }

  /// How many of `keys` after its own place a token sees.
  func shift(_ keys: Int) -> Int { isCausal ? 0 : keys }

  private var scale: Double { 1 / Double(headWidth).squareRoot() }

  /// x [tokens, d] to y [tokens, d].
  /// - Parameter dropout: of keys: what a token does not look at in this step.
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, _ sequences: PackedSequences,
    rotary: RotaryTable<R>?, dropout: Dropout, into y: UnsafeMutablePointer<R>, _ tape: Tape<R>,
    _ workspace: Workspace<R>
  ) {
    let tokens = sequences.tokenCount
    let projected = tape.projected.reserve(tokens * 3 * width)
    projection.forward(parameters, x, rows: tokens, into: projected, workspace)
    rotary?.turn(projected, ld: 3 * width, heads: heads, width: headWidth, positions: sequences.positions)
    rotary?.turn(
      projected + width, ld: 3 * width, heads: heads, width: headWidth, positions: sequences.positions)
    let attended = tape.attended.reserve(tokens * width)
    var probabilities = tape.probabilities.reserve(sequences.pairCount * heads)
    for sequence in 0..<sequences.count {
      let first = sequences.offsets[sequence]
      let length = sequences.offsets[sequence + 1] - first
      for head in 0..<heads {
        let q = projected + first * 3 * width + head * headWidth
        R.attention(
          q, 3 * width, q + width, q + 2 * width, 3 * width, length, length, shift(length), headWidth,
          R(scale),
          R(dropout.attentionRate), dropout.seed &+ UInt64(first * heads + head) &* 0x9E37_79B9_7F4A_7C15,
          attended + first * width + head * headWidth, width, probabilities, workspace.packed)
        probabilities += length * length
      }
    }
    output.forward(parameters, attended, rows: tokens, into: y, workspace)
  }

  /// Adds the weights' gradients and sets dx [tokens, d].
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>,
    _ dy: UnsafePointer<R>, _ sequences: PackedSequences, rotary: RotaryTable<R>?,
    into dx: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let tokens = sequences.tokenCount
    let projected = tape.projected.reserve(tokens * 3 * width)
    let attended = tape.attended.reserve(tokens * width)
    var probabilities = tape.probabilities.reserve(sequences.pairCount * heads)
    // dx is room enough for the gradient of what was attended.
    output.backward(parameters, gradients: gradients, attended, dy, rows: tokens, into: dx, workspace)
    let slopes = workspace.scratch.zeroed(tokens * 3 * width)
    for sequence in 0..<sequences.count {
      let first = sequences.offsets[sequence]
      let length = sequences.offsets[sequence + 1] - first
      let rows = workspace.rows.reserve(Int(KINDRED_ATTENTION_ROWS) * length)
      for head in 0..<heads {
        let place = first * 3 * width + head * headWidth
        let (q, dq) = (projected + place, slopes + place)
        R.attentionBackward(
          q, 3 * width, q + width, q + 2 * width, 3 * width, length, length, shift(length), headWidth,
          R(scale),
          probabilities,
          dx + first * width + head * headWidth, width, dq, dq + width, dq + 2 * width, rows,
          workspace.packed)
        probabilities += length * length
      }
    }
    rotary?.turn(
      slopes, ld: 3 * width, heads: heads, width: headWidth, positions: sequences.positions, isBackward: true)
    rotary?.turn(
      slopes + width, ld: 3 * width, heads: heads, width: headWidth, positions: sequences.positions,
      isBackward: true)
    projection.backward(parameters, gradients: gradients, x, slopes, rows: tokens, into: dx, workspace)
  }
}
