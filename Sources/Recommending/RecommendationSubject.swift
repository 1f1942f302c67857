public import Values

/// Whom or what items are recommended for.
public enum RecommendationSubject: Sendable, Hashable {
  /// A user, by the stored events.
  case user(String)
  /// Items of a session that is not stored, oldest first; unknown ones are ignored.
  case session([String])
  /// Events that are not stored, in the order of their times; whose they are does not matter.
  case events([Event])
}
