import Engine
import Filters
import Records
import SessionEncoder
import Synchronization
import Tensors
import TextEncoder
import VectorMath

/// A session model with its weights, ready to encode.
// unchecked: the weights do not change after `init`
final class SessionEncoderModel: @unchecked Sendable {
  let version: UInt32
  let manifest: SessionManifest
  let model: SessionModel
  /// The ordinal of each of its items.
  let items: [Ordinal]
  /// The number of each ordinal among its items.
  let numbers: [Ordinal: UInt32]
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

  /// - Throws: `StoreError` `.corrupted`, where description and weights do not go together.
  convenience init(_ stored: StoredModel, _ snapshot: Engine.Snapshot) throws {
    let (items, values) = try snapshot.contents(of: stored)
    try self.init(
      stored.version, try SessionManifest(decoding: stored.record.manifest), items: items, values: values)
  }

  /// - Parameter values: as `values` gives them.
  /// - Throws: `StoreError` `.corrupted`, where description and weights do not go together.
  init(_ version: UInt32, _ manifest: SessionManifest, items ordinals: [Ordinal], values: [Float]) throws {
    self.version = version
    self.manifest = manifest
    func damaged(_ what: String) -> StoreError {
      StoreError(code: .corrupted, message: "model \(version) cannot be used: \(what)")
    }
    guard manifest.shape.itemCount == ordinals.count else {
      throw damaged("it is of \(manifest.shape.itemCount) items and names \(ordinals.count)")
    }
    // What was learned of the known items' features is in their rows.
    var shape = manifest.shape
    shape.featureCount = 0
    model = SessionModel(shape)
    let (count, featureCount) = (model.layout.count, manifest.features.count * shape.dimension)
    let rulesStart = count + featureCount + ordinals.count
    let ruleValues =
      manifest.rules.map { SessionRules.valueCount(items: ordinals.count, $0) } ?? 0
    guard values.count == rulesStart + ruleValues else {
      throw damaged("\(values.count) weights where \(rulesStart + ruleValues) belong")
    }
    guard values.allSatisfy(\.isFinite) else { throw damaged("a weight is not finite") }
    items = ordinals
    numbers = Dictionary(ordinals.enumerated().map { ($1, UInt32($0)) }) { first, _ in first }
    weights = Array(values[..<count])
    features = FeatureTable(
      names: manifest.features, rows: Array(values[count..<(count + featureCount)]), width: shape.dimension,
      isNormalized: shape.temperature != nil)
    popularity = RecentPopularity(
      ordinals, weights: Array(values[(count + featureCount)..<rulesStart]), isRepeating: manifest.isRepeating
    )
    countedRules = try manifest.rules.map { described in
      guard
        let rules = SessionRules(decoding: values[rulesStart...], described, itemCount: ordinals.count)
      else { throw damaged("its rules are no table of items") }
      return rules
    }
    var vectors = [Float](repeating: 0, count: ordinals.count * manifest.shape.dimension)
    model.items.vectors(weights, of: 0..<ordinals.count, .none, into: &vectors)
    self.vectors = vectors
    kindNumbers = Dictionary(
      manifest.kinds.enumerated().map { (ExactString($1), UInt8($0 + 1)) }
    ) { first, _ in first }
  }

  /// All numbers of a trained model in the order `init` reads them, those of its rules left out.
  static func values(
    _ model: SessionModel, _ weights: [Float], popularity: [Float]
  ) -> [Float] {
    let rows = model.items.rows
    let items = model.items.itemCount * model.items.width
    return model.items.bakedRows(weights) + weights[rows.count...] + weights[items..<rows.count] + popularity
  }

  var dimension: Int { manifest.shape.dimension }
  /// Query vectors of a history.
  var interestCount: Int { manifest.shape.interestCount }
  var metric: VectorMath.Metric { manifest.shape.temperature == nil ? .dot : .cosine }

  /// A score as people see it, a cosine say, of one that a softmax is taken of.
  func userScore(_ score: Float) -> Float { Float(manifest.shape.temperature ?? 1) * score }

  func kindNumber(_ name: String) -> UInt8 { kindNumbers[ExactString(name)] ?? 0 }

  /// The vector of an item that the model does not know, by its words and attributes; nil where they say nothing.
  func vector(of record: EntityRecord) -> [Float]? {
    features.vector(of: ItemFeatureNames.names(of: record))
  }

  /// The query vectors [interests, dimension] of one history of at least one event: where there is one interest, the last
  /// block looks at its end alone.
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
