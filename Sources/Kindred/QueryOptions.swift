import Engine

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

/// How a query is to be answered.
public struct QueryOptions: Sendable, Hashable {
  /// How hard to look.
  public enum Effort: Sendable, Hashable {
    /// Recall of 0.98.
    case automatic
    /// As hard as this recall@k needs, above 0 and up to 1, by what the space measured of itself when it was built: the
    /// share of the k true nearest that is found, averaged over queries like the stored vectors. 1 compares everything.
    case recall(Double)
    /// A beam of this width (the paper's efSearch), at least 1; values below k are raised to k.
    case ef(Int)
    /// Every vector is compared.
    case exact

    var request: SearchRequest.Effort {
      switch self {
      case .automatic: .recall(0.98)
      case .recall(let target): .recall(target)
      case .ef(let width): .beam(width)
      case .exact: .exact
      }
    }
  }

  /// How many matches to return, at least 1.
  public var k: Int
  /// How hard to look.
  public var effort: Effort
  /// A condition on attributes, id and text, such as `price < 30 and category in ("bags", "home")`: min(k, matching)
  /// come back. A name that no record has is null (`Snapshot.unknownNames(inFilter:of:)`); docs/filters.md has the
  /// language.
  public var filter: Filter?
  /// Ids that are not to be returned, such as what a shopper has seen; unknown ones are ignored.
  public var excluding: [String]
  /// Whether each match comes with its record, read from the same commit.
  public var records: Bool
  /// How many of the best to leave out, from 0: the k behind them come back, or what is left.
  public var offset: Int
  /// What is found with a lower score is left out, which may shorten the answer; nil leaves nothing out.
  public var minScore: Float?

  /// Makes options.
  public init(
    k: Int = 10, effort: Effort = .automatic, filter: Filter? = nil, excluding: [String] = [],
    records: Bool = false, offset: Int = 0, minScore: Float? = nil
  ) {
    self.k = k
    self.effort = effort
    self.filter = filter
    self.excluding = excluding
    self.records = records
    self.offset = offset
    self.minScore = minScore
  }

  var request: SearchRequest {
    get throws {
      SearchRequest(
        page: try AnswerPage(k: k, offset: offset, minScore: minScore), effort: effort.request,
        filter: filter?.text,
        excluding: excluding)
    }
  }
}

/// The answers to several queries, in their order.
public struct QueryBatch: Sendable, Hashable, Codable {
  /// For each query its matches, best first.
  public var matches: [[Match]]
  /// What answering cost.
  public var statistics: QueryStatistics
}

/// What answering queries cost.
public struct QueryStatistics: Sendable, Hashable, Codable {
  /// Queries answered.
  public var queries: Int
  /// Wall time of the search alone.
  public var seconds: Double
  /// Distances computed, all queries together.
  public var distanceComputations: Int
  /// The median time of one query.
  public var p50Microseconds: Double
  /// The time that 99 of 100 queries stayed within.
  public var p99Microseconds: Double
  /// Threads used.
  public var threads: Int
  /// How the queries were answered, and why so.
  public var plan: QueryPlan
}

/// How a query is answered: the way that is expected to compute fewer distances.
public struct QueryPlan: Sendable, Hashable, Codable {
  /// The ways there are.
  public enum Strategy: String, Sendable, Hashable, Codable {
    /// A walk through the graph.
    case graph = "graph search"
    /// A walk through the graph that tests the filter on the way.
    case filteredGraph = "graph search, filter tested on the way"
    /// All that pass the filter are compared.
    case exactMatches = "exact scan of the matches"
    /// All are compared.
    case exact = "exact scan"

    init(_ strategy: Engine.QueryPlan.Strategy) {
      self =
        switch strategy {
        case .graph: .graph
        case .filteredGraph: .filteredGraph
        case .exactMatches: .exactMatches
        case .exact: .exact
        }
    }
  }

  /// The way that was taken.
  public var strategy: Strategy
  /// Candidates that a graph search keeps (ef); nil for scans.
  public var ef: Int?
  /// Vectors that the filter lets through, at most.
  public var matches: Int
  /// Vectors in the graph.
  public var vectors: Int
  /// Distances that a graph search was expected to compute for a query; nil where a scan was asked for.
  public var expectedGraphDistances: Int?
  /// Distances that a scan computes for a query, the look at each vector's attributes counted as a part of one.
  public var expectedScanDistances: Int

  init(_ plan: Engine.QueryPlan) {
    strategy = Strategy(plan.strategy)
    ef = plan.beamWidth
    matches = plan.matches
    vectors = plan.vectors
    expectedGraphDistances = plan.expectedWalk
    expectedScanDistances = plan.expectedScan
  }
}
