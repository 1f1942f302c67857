import Basics
import Engine
import Filters
package import Records
import SessionEncoder
import Synchronization
import Tensors
import TextEncoder
import VectorMath

/// A session model with its weights, ready to encode.
// unchecked: the weights do not change after `init`
package final class SessionEncoderModel: @unchecked Sendable {
  let version: UInt32
  let manifest: SessionManifest
  let model: SessionModel
  let contents: ModelContents
  private let numbering: ItemNumbering
  let weights: [Float]
  /// The vectors of its items [items, dimension].
  let vectors: [Float]
  /// For items that it does not know.
  private let features: FeatureTable
  /// Recent popularity of its items, as counted when it was trained.
  let popularity: RecentPopularity
  /// Which items follow which as counted.
  let countedRules: SessionRules?
  /// The counted rules where they are mixed in.
  var rules: SessionRules? { countedRules.flatMap { $0.share > 0 ? $0 : nil } }
  private let kindNumbers: [ExactString: UInt8]
  private let encoders = Mutex<[Carrier]>([])
  private let liveEncoders = Mutex<[LiveEncoder]>([])

  // unchecked: one thread has it at a time
  private struct Carrier: @unchecked Sendable {
    let encoder: BatchEncoder<Float>
  }

  /// - Throws: `RecommendingError` `.corrupted`, where manifest and arrays do not go together.
  convenience init(_ stored: StoredModel, _ snapshot: Snapshot) throws {
    let manifest = try SessionManifest(decoding: stored.record.manifest)
    self.init(
      stored.version, manifest, try ModelContents(stored, try snapshot.arrays(of: stored), manifest))
  }

  /// - Parameter contents: of the manifest's shape.
  init(_ version: UInt32, _ manifest: SessionManifest, _ contents: ModelContents) {
    self.version = version
    self.manifest = manifest
    self.contents = contents
    let shape = manifest.storedShape
    model = SessionModel(shape)
    numbering = ItemNumbering(contents.items)
    weights = contents.weights
    features = FeatureTable(
      names: manifest.features, rows: contents.features, width: shape.dimension,
      isNormalized: shape.temperature != nil)
    popularity = RecentPopularity(
      contents.items, weights: contents.popularity, isRepeating: manifest.isRepeating)
    countedRules = contents.rules.flatMap { rules in
      manifest.rules.map { SessionRules(share: $0.share, rules: rules) }
    }
    var vectors = [Float](repeating: 0, count: contents.items.count * shape.dimension)
    model.items.vectors(weights, of: 0..<contents.items.count, .none, into: &vectors)
    self.vectors = vectors
    kindNumbers = Dictionary(
      manifest.kinds.enumerated().map { (ExactString($1), UInt8($0 + 1)) }
    ) { first, _ in first }
  }

  /// The ordinal of each of its items.
  package var items: [Ordinal] { numbering.items }
  /// The number of each ordinal among its items.
  var numbers: [Ordinal: UInt32] { numbering.numbers }
  var dimension: Int { manifest.shape.dimension }
  /// Query vectors of a history.
  var interestCount: Int { manifest.shape.interestCount }
  var metric: VectorMetric { manifest.shape.temperature == nil ? .dot : .cosine }

  /// A score as people see it, a cosine say, of one that a softmax is taken of.
  func userScore(_ score: Float) -> Float { Float(manifest.shape.temperature ?? 1) * score }

  func kindNumber(_ name: String) -> UInt8 { kindNumbers[ExactString(name)] ?? 0 }

  /// The vector of an item that the model does not know, by its words and attributes; nil where they say nothing.
  func vector(of record: EntityRecord) -> [Float]? {
    features.vector(of: ItemFeatureNames.names(of: record))
  }

  /// The query vectors [interests, dimension] of one history of at least one event: where there is one interest, the
  /// last block looks at its end alone.
  func encode(_ history: Range<Int>, of set: SequenceSet) -> [Float] {
    let encoder = liveEncoders.withLock { $0.popLast() } ?? LiveEncoder(model)
    defer { liveEncoders.withLock { $0.append(encoder) } }
    encoder.removeAll()
    var tokens = SessionTokens()
    tokens.append(history.suffix(manifest.shape.maximumLength), of: set)
    let query = encoder.append(weights, tokens, vectors: vectors)
    return Array(UnsafeBufferPointer(start: query, count: interestCount * dimension))
  }

  /// The query vectors [histories, interests, dimension] of some histories, each of at least one event.
  func encode(_ histories: [Range<Int>], of set: SequenceSet) -> [Float] {
    let carrier = encoders.withLock { $0.popLast() } ?? Carrier(encoder: BatchEncoder(model))
    defer { encoders.withLock { $0.append(carrier) } }
    let queries = carrier.encoder.encode(weights, histories, of: set, vectors: vectors)
    return Array(UnsafeBufferPointer(start: queries, count: histories.count * interestCount * dimension))
  }

  /// What its items score by the nearest of some query vectors [interests, dimension]: what a softmax is taken of.
  func scores(of numbers: some Sequence<UInt32>, by queries: [Float]) -> [Float] {
    let width = dimension
    return queries.withUnsafeBufferPointer { queries in
      vectors.withUnsafeBufferPointer { vectors in
        guard let table = vectors.baseAddress, let first = queries.baseAddress else { return [] }
        return numbers.map { number in
          let vector = table + Int(number) * width
          var score = Float.dot(first, vector, width)
          for start in Swift.stride(from: width, to: queries.count, by: width) {
            score = max(score, Float.dot(first + start, vector, width))
          }
          return score
        }
      }
    }
  }
}
