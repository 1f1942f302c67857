import Tensors
import Transformer

/// Encodes one sequence at a time, with what its layers have computed kept, so that one more event costs one token.
/// Where a model's tokens see those that come later, all are encoded again with each event.
///
/// The vectors are those of the whole sequence; there is room for the model's `maximumLength` events, and then the
/// caller starts again with the newest of them.
package final class LiveEncoder: @unchecked Sendable {  // used by one thread at a time
  private let model: SessionModel
  private let rotary: RotaryTable<Float>?
  private let buffers = ServingBuffers<Float>()
  private let states: [SequenceLayer.State<Float>]
  private let interests: InterestSums<Float>?
  private let vectors = Buffer<Float>()
  /// The events so far as the first layer takes them, where all are encoded again.
  private let history = Buffer<Float>()
  private let inputs = Buffer<Float>()
  private let outputs = Buffer<Float>()
  private let normed = Buffer<Float>()
  private let moments = Buffer<Float>()

  package init(_ model: SessionModel) {
    self.model = model
    rotary = model.configuration.rotary()
    interests = model.interests.map { InterestSums($0) }
    states = model.layers.map { $0.state(capacity: model.configuration.positionCount) }
  }

  /// Events so far.
  package private(set) var count = 0

  /// Forgets the sequence.
  package func removeAll() {
    count = 0
    forgetLayers()
  }

  private func forgetLayers() {
    for state in states { state.removeAll() }
    interests?.removeAll()
  }

  /// Adds events to the sequence.
  /// - Parameters:
  ///   - tokens: one sequence of at most as many events as there is room for; its positions go on from `count`.
  ///   - vectors: of items [_, dimension].
  ///   - rows: the row of each token's item among them; nil for the items' own numbers.
  /// - Returns: the query vectors [interests, dimension] of the sequence so far, valid until the next call.
  package func append(
    _ parameters: UnsafePointer<Float>, _ tokens: SessionTokens, vectors: UnsafePointer<Float>,
    rows tokenRows: [UInt32]? = nil
  ) -> UnsafeMutablePointer<Float> {
    precondition(tokens.count > 0 && count + tokens.count <= model.configuration.maximumLength)
    defer { count += tokens.count }
    let width = model.configuration.dimension
    let itemRows = tokenRows ?? tokens.items
    guard model.configuration.architecture == .masked else {
      let x = inputs.reserve(tokens.count * width)
      model.embed(parameters, tokens, vectors: vectors, rows: itemRows, into: x)
      return encode(parameters, x, rows: tokens.count)
    }
    // The token that asks is replaced by the next event.
    let x = history.reserve(model.configuration.positionCount * width)
    let (asking, askingRows) = tokens.askingForNext(rows: itemRows)
    model.embed(parameters, asking, vectors: vectors, rows: askingRows, into: x + count * width)
    forgetLayers()
    let rows = count + asking.count
    let copy = inputs.reserve(rows * width)
    copy.update(from: x, count: rows * width)
    return encode(parameters, copy, rows: rows)
  }

  /// Takes the layers on by tokens x [rows, dimension] in `inputs`.
  private func encode(
    _ parameters: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>, rows: Int
  ) -> UnsafeMutablePointer<Float> {
    let width = model.configuration.dimension
    let y = outputs.reserve(rows * width)
    var place = (from: x, to: y)
    // What comes after the last layer is asked of the newest token alone, but where interests attend to all.
    let outputRows = interests == nil ? 1 : rows
    for (number, layer) in model.layers.enumerated() {
      let asked = number == model.layers.count - 1 ? outputRows : rows
      layer.extend(
        parameters, place.from, rows: rows, asked: asked, states[number], rotary: rotary, into: place.to,
        buffers)
      place = (place.to, place.from)
    }
    let queries = normed.reserve(outputRows * width)
    model.norm.forward(
      parameters, place.from, rows: outputRows, into: queries, tape: moments.reserve(2 * outputRows))
    guard let interests else {
      model.scaleToTemperature(queries)
      return queries
    }
    for row in 0..<rows { interests.append(parameters, queries + row * width) }
    let count = model.configuration.interestCount
    let found = self.vectors.reserve(count * width)
    interests.vectors(parameters, after: queries + (rows - 1) * width, into: found)
    for interest in 0..<count { model.scaleToTemperature(found + interest * width) }
    return found
  }
}
