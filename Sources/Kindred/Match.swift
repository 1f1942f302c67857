/// One vector that was found.
public struct Match: Sendable, Hashable, Codable {
  /// The item's or user's id.
  public var id: String
  /// Larger is better: cosine similarity, inner product, or the negative Euclidean distance.
  public var score: Float
  /// Smaller is nearer: 1 - cosine, the negative inner product, or the Euclidean distance.
  public var distance: Float
  /// The item as of the answer's own commit; nil in a space of users, and unless `QueryOptions.records` asks for it.
  public var item: Item?
  /// The user as of the answer's own commit; nil in a space of items, and unless `QueryOptions.records` asks for it.
  public var user: User?

  /// Makes a match.
  public init(id: String, score: Float, distance: Float, record: (any Record)? = nil) {
    self.id = id
    self.score = score
    self.distance = distance
    item = record as? Item
    user = record as? User
  }

  /// The item or the user.
  public var record: (any Record)? { item ?? user }
}

/// The answers to several queries, in their order.
public struct QueryBatch: Sendable, Hashable, Codable {
  /// For each query its matches, best first.
  public var matches: [[Match]]
  /// What answering cost.
  public var statistics: QueryStatistics
}
