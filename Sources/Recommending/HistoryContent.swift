package import Engine
import Records
import SessionEncoder

/// What the contents of a history's items say of another item: how alike they are, each source whitened.
struct HistoryContent {
  /// For each source what its space is asked with; nil where the history has no vector there.
  let queries: [[Float]?]
  /// What a product with the query lacks of the likeness.
  private let offsets: [Float]

  /// - Parameter items: oldest first.
  init(_ items: [Ordinal], _ whitenings: [Whitening], _ reader: ContentReader) throws {
    var queries: [[Float]?] = []
    var offsets: [Float] = []
    for (source, whitening) in whitenings.enumerated() {
      let sum = try ContentProfile.sum(after: items) { item in
        try reader.vector(of: item, source).map { whitening.whitened($0) }
      }
      let query = sum.map { whitening.query(for: $0) }
      queries.append(query?.query)
      offsets.append(query?.offset ?? 0)
    }
    (self.queries, self.offsets) = (queries, offsets)
  }

  /// The sum over the sources that both have a vector of; 0 where there is none.
  func likeness(to content: [[Float]?]) -> Float {
    var sum: Float = 0
    for (source, query) in queries.enumerated() {
      guard let query, let vector = content[source] else { continue }
      sum += zip(query, vector).reduce(offsets[source]) { $0 + $1.0 * $1.1 }
    }
    return sum
  }
}

/// What a history says in a space that no training made, by its items' vectors.
package enum ContentProfile {
  /// Items that are looked at, the newest.
  package static let itemLimit = 20
  /// What an item weighs of the one after it, but for what its event counts.
  private static let decay: Float = 0.8

  /// What a space is asked with: by Euclidean distance the weighted mean of the vectors, else their weighted sum, each
  /// of length 1.
  /// - Parameter events: of one user; those that count 0 or less say nothing.
  package static func query(
    after events: EventSequences, in space: String, _ snapshot: Snapshot
  ) throws -> [Float]? {
    let view = try snapshot.space(space)
    let isMean = view.record.shape.metric == .l2
    let places = events.items.indices.filter { events.strength($0) > 0 }
    return try sum(after: places, isMean: isMean, strength: { events.strength($0) }) {
      try snapshot.vector(of: events.items[$0], in: view)
    }
  }

  /// The weighted sum of the vectors, each of length 1, of the newest items that have one; nil where none has.
  /// - Parameters:
  ///   - isMean: whether vectors keep their lengths and the sum is divided by the weights.
  ///   - strength: what an item's event counts, above 0.
  static func sum<Item>(
    after items: [Item], isMean: Bool = false, strength: (Item) -> Float = { _ in 1 },
    _ vector: (Item) throws -> [Float]?
  ) rethrows -> [Float]? {
    var sum: [Float]?
    var (share, total): (Float, Float) = (1, 0)
    for item in items.suffix(itemLimit).reversed() {
      guard let found = try vector(item) else { continue }
      let length = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard isMean || length > 0 else { continue }
      let weight = share * strength(item)
      let part = isMean ? weight : weight / length
      sum = zip(sum ?? [Float](repeating: 0, count: found.count), found).map { $0 + part * $1 }
      total += weight
      share *= decay
    }
    guard let sum else { return nil }
    if isMean { return sum.map { $0 / total } }
    return sum.contains { $0 != 0 } ? sum : nil
  }
}
