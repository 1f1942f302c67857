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
  private let newItems: NewItemEncoder
  private let profiles: FeatureRows
  /// Recent popularity of its items, as counted when it was trained.
  let popularity: RecentPopularity
  /// Which items follow which as counted.
  let countedRules: SessionRules?
  /// The counted rules where they are mixed in.
  var rules: SessionRules? { countedRules.flatMap { $0.share > 0 ? $0 : nil } }
  private let kindNumbers: [ExactString: UInt8]
  private let encoders = Mutex<[Carrier]>([])
  private let liveEncoders = Mutex<[LiveEncoder]>([])
  /// The ordinals of its items, as far as they are below those of a store.
  private let ownItems = Mutex<Bitmap?>(nil)
  private let splits = Mutex<[Split]>([])
  private static let splitLimit = 16

  private struct Split: Sendable {
    let allowed: FilterMatches?
    let known: FilterMatches
    let new: FilterMatches
  }

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
    newItems = NewItemEncoder(
      features: FeatureRows(names: manifest.features, rows: contents.features, width: shape.dimension),
      width: shape.dimension, projection: contents.projection, isNormalized: shape.temperature != nil)
    profiles = FeatureRows(names: manifest.profiles, rows: contents.profiles, width: shape.dimension)
    popularity = RecentPopularity(
      contents.items, weights: contents.popularity, isRepeating: manifest.isRepeating)
    countedRules = contents.rules.flatMap { rules in
      manifest.rules.map { SessionRules(share: $0.share, rules: rules) }
    }
    var vectors = [Float](repeating: 0, count: contents.items.count * shape.dimension)
    model.items.vectors(weights, of: 0..<contents.items.count, .none, into: &vectors, Workspace())
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

  /// The whitenings of the content that it learned from; empty where it learned from none.
  var whitenings: [Whitening] { contents.projection?.whitenings ?? [] }

  /// The items that it learned about and those that came later, among what passes a filter.
  /// - Parameters:
  ///   - allowed: what passes; nil for all.
  ///   - count: ordinals of the store's items.
  func knownAndNew(_ allowed: FilterMatches?, below count: Int) -> (known: FilterMatches, new: FilterMatches)
  {
    let kept = splits.withLock { $0.first { $0.allowed === allowed && $0.known.ordinals.count == count } }
    if let kept { return (kept.known, kept.new) }
    let known = ownItems(below: count)
    var new = allowed?.ordinals ?? Bitmap(count: count, filledWith: true)
    new.subtract(known)
    let split = Split(
      allowed: allowed, known: FilterMatches(allowed.map { $0.ordinals & known } ?? known),
      new: FilterMatches(new))
    splits.withLock { splits in
      // A shop asks with a few filters again and again, whose places in the graph are kept with them.
      if splits.count == Self.splitLimit { splits.removeFirst() }
      splits.append(split)
    }
    return (split.known, split.new)
  }

  private func ownItems(below count: Int) -> Bitmap {
    ownItems.withLock { kept in
      if let kept, kept.count <= count { return Bitmap(count: count, of: kept) }
      var bits = Bitmap(count: count)
      for item in items where Int(item.rawValue) < count { bits.insert(item.rawValue) }
      kept = bits
      return bits
    }
  }

  /// A score as people see it, a cosine say, of one that a softmax is taken of.
  func userScore(_ score: Float) -> Float { Float(manifest.shape.temperature ?? 1) * score }

  /// The number of a kind with the bounds that a value is within or, where the model learned by other bounds, of the
  /// kind alone; 0 for any other.
  func kindNumber(_ label: String, kind: String) -> UInt8 {
    kindNumbers[ExactString(label)] ?? kindNumbers[ExactString(kind)] ?? 0
  }

  /// The vector of an item that the model does not know, by its words and attributes and its vectors in other spaces;
  /// nil where they say nothing.
  /// - Parameter content: its vectors in the spaces of `manifest.content`.
  func vector(of record: EntityRecord, content: [[Float]?]) -> [Float]? {
    newItems.vector(of: FeatureNames.names(of: record), content: content)
  }

  /// Whether it learned from attributes of users.
  var knowsProfiles: Bool { !profiles.isEmpty }

  /// The vector of a user's first token; nil where none of the user's attributes is known.
  func profile(of user: EntityRecord) -> [Float]? { profiles.vector(of: FeatureNames.names(of: user)) }

  /// The query vectors [interests, dimension] of one history of at least one event: where there is one interest, the
  /// last block looks at its end alone.
  /// - Parameter newItems: vectors [_, dimension] of items that the model does not know; in the set they are numbered
  ///   on from its own.
  func encode(_ history: Range<Int>, of set: SequenceSet, newItems: [Float] = []) -> [Float] {
    let encoder = liveEncoders.withLock { $0.popLast() } ?? LiveEncoder(model)
    defer { liveEncoders.withLock { $0.append(encoder) } }
    encoder.removeAll()
    var tokens = SessionTokens()
    tokens.append(history.suffix(manifest.shape.maximumLength), of: set)
    return append(tokens, to: encoder, newItems: newItems)
  }

  /// The query vectors [interests, dimension] of a sequence to which tokens are added.
  /// - Parameter newItems: as in `encode`.
  func append(_ tokens: SessionTokens, to encoder: LiveEncoder, newItems: [Float]) -> [Float] {
    withVectors(of: tokens.items, newItems) { vectors, rows in
      let query = encoder.append(weights, tokens, vectors: vectors, rows: rows)
      return Array(UnsafeBufferPointer(start: query, count: interestCount * dimension))
    }
  }

  /// Where tokens' vectors lie: those of the model's own items together, or copies where some are of new ones.
  private func withVectors<R>(
    of items: [UInt32], _ newItems: [Float], _ body: (UnsafePointer<Float>, [UInt32]) -> R
  ) -> R {
    let (count, width) = (self.items.count, dimension)
    guard items.contains(where: { $0 >= count }) else { return body(vectors, items) }
    var copies: [Float] = []
    copies.reserveCapacity(items.count * width)
    for item in items {
      let place = Int(item) < count ? Int(item) : Int(item) - count
      copies += (Int(item) < count ? vectors : newItems)[(place * width)..<((place + 1) * width)]
    }
    return body(copies, Array(0..<UInt32(items.count)))
  }

  /// The query vectors [histories, interests, dimension] of some histories, each of at least one event.
  /// - Parameter newItems: as in `encode` of one.
  func encode(_ histories: [Range<Int>], of set: SequenceSet, newItems: [Float]) -> [Float] {
    let carrier = encoders.withLock { $0.popLast() } ?? Carrier(encoder: BatchEncoder(model))
    defer { encoders.withLock { $0.append(carrier) } }
    var tokens = SessionTokens()
    for history in histories { tokens.append(history.suffix(manifest.shape.maximumLength), of: set) }
    return withVectors(of: tokens.items, newItems) { vectors, rows in
      let queries = carrier.encoder.encode(weights, tokens, vectors: vectors, rows: rows)
      return Array(UnsafeBufferPointer(start: queries, count: histories.count * interestCount * dimension))
    }
  }

  /// The numbers of those of some items that are its own.
  func ownNumbers(_ items: [Ordinal]) -> ArraySlice<UInt32> { items.compactMap { numbers[$0] }[...] }

  /// What a vector of an item scores by the nearest of some query vectors [interests, dimension]: the logit of its
  /// softmax.
  func score(of vector: [Float], by queries: [Float]) -> Float {
    Self.largestProducts(of: queries, with: vector, rows: 0..<1, width: dimension)[0]
  }

  /// What its items score by the nearest of some query vectors [interests, dimension]: what a softmax is taken of.
  func scores(of numbers: some Sequence<UInt32>, by queries: [Float]) -> [Float] {
    Self.largestProducts(of: queries, with: vectors, rows: numbers.lazy.map { Int($0) }, width: dimension)
  }

  /// For some rows of vectors [_, width] the largest product with one of the queries [_, width], at least one.
  static func largestProducts(
    of queries: [Float], with vectors: [Float], rows: some Sequence<Int>, width: Int
  ) -> [Float] {
    queries.withUnsafeBufferPointer { queries in
      vectors.withUnsafeBufferPointer { vectors in
        guard let table = vectors.baseAddress, let first = queries.baseAddress else { return [] }
        return rows.map { row in
          let vector = table + row * width
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
