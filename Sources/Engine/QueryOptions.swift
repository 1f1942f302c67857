public import Filters

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
  /// How many matches may have the same value of an attribute; nil for any number. As many better ones as it takes are
  /// passed over, so that k come back where there are as many.
  public var grouping: Grouping?

  /// Makes options.
  public init(
    k: Int = 10, effort: Effort = .automatic, filter: Filter? = nil, excluding: [String] = [],
    records: Bool = false, offset: Int = 0, minScore: Float? = nil, grouping: Grouping? = nil
  ) {
    self.k = k
    self.effort = effort
    self.filter = filter
    self.excluding = excluding
    self.records = records
    self.offset = offset
    self.minScore = minScore
    self.grouping = grouping
  }

  /// - Throws: `EngineError` `.invalidArgument`.
  var page: AnswerPage {
    get throws(EngineError) { try AnswerPage(k: k, offset: offset, minScore: minScore) }
  }
}
