public import Values

/// An item that somebody may like next.
public struct Recommendation: Sendable, Hashable, Codable {
  /// The item's id.
  public var id: String
  /// Larger is better: the cosine or inner product with the history's vector, raised for items that the model's rules
  /// name after the history, possibly above 1; for items by popularity their share of recent events, less 1 where they
  /// come behind others; by other methods as `RecommendationMethod` says.
  public var score: Float
  /// What chose it.
  public var source: RecommendationSource
  /// The items of the history that it was taken with, at most three, the strongest first: each by at least three other
  /// users than the one who asks, and with at least 5 % of what the model's rules count for it. Empty unless asked for,
  /// and where there is no such item.
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
    /// Of the users whom the model learned from, those who took both items, within the window of its rules; nil for an
    /// item that comes back because it is in the history itself.
    public var users: Int?
    /// Of the users whom the model learned from, those who took the item of the history; nil together with `users`.
    public var ofUsers: Int?
  }
}

/// What chose an item.
public enum RecommendationSource: String, Sendable, Hashable, Codable {
  /// The session encoder, from the order of events, and what was counted to follow them.
  case session
  /// What is known of the history's items but their events, where the encoder learned about none of them; and in an
  /// answer of several spaces one of those beside the model's.
  case content
  /// The session encoder, from what is known of a user who has no events: the user's attributes.
  case profile
  /// Recent popularity, for an unknown user or session and where nothing else is left.
  case popularity
  /// What was counted to occur near the history's items.
  case rules
  /// Popularity in all events, as asked for.
  case popular
  /// Popularity in recent events, as asked for.
  case trending
  /// The items that were stored last, as asked for.
  case newest
  /// What the user comes back to.
  case again
  /// Likeness to the history's items, as asked for.
  case similar
}

/// Whom or what items are recommended for.
public enum RecommendationSubject: Sendable, Hashable {
  /// A user, by the stored events.
  case user(String)
  /// Items of a session that is not stored, oldest first; unknown ones are ignored.
  case session([String])
  /// Events that are not stored, in the order of their times; whose they are does not matter.
  case events([Event])
}

/// What chooses the items that are recommended. All but `session` and `similar` go by what is counted as events arrive.
public enum RecommendationMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// The model that serves.
  case session
  /// What occurs near the newest items of the history in the sequences of all users: the sum, over the newest 10, of
  /// 0.5 for each item after it, times the counted weight over the square root of the item's events and the 0.3th power
  /// of the other one's.
  case rules
  /// What events count for most; scores are shares of all.
  case popular
  /// The same with less weight for older events, by the half-life of the store's signal policy.
  case trending
  /// What was stored last; scores fall from 1.
  case newest
  /// What the user comes back to, by events that are to be predicted: how often, half for every two half-lives of the
  /// store's signal policy since the last time, and less until the mean time between two is over, from a half on.
  case again
  /// What is like the newest 20 items of the history in `RecommendOptions.spaces` or, where none are named, in all
  /// spaces of items that callers or text encoders made.
  case similar
}
