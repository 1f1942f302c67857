package import Tensors

/// A block of a text model of the BERT family, for serving alone: norm(x + attention(x)), then the same with a
/// feed-forward layer (Vaswani et al. 2017, Devlin et al. 2019). Tokens see all tokens of their sequence. Its weights
/// are packed once.
package struct PostNormBlock: Sendable {
  /// The weights of a block by their place in it, valid while `init` runs.
  package struct Parts {
    package var query: PackedLinear.Part
    package var key: PackedLinear.Part
    package var value: PackedLinear.Part
    package var attended: PackedLinear.Part
    package var up: PackedLinear.Part
    package var down: PackedLinear.Part
    package var attentionGain: UnsafePointer<Float>
    package var attentionBias: UnsafePointer<Float>
    package var feedForwardGain: UnsafePointer<Float>
    package var feedForwardBias: UnsafePointer<Float>

    package init(
      query: PackedLinear.Part, key: PackedLinear.Part, value: PackedLinear.Part,
      attended: PackedLinear.Part, up: PackedLinear.Part, down: PackedLinear.Part,
      attentionGain: UnsafePointer<Float>, attentionBias: UnsafePointer<Float>,
      feedForwardGain: UnsafePointer<Float>, feedForwardBias: UnsafePointer<Float>
    ) {
      (self.query, self.key, self.value, self.attended) = (query, key, value, attended)
      (self.up, self.down) = (up, down)
      (self.attentionGain, self.attentionBias) = (attentionGain, attentionBias)
      (self.feedForwardGain, self.feedForwardBias) = (feedForwardGain, feedForwardBias)
    }
  }

  private let width: Int
  private let heads: Int
  private let epsilon: Float
  private let activation: ServedActivation
  private let projection: PackedLinear
  private let output: PackedLinear
  private let up: PackedLinear
  private let down: PackedLinear
  private let attentionNorm: (gain: [Float], bias: [Float])
  private let feedForwardNorm: (gain: [Float], bias: [Float])

  /// - Parameters:
  ///   - heads: a divisor of `width`.
  ///   - epsilon: what the norms add to the variance.
  package init(
    _ parts: Parts, width: Int, heads: Int, epsilon: Float, activation: ServedActivation,
    precision: WeightPrecision
  ) {
    (self.width, self.heads, self.epsilon, self.activation) = (width, heads, epsilon, activation)
    projection = PackedLinear(
      parts: [parts.query, parts.key, parts.value], input: width, precision: precision)
    output = PackedLinear(parts: [parts.attended], input: width, precision: precision)
    up = PackedLinear(parts: [parts.up], input: width, precision: precision)
    down = PackedLinear(parts: [parts.down], input: parts.up.output, precision: precision)
    func copy(_ start: UnsafePointer<Float>) -> [Float] {
      Array(UnsafeBufferPointer(start: start, count: width))
    }
    attentionNorm = (copy(parts.attentionGain), copy(parts.attentionBias))
    feedForwardNorm = (copy(parts.feedForwardGain), copy(parts.feedForwardBias))
  }

  /// Room for one thread's work in any block.
  package final class Scratch: Sendable {
    let workspace = ServedWorkspace()
    let projected = Buffer<Float>()
    let attended = Buffer<Float>()
    let added = Buffer<Float>()
    let raised = Buffer<Float>()

    package init() {}
  }

  /// x [tokens, width], in place.
  package func forward(_ x: UnsafeMutablePointer<Float>, _ sequences: PackedSequences, _ scratch: Scratch) {
    let (tokens, kernels) = (sequences.tokenCount, ServedKernels.selected)
    let added = scratch.added.reserve(tokens * width)
    attend(x, sequences, into: added, scratch)
    kernels.addNorm(
      added, x, gain: attentionNorm.gain, bias: attentionNorm.bias, rows: tokens, width: width,
      epsilon: epsilon, into: x)
    let raised = scratch.raised.reserve(tokens * up.output)
    up.forward(x, rows: tokens, activation: activation, into: raised, scratch.workspace)
    down.forward(raised, rows: tokens, into: added, scratch.workspace)
    kernels.addNorm(
      added, x, gain: feedForwardNorm.gain, bias: feedForwardNorm.bias, rows: tokens, width: width,
      epsilon: epsilon, into: x)
  }

  private func attend(
    _ x: UnsafePointer<Float>, _ sequences: PackedSequences, into y: UnsafeMutablePointer<Float>,
    _ scratch: Scratch
  ) {
    let (tokens, kernels) = (sequences.tokenCount, ServedKernels.selected)
    let headWidth = width / heads
    let projected = scratch.projected.reserve(tokens * 3 * width)
    projection.forward(x, rows: tokens, into: projected, scratch.workspace)
    let attended = scratch.attended.reserve(tokens * width)
    for sequence in 0..<sequences.count {
      let first = sequences.offsets[sequence]
      kernels.bidirectionalAttention(
        projected + first * 3 * width, rows: sequences.offsets[sequence + 1] - first, heads: heads,
        headWidth: headWidth, scale: 1 / Float(headWidth).squareRoot(), into: attended + first * width,
        scratch.workspace)
    }
    output.forward(attended, rows: tokens, into: y, scratch.workspace)
  }
}
