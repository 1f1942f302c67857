import Basics
import Engine

/// One vector that was found.
public struct Match: Sendable, Hashable, Codable {
  /// The item's or user's id.
  public var id: String
  /// Larger is better: cosine similarity, inner product, or the negative Euclidean distance.
  public var score: Float
  /// Smaller is nearer: 1 - cosine, the negative inner product, or the Euclidean distance.
  public var distance: Float
  /// The record as of the answer's own commit; nil unless `QueryOptions.records` asks for it.
  public var record: Record?

  /// Makes a match.
  public init(id: String, score: Float, distance: Float, record: Record? = nil) {
    self.id = id
    self.score = score
    self.distance = distance
    self.record = record
  }
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
  /// A condition on attributes, id and text, such as `price < 30 and category in ("bags", "home")`: min(k, matching) come
  /// back. A name that no record has is null (`Snapshot.unknownNames(inFilter:of:)`); docs/filters.md has the language.
  public var filter: String?
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
    k: Int = 10, effort: Effort = .automatic, filter: String? = nil, excluding: [String] = [],
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
        filter: filter,
        excluding: excluding)
    }
  }
}

/// The answers to several queries, in their order.
public struct QueryBatch: Sendable {
  /// For each query its matches, best first.
  public var matches: [[Match]]
  /// What answering cost.
  public var statistics: QueryStatistics
}

/// What answering queries cost.
public struct QueryStatistics: Sendable, Hashable {
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
public struct QueryPlan: Sendable, Hashable {
  /// "graph search", "graph search, filter tested on the way", "exact scan of the matches" or "exact scan".
  public var strategy: String
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
    strategy = plan.strategy.rawValue
    ef = plan.beamWidth
    matches = plan.matches
    vectors = plan.vectors
    expectedGraphDistances = plan.expectedWalk
    expectedScanDistances = plan.expectedScan
  }
}

/// How far a long piece of work is.
public struct Progress: Sendable, Hashable {
  /// What is being done.
  public var stage: String
  /// How much of it is done.
  public var completed: Int
  /// How much there is; nil where nobody knows.
  public var total: Int?
  /// Seconds that all of the work may still take, where more is known of it than how fast this stage is.
  public var secondsLeft: Double?

  /// Makes a report.
  public init(stage: String, completed: Int, total: Int?, secondsLeft: Double? = nil) {
    self.stage = stage
    self.completed = completed
    self.total = total
    self.secondsLeft = secondsLeft
  }

  init(_ progress: WorkProgress) {
    self.init(
      stage: progress.stage, completed: progress.completed, total: progress.total,
      secondsLeft: progress.secondsLeft)
  }
}

/// Receives the progress of long work, a few times a second.
public typealias ProgressHandler = @Sendable (Progress) -> Void
