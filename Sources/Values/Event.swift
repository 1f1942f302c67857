import Basics

/// Something a user did with an item.
///
/// Two events are equal when all that they have is, texts byte for byte, as for a store.
public struct Event: Sendable, Hashable, Codable {
  /// Whose sequence it belongs to.
  public var user: String
  /// What it was done with.
  public var item: String
  /// When.
  public var time: Timestamp
  /// `view`, `click`, `cart`, `purchase` or any word of 1 to 100 bytes.
  public var kind: String
  /// The visit or basket it was part of.
  public var session: String?
  /// A quantity, price or rating; finite.
  public var value: Double?

  /// Makes an event.
  public init(
    user: String, item: String, time: Timestamp = .now(), kind: String = "view", session: String? = nil,
    value: Double? = nil
  ) {
    self.user = user
    self.item = item
    self.time = time
    self.kind = kind
    self.session = session
    self.value = value
  }
}

extension Event {
  /// Whether both are equal in every field, texts byte for byte.
  public static func == (left: Event, right: Event) -> Bool {
    left.user.isExactly(right.user) && left.item.isExactly(right.item) && left.time == right.time
      && left.kind.isExactly(right.kind) && left.value == right.value
      && left.session.map { ExactString($0) } == right.session.map { ExactString($0) }
  }

  /// Hashes every field, texts by their bytes.
  public func hash(into hasher: inout Hasher) {
    for text in [user, item, kind] { hasher.combine(ExactString(text)) }
    hasher.combine(time)
    hasher.combine(session.map { ExactString($0) })
    hasher.combine(value)
  }
}
