import Basics
import Interchange
import Tensors
import Transformer

/// A Transformer of the BERT family: a text's tokens to one vector for each of them.
///
/// Tables of embeddings stay in the mapped file; the matrices are packed once, in one precision.
final class BertModel: Sendable {
  let configuration: BertConfiguration
  private let words: SafetensorsFile.Floats
  private let positions: SafetensorsFile.Floats
  /// The row of the first token type.
  private let type: [Float]
  private let norm: (gain: [Float], bias: [Float])
  private let blocks: [PostNormBlock]

  /// - Parameter threads: that pack weights at once.
  init(
    _ weights: ModelWeights, _ configuration: BertConfiguration, precision: WeightPrecision, threads: Int
  ) throws {
    self.configuration = configuration
    let width = configuration.width
    words = try weights.floats(
      "embeddings.word_embeddings.weight", shape: [configuration.vocabularyCount, width])
    positions = try weights.floats(
      "embeddings.position_embeddings.weight", shape: [configuration.positionCount, width])
    let types = try weights.floats(
      "embeddings.token_type_embeddings.weight", shape: [configuration.typeCount, width])
    type = Array(types.values.prefix(width))
    let gain = try weights.floats(
      "embeddings.LayerNorm.weight", "embeddings.LayerNorm.gamma", shape: [width])
    let bias = try weights.floats("embeddings.LayerNorm.bias", "embeddings.LayerNorm.beta", shape: [width])
    norm = (Array(gain.values), Array(bias.values))
    blocks = try parallelMap(configuration.layerCount, threads: threads) { layer in
      try Self.block("encoder.layer.\(layer)", weights, configuration, precision)
    }
  }

  /// Room for one thread's work.
  final class Scratch: Sendable {
    fileprivate let block = PostNormBlock.Scratch()
    fileprivate let moments = Buffer<Float>()
  }

  static let marker = "embeddings.word_embeddings.weight"

  private static func block(
    _ name: String, _ weights: ModelWeights, _ configuration: BertConfiguration, _ precision: WeightPrecision
  ) throws -> PostNormBlock {
    let (width, hidden) = (configuration.width, configuration.hidden)
    var kept: [SafetensorsFile.Floats] = []
    func vector(_ names: String..., count: Int) throws -> UnsafePointer<Float> {
      let floats = try weights.floats(names[0], names.last ?? "", shape: [count])
      kept.append(floats)
      return try Self.start(floats)
    }
    func layer(_ layer: String, _ input: Int, _ output: Int) throws -> PackedLinear.Part {
      let weight = try weights.floats("\(name).\(layer).weight", shape: [output, input])
      kept.append(weight)
      return (try Self.start(weight), try vector("\(name).\(layer).bias", count: output), output)
    }
    func norm(_ layer: String) throws -> (UnsafePointer<Float>, UnsafePointer<Float>) {
      let place = "\(name).\(layer).LayerNorm"
      return (
        try vector("\(place).weight", "\(place).gamma", count: width),
        try vector("\(place).bias", "\(place).beta", count: width)
      )
    }
    let (attentionNorm, feedForwardNorm) = (try norm("attention.output"), try norm("output"))
    let parts = PostNormBlock.Parts(
      query: try layer("attention.self.query", width, width),
      key: try layer("attention.self.key", width, width),
      value: try layer("attention.self.value", width, width),
      attended: try layer("attention.output.dense", width, width),
      up: try layer("intermediate.dense", width, hidden), down: try layer("output.dense", hidden, width),
      attentionGain: attentionNorm.0, attentionBias: attentionNorm.1, feedForwardGain: feedForwardNorm.0,
      feedForwardBias: feedForwardNorm.1)
    return withExtendedLifetime(kept) {
      PostNormBlock(
        parts, width: width, heads: configuration.heads, epsilon: configuration.epsilon,
        activation: configuration.activation, precision: precision)
    }
  }

  private static func start(_ floats: SafetensorsFile.Floats) throws -> UnsafePointer<Float> {
    guard let start = floats.values.baseAddress else {
      throw ModelError(code: .corrupted, message: "an array of the model is empty")
    }
    return start
  }

  /// Writes the last layer's outputs for the tokens of packed texts.
  ///
  /// A token that the model has no row for takes the first row: the tokenizer and the model were checked to agree.
  /// - Parameters:
  ///   - tokens: of all texts, one after the other, as `sequences` says.
  ///   - observe: is called with the hidden states after the embedding and after each layer, for tests.
  ///   - x: [tokens, width].
  func forward(
    _ tokens: [UInt32], _ sequences: PackedSequences, into x: UnsafeMutablePointer<Float>,
    _ scratch: Scratch, observe: ((UnsafeBufferPointer<Float>) -> Void)? = nil
  ) {
    let width = configuration.width
    let all = UnsafeBufferPointer(start: x, count: tokens.count * width)
    guard let words = words.values.baseAddress, let positions = positions.values.baseAddress else { return }
    for (row, token) in tokens.enumerated() {
      let word = words + (Int(token) < configuration.vocabularyCount ? Int(token) : 0) * width
      let position = positions + (configuration.firstPosition + Int(sequences.positions[row])) * width
      let target = x + row * width
      for column in 0..<width { target[column] = word[column] + position[column] + type[column] }
    }
    let moments = scratch.moments.reserve(2 * tokens.count)
    Float.norm(
      x, norm.gain, norm.bias, tokens.count, width, configuration.epsilon, x, moments, moments + tokens.count)
    observe?(all)
    for block in blocks {
      block.forward(x, sequences, scratch.block)
      observe?(all)
    }
  }
}
