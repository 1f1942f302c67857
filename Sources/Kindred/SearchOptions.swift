import Engine
import Filters

/// How a text is searched for.
public struct SearchOptions: Sendable, Hashable {
  /// What is asked.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// Words and vectors, fused by rank.
    case both
    /// The word index.
    case words
    /// The spaces with a text encoder.
    case vectors
  }

  /// How many, at least 1.
  public var k: Int
  /// What is asked.
  public var method: Method
  /// The user whose taste has a say in the order, by the vectors that training or `factorize` made; nil for none.
  public var user: String?
  /// Whether the last word is whole; otherwise it may be the beginning of one, as while somebody types.
  public var isComplete: Bool
  /// A condition on items, as in `QueryOptions.filter`.
  public var filter: Filter?
  /// Ids that are not to be returned; unknown ones are ignored.
  public var excluding: [String]
  /// Whether each match comes with its record.
  public var records: Bool
  /// How many of the best to leave out, from 0.
  public var offset: Int
  /// What has a lower score is left out; nil leaves nothing out.
  public var minScore: Float?
  /// How many matches may have the same value of an attribute; nil for any number.
  public var grouping: Grouping?

  /// See the properties.
  public init(
    k: Int = 10, method: Method = .both, user: String? = nil, isComplete: Bool = false, filter: Filter? = nil,
    excluding: [String] = [], records: Bool = false, offset: Int = 0, minScore: Float? = nil,
    grouping: Grouping? = nil
  ) {
    self.k = k
    self.method = method
    self.user = user
    self.isComplete = isComplete
    self.filter = filter
    self.excluding = excluding
    self.records = records
    self.offset = offset
    self.minScore = minScore
    self.grouping = grouping
  }

  /// The same for one list.
  var query: QueryOptions {
    QueryOptions(
      k: k, filter: filter, excluding: excluding, records: records, offset: offset, minScore: minScore,
      grouping: grouping)
  }
}
