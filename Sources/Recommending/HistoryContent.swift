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
      let sum = try ContentProfile.vector(after: items) { item in
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

/// What a history says in a space that no training made: a mean of its items' vectors.
package enum ContentProfile {
  /// Items that are looked at, the newest.
  package static let itemLimit = 20
  /// What an item weighs of the one after it.
  private static let decay: Float = 0.8

  /// The weighted mean of the vectors, each of length 1, of the newest items that have one; nil where none has.
  package static func vector<Item>(
    after items: [Item], _ vector: (Item) throws -> [Float]?
  ) rethrows -> [Float]? {
    var sum: [Float]?
    var weight: Float = 1
    for item in items.suffix(itemLimit).reversed() {
      guard let found = try vector(item) else { continue }
      let length = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      sum = zip(sum ?? [Float](repeating: 0, count: found.count), found).map { $0 + weight / length * $1 }
      weight *= decay
    }
    return sum.flatMap { sum in sum.contains { $0 != 0 } ? sum : nil }
  }
}
