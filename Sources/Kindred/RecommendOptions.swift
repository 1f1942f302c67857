import Engine
import Recommending

/// Whom or what items are recommended for.
public enum RecommendationSubject: Sendable, Hashable {
  /// A user, by the stored events.
  case user(String)
  /// Items of a session that is not stored, oldest first; unknown ones are ignored.
  case session([String])
  /// Events that are not stored, in the order of their times; whose they are does not matter.
  case events([Event])
}

/// How recommendations are to be made.
public struct RecommendOptions: Sendable, Hashable {
  /// How many, at least 1.
  public var k: Int
  /// A condition on items, as in `QueryOptions.filter`: min(k, matching) come back.
  public var filter: Filter?
  /// Whether items that are already in the history are allowed; nil lets the model say, which knows whether the events
  /// that it learned from repeat items.
  public var keepsSeen: Bool?
  /// How varied the list is, from 0 (score only) to 1 (most varied).
  public var diversity: Double
  /// Whether each item comes with reasons: at most three items of the history that it was taken with by at least three other
  /// users.
  public var explains: Bool
  /// How hard to look.
  public var effort: QueryOptions.Effort
  /// Ids of items that are not to be returned, such as what stands on the page already; unknown ones are ignored.
  public var excluding: [String]
  /// Whether each item comes with its record, read from the same commit.
  public var records: Bool
  /// How many of the best to leave out, from 0: the k behind them come back, or what is left. With `diversity` a longer
  /// list is not always the shorter one continued.
  public var offset: Int
  /// What has a lower score in the list is left out, which may shorten it; nil leaves nothing out. Popular items that fill
  /// a list have scores below 0, so 0 leaves the fill out.
  public var minScore: Float?

  /// Makes options.
  public init(
    k: Int = 10, filter: Filter? = nil, keepsSeen: Bool? = nil, diversity: Double = 0,
    explains: Bool = false, effort: QueryOptions.Effort = .automatic,
    excluding: [String] = [], records: Bool = false, offset: Int = 0, minScore: Float? = nil
  ) {
    self.k = k
    self.filter = filter
    self.keepsSeen = keepsSeen
    self.diversity = diversity
    self.explains = explains
    self.effort = effort
    self.excluding = excluding
    self.records = records
    self.offset = offset
    self.minScore = minScore
  }

  var request: RecommendationRequest {
    get throws {
      try RecommendationRequest(
        SearchRequest(
          page: AnswerPage(k: k, offset: offset, minScore: minScore), effort: effort.request,
          filter: filter?.text,
          excluding: excluding),
        keepsSeen: keepsSeen, diversity: diversity, explains: explains, hasRecords: records)
    }
  }
}

/// An item that somebody may like next.
public struct Recommendation: Sendable, Hashable, Codable {
  /// The item's id.
  public var id: String
  /// Larger is better: the cosine or inner product with the history's vector, raised for items that the model's rules name
  /// after the history, possibly above 1; for items by popularity their share of recent events, less 1 where they come
  /// behind others.
  public var score: Float
  /// What chose it.
  public var source: RecommendationSource
  /// The items of the history that it was taken with, at most three, the strongest first: each by at least three other users
  /// than the one who asks, and with at least 5 % of what the model's rules count for it. Empty unless asked for, and where
  /// there is no such item.
  public var because: [Contribution]
  /// The item's record as of the answer's own commit; nil unless `RecommendOptions.records` asks for it.
  public var record: Item?

  /// An item of the history that another item was taken with.
  public struct Contribution: Sendable, Hashable, Codable {
    /// The item's id.
    public var id: String
    /// The item's text, nil if it has none.
    public var text: String?
    /// Its part of what the model's rules count for the recommended item after this history, above 0 and at most 1.
    public var contribution: Float
    /// Of the users whom the model learned from, those who took both items, within the window of its rules; nil for an item that
    /// comes back because it is in the history itself.
    public var users: Int?
    /// Of the users whom the model learned from, those who took the item of the history; nil together with `users`.
    public var ofUsers: Int?
  }

  init(_ item: RecommendedItem) {
    id = item.id
    score = item.score
    source = RecommendationSource(item.source)
    because = item.because.map {
      Contribution(
        id: $0.id, text: $0.text, contribution: Float($0.part), users: $0.users?.both, ofUsers: $0.users?.all)
    }
    record = item.record.map { Item($0) }
  }
}

/// What chose an item.
public enum RecommendationSource: String, Sendable, Hashable, Codable {
  /// The session encoder, from the order of events, and what was counted to follow them.
  case session
  /// Words and attributes of the history's items, where the encoder knows none of them.
  case content
  /// Recent popularity, for an unknown user or session and where nothing else is left.
  case popularity

  init(_ source: RecommendedItem.Source) {
    self =
      switch source {
      case .session: .session
      case .content: .content
      case .popularity: .popularity
      }
  }
}
