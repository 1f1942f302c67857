import Tensors
import Transformer

/// Encodes one sequence at a time, with what its blocks have computed kept, so that one more event costs one token.
///
/// The vectors are those of the whole sequence; there is room for the model's `maximumLength` events, and then the
/// caller starts again with the newest of them.
package final class LiveEncoder: @unchecked Sendable {  // used by one thread at a time
  private let model: SessionModel
  private let rotary: RotaryTable<Float>?
  private let buffers = ServingBuffers<Float>()
  private let caches: [KeyValueCache<Float>]
  private let interests: InterestSums<Float>?
  private let vectors = Buffer<Float>()
  private let inputs = Buffer<Float>()
  private let outputs = Buffer<Float>()
  private let normed = Buffer<Float>()
  private let moments = Buffer<Float>()

  package init(_ model: SessionModel) {
    self.model = model
    let configuration = model.configuration
    rotary =
      configuration.positions == .rotary
      ? RotaryTable(
        positions: configuration.maximumLength, width: configuration.dimension / configuration.heads) : nil
    interests = model.interests.map { InterestSums($0) }
    caches = (0..<configuration.blockCount).map { _ in
      KeyValueCache(width: configuration.dimension, capacity: configuration.maximumLength)
    }
  }

  /// Events so far.
  package var count: Int { caches.first?.count ?? 0 }

  /// Forgets the sequence.
  package func removeAll() {
    for cache in caches { cache.removeAll() }
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
    let width = model.configuration.dimension
    let rows = tokens.count
    precondition(rows > 0 && count + rows <= model.configuration.maximumLength)
    var x = inputs.reserve(rows * width)
    model.embed(parameters, tokens, vectors: vectors, rows: tokenRows ?? tokens.items, into: x)
    let y = outputs.reserve(rows * width)
    var place = (from: x, to: y)
    // What comes after the last block is asked of the newest event alone, but where interests attend to all.
    let outputRows = interests == nil ? 1 : rows
    for (number, block) in model.blocks.enumerated() {
      let asked = number == model.blocks.count - 1 ? outputRows : rows
      block.extend(
        parameters, place.from, rows: rows, asked: asked, caches[number], rotary: rotary, into: place.to,
        buffers
      )
      place = (place.to, place.from)
    }
    x = place.from
    let queries = normed.reserve(outputRows * width)
    model.norm.forward(parameters, x, rows: outputRows, into: queries, tape: moments.reserve(2 * outputRows))
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
