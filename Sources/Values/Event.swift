/// Something a user did with an item.
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
