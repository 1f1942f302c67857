import Engine
import Interchange
import Platform

/// An instant, to the millisecond.
public struct Timestamp: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// Milliseconds since 1970 UTC; negative before.
  public var milliseconds: Int64

  /// An instant by its number.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads ISO 8601 or a number of seconds (above 10¹¹: milliseconds); nil for anything else.
  public init?(_ text: String) {
    var text = text
    guard let milliseconds = text.withUTF8({ parseTime(UnsafeRawBufferPointer($0)) }) else { return nil }
    self.milliseconds = milliseconds
  }

  /// The system's clock.
  public static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Earlier is smaller.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  /// ISO 8601 in UTC.
  public var description: String { formatTime(milliseconds) }
}

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

  init(_ event: Engine.Snapshot.NamedEvent) {
    self.init(
      user: event.user, item: event.item, time: Timestamp(milliseconds: event.key.time), kind: event.kind,
      session: event.record.session, value: event.record.value)
  }
}
