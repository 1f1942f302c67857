package import Tensors
package import Transformer

/// Layers over a session's events, of an `Architecture`; the last output is the query vector, compared with the same
/// item vectors that the tokens come from. With several interests, a decoder makes a query vector for each.
package struct SessionModel: Sendable {
  package let configuration: SessionConfiguration
  /// Where the weights lie; the items' table comes first.
  package let layout: ParameterLayout
  package let items: ItemTable
  /// Where attributes of users are learned from.
  package let profiles: ProfileTable?
  private let kinds: ParameterRange?
  private let gaps: ParameterRange?
  private let positions: ParameterRange?
  /// What a masked token is instead of its item.
  private let mask: ParameterRange?
  package let layers: [SequenceLayer]
  package let norm: Normalization
  /// Where there are several interests.
  package let interests: InterestAttention?

  /// - Parameters:
  ///   - features: what is known of the items, of as many as the configuration says.
  ///   - content: what other spaces say of them, of the configuration's width.
  ///   - profiles: what is known of users, of as many features as the configuration says.
  package init(
    _ configuration: SessionConfiguration, features: ItemFeatures? = nil, content: ItemContent? = nil,
    profiles: ItemFeatures? = nil
  ) {
    precondition((profiles?.featureCount ?? 0) == configuration.profileFeatureCount)
    precondition((features?.featureCount ?? 0) == configuration.featureCount)
    precondition((content?.width ?? 0) == configuration.contentWidth)
    var layout = ParameterLayout()
    let width = configuration.dimension
    self.configuration = configuration
    items = ItemTable(configuration, features: features, content: content, in: &layout)
    self.profiles = profiles.map { ProfileTable(configuration, $0, in: &layout) }
    func table(_ name: String, _ count: Int) -> ParameterRange {
      layout.add("\(name).weight", [count, width], .normal(deviation: 0.5 / Double(width).squareRoot()))
    }
    kinds = configuration.kindCount > 1 ? table("kinds", configuration.kindCount) : nil
    gaps = configuration.hasTimeGaps ? table("gaps", TimeGap.bucketCount) : nil
    positions = configuration.positions == .learned ? table("positions", configuration.positionCount) : nil
    mask =
      configuration.architecture == .masked
      ? layout.add("mask.weight", [width], .normal(deviation: 1 / Double(width).squareRoot())) : nil
    layers = (0..<configuration.blockCount).map { configuration.layer("blocks.\($0)", in: &layout) }
    norm = Normalization("norm", configuration.normalization, width: width, in: &layout)
    interests =
      configuration.interestCount > 1
      ? InterestAttention("interests", count: configuration.interestCount, width: width, in: &layout) : nil
    self.layout = layout
  }

  /// What the backward pass needs, kept from step to step.
  package final class Tape<R: TensorScalar> {
    fileprivate var inputs: [Buffer<R>] = []
    fileprivate let layers: [SequenceLayer.Tape<R>]
    fileprivate let moments = Buffer<R>()
    fileprivate let normed = Buffer<R>()
    fileprivate let outputs = Buffer<R>()
    fileprivate let passage = Block.Passage<R>()
    fileprivate let slope = Buffer<R>()
    fileprivate let normedSlope = Buffer<R>()
    fileprivate let rotary: RotaryTable<R>?
    fileprivate let interests = InterestAttention.Tape<R>()
    fileprivate let vectors = Buffer<R>()
    fileprivate let vectorSlopes = Buffer<R>()

    package init(_ model: SessionModel) {
      rotary = model.configuration.rotary()
      layers = model.layers.map { $0.tape() }
      inputs = model.layers.map { _ in Buffer() }
      inputs.append(Buffer())
    }
  }

  /// The factor of item vectors as tokens: as tokens they should have length about 1 an element, as answers less.
  private var tokenScale: Double {
    configuration.temperature == nil ? Double(configuration.dimension).squareRoot() : 1
  }

  /// The learned tables beside the items' whose rows are added to a token, and the rows' numbers.
  private func additions(_ tokens: SessionTokens, _ token: Int) -> [ParameterRange] {
    let width = configuration.dimension
    func row(_ table: ParameterRange?, _ number: Int) -> ParameterRange? {
      table?.row(number, width: width)
    }
    return [
      row(kinds, min(tokens.kind(token), configuration.kindCount - 1)),
      row(gaps, min(tokens.gap(token), TimeGap.bucketCount - 1)),
      row(positions, Int(tokens.sequences.positions[token])),
    ].compactMap { $0 }
  }

  /// What the layers are given for each token [tokens, dimension].
  /// - Parameters:
  ///   - vectors: of items [_, dimension].
  ///   - rows: the row of each token's item among them; that of a profile is not looked at.
  package func embed<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ tokens: SessionTokens, vectors: UnsafePointer<R>, rows: [UInt32],
    into x: UnsafeMutablePointer<R>
  ) {
    let width = configuration.dimension
    R.clear(x, tokens.count * width)
    let isPlain = kinds == nil && gaps == nil && positions == nil
    for token in 0..<tokens.count {
      let target = x + token * width
      if let profiles, profiles.contains(tokens.items[token]) {
        profiles.add(parameters, tokens.items[token], times: tokenScale, to: target)
      } else if let mask, tokens.isMasked[token] {
        R.add(parameters + mask.offset, width, R(tokenScale), target)
      } else {
        R.add(vectors + Int(rows[token]) * width, width, R(tokenScale), target)
      }
      guard !isPlain else { continue }
      for addition in additions(tokens, token) { R.add(parameters + addition.offset, width, 1, target) }
    }
  }

  /// Encodes packed sequences of events.
  /// - Returns: the outputs [tokens, interests, dimension], valid until the tape's next use.
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ tokens: SessionTokens, vectors: UnsafePointer<R>, rows: [UInt32],
    dropout: Dropout, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) -> UnsafeMutablePointer<R> {
    let width = configuration.dimension
    let count = tokens.count * width
    let x = tape.inputs[0].reserve(count)
    embed(parameters, tokens, vectors: vectors, rows: rows, into: x)
    dropout.numbered(0).apply(x, count)
    for (number, layer) in layers.enumerated() {
      layer.forward(
        parameters, tape.inputs[number].reserve(count), tokens.sequences, rotary: tape.rotary,
        dropout: dropout.numbered(1 + number), into: tape.inputs[number + 1].reserve(count),
        tape.layers[number], workspace)
    }
    let normed = tape.normed.reserve(count)
    norm.forward(
      parameters, tape.inputs[layers.count].reserve(count), rows: tokens.count, into: normed,
      tape: tape.moments.reserve(2 * tokens.count))
    var vectors = normed
    if let interests {
      vectors = tape.vectors.reserve(count * interests.count)
      interests.forward(parameters, normed, tokens.sequences, into: vectors, tape.interests, workspace)
    }
    guard configuration.temperature != nil else { return vectors }
    let vectorCount = tokens.count * configuration.interestCount
    let outputs = tape.outputs.reserve(vectorCount * width)
    outputs.update(from: vectors, count: vectorCount * width)
    for number in 0..<vectorCount { scaleToTemperature(outputs + number * width) }
    return outputs
  }

  /// Brings a vector to length 1 / temperature, where vectors are compared by cosine.
  func scaleToTemperature<R: TensorScalar>(_ vector: UnsafeMutablePointer<R>) {
    guard let temperature = configuration.temperature else { return }
    R.scale(vector, configuration.dimension, 1 / (R(temperature) * length(vector)))
  }

  private func length<R: TensorScalar>(_ vector: UnsafePointer<R>) -> R {
    max(R.dot(vector, vector, configuration.dimension).squareRoot(), R(1e-12))
  }

  /// Adds the gradients of all weights for those of the outputs [tokens, interests, dimension].
  /// - Parameters:
  ///   - gradients: of all weights but the items' table, at the same offsets as the weights; the table's part is not
  ///     touched.
  ///   - vectorSlopes: of the item vectors that `forward` was given; those of token t are added to row `rows[t]`.
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ tokens: SessionTokens,
    vectorSlopes itemSlopes: UnsafeMutablePointer<R>, rows: [UInt32], _ outputSlopes: UnsafePointer<R>,
    dropout: Dropout, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let width = configuration.dimension
    let count = tokens.count * width
    let slope = tape.slope.zeroed(count)
    var normedSlopes = vectorSlopes(outputSlopes, count: tokens.count * configuration.interestCount, tape)
    if let interests {
      let sums = tape.normedSlope.zeroed(count)
      interests.backward(
        parameters, gradients: gradients, tape.normed.reserve(count), normedSlopes, tokens.sequences,
        addingTo: sums, tape.interests, workspace)
      normedSlopes = UnsafePointer(sums)
    }
    norm.backward(
      parameters, gradients: gradients, tape.inputs[layers.count].reserve(count), normedSlopes,
      rows: tokens.count,
      tape: tape.moments.reserve(2 * tokens.count), addingTo: slope)
    for (number, layer) in layers.enumerated().reversed() {
      layer.backward(
        parameters, gradients: gradients, tape.inputs[number].reserve(count), tokens.sequences,
        rotary: tape.rotary,
        dropout: dropout.numbered(1 + number), slope: slope, tape.layers[number], tape.passage, workspace)
    }
    dropout.numbered(0).apply(slope, count)
    let isPlain = kinds == nil && gaps == nil && positions == nil
    for token in 0..<tokens.count {
      let source = slope + token * width
      if let profiles, profiles.contains(tokens.items[token]) {
        profiles.backward(gradients: gradients, tokens.items[token], times: tokenScale, source)
      } else if let mask, tokens.isMasked[token] {
        R.add(source, width, R(tokenScale), gradients + mask.offset)
      } else {
        R.add(source, width, R(tokenScale), itemSlopes + Int(rows[token]) * width)
      }
      guard !isPlain else { continue }
      for addition in additions(tokens, token) { R.add(source, width, 1, gradients + addition.offset) }
    }
  }

  /// The gradients of the query vectors, before they were brought to one length, for those of the outputs.
  private func vectorSlopes<R: TensorScalar>(
    _ outputSlopes: UnsafePointer<R>, count: Int, _ tape: Tape<R>
  ) -> UnsafePointer<R> {
    guard let temperature = configuration.temperature else { return outputSlopes }
    let width = configuration.dimension
    let vectors = (interests == nil ? tape.normed : tape.vectors).reserve(count * width)
    let slopes = tape.vectorSlopes.reserve(count * width)
    for number in 0..<count {
      let (vector, slope) = (vectors + number * width, slopes + number * width)
      slope.update(from: outputSlopes + number * width, count: width)
      let inverse = 1 / length(vector)
      R.add(vector, width, -R.dot(vector, slope, width) * inverse * inverse, slope)
      R.scale(slope, width, inverse / R(temperature))
    }
    return UnsafePointer(slopes)
  }
}
