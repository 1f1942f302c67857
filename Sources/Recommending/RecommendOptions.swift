public import Engine
public import Filters
public import Values

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
  /// Whether each item comes with reasons: at most three items of the history that it was taken with by at least three
  /// other users.
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
  /// What has a lower score in the list is left out, which may shorten it; nil leaves nothing out. Popular items that
  /// fill a list have scores below 0, so 0 leaves the fill out.
  public var minScore: Float?

  /// What chooses the items; nil takes `spaces` where there are any, else the model that serves and, where none does,
  /// `rules`.
  public var method: RecommendationMethod?
  /// Which items of the history are left out, by what was done with them; where it is not empty, all others may come
  /// back.
  public var hiding: [HiddenEvents]
  /// When the recommendation is made; nil takes the clock's time. Only `hiding` and `again` go by it.
  public var time: Timestamp?

  /// The spaces that recommend together, each with its weight; empty for what serves alone. `session` says what the
  /// model does; any other space of items finds what is like the newest 20 items of the history, each of which weighs
  /// 0.8 times the one after it. Scores are then those of the fusion.
  public var spaces: [SpaceWeight]
  /// How the lists of several spaces become one.
  public var fusion: Fusion
  /// How many items may have the same value of an attribute; nil for any number. It excludes a diversity.
  public var grouping: Grouping?

  /// Makes options.
  public init(
    k: Int = 10, filter: Filter? = nil, keepsSeen: Bool? = nil, diversity: Double = 0,
    explains: Bool = false, effort: QueryOptions.Effort = .automatic,
    excluding: [String] = [], records: Bool = false, offset: Int = 0, minScore: Float? = nil,
    spaces: [SpaceWeight] = [], fusion: Fusion = .rank, grouping: Grouping? = nil,
    method: RecommendationMethod? = nil, hiding: [HiddenEvents] = [], time: Timestamp? = nil
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
    self.spaces = spaces
    self.fusion = fusion
    self.grouping = grouping
    self.method = method
    self.hiding = hiding
    self.time = time
  }

  /// Events of a user that are looked at to leave out what was seen.
  package static let seenLimit = 10_000

  /// The part of the list that is asked for.
  /// - Throws: `EngineError` `.invalidArgument`; `RecommendingError` `.invalidArgument`.
  var page: AnswerPage {
    get throws {
      func require(_ isRight: Bool, _ message: String) throws {
        if !isRight { throw RecommendingError(code: .invalidArgument, message: message) }
      }
      try require((0...1).contains(diversity), "diversity \(diversity) is outside 0 to 1")
      try require(
        method == nil || method == .session || diversity == 0,
        "only the model's lists are varied; ask for a diversity of 0")
      try require(
        method == nil || method == .similar || spaces.isEmpty,
        "spaces recommend by themselves or by similarity, not by \(method?.rawValue ?? "")")
      try require(
        hiding.isEmpty || keepsSeen == nil, "keepsSeen is about all events, hiding about some; give one")
      try require(
        hiding.allSatisfy { $0.seconds.map { $0 > 0 } ?? true }, "events are hidden for more than 0 s")
      return try AnswerPage(k: k, offset: offset, minScore: minScore)
    }
  }
}
