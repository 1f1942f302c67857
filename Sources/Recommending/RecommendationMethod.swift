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
  /// What the user comes back to, and is due: how many events an item is expected to have in the mean time between two
  /// of them, by a Poisson process with a Gamma prior, and less before that time is over (after Bhagat et al. 2018, Buy
  /// It Again).
  case again
  /// What is like the newest 20 items of the history in `RecommendOptions.spaces` or, where none are named, in all
  /// spaces of items that callers or text encoders made.
  case similar
}
