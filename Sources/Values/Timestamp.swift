import Basics
import Platform

/// An instant, to the millisecond.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Milliseconds since 1970 UTC; negative before.
  public var milliseconds: Int64

  /// An instant by its number.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads ISO 8601 or a number of seconds (above 10¹¹: milliseconds); nil for anything else.
  public init?(_ text: String) {
    guard let milliseconds = text.withBytes({ parseTime($0) }) else { return nil }
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

  /// The instant that is later by a duration, which is cut to milliseconds; the last or first one there is where it is
  /// beyond that.
  public static func + (time: Timestamp, duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    let thousands = seconds.multipliedReportingOverflow(by: 1_000)
    let sum = thousands.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    let later = time.milliseconds.addingReportingOverflow(sum.partialValue)
    guard !thousands.overflow, !sum.overflow, !later.overflow else {
      return Timestamp(milliseconds: duration < .zero ? .min : .max)
    }
    return Timestamp(milliseconds: later.partialValue)
  }

  /// The instant that is earlier by a duration, which is cut to milliseconds.
  public static func - (time: Timestamp, duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    guard seconds > .min else { return Timestamp(milliseconds: .max) }
    return time + Duration(secondsComponent: -seconds, attosecondsComponent: -attoseconds)
  }

  /// The time from the right instant to the left one; negative where the left one is earlier.
  public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
    let (seconds, rest) = (
      later.milliseconds / 1_000 - earlier.milliseconds / 1_000,
      later.milliseconds % 1_000 - earlier.milliseconds % 1_000
    )
    return .seconds(seconds) + .milliseconds(rest)
  }
}

/// The coded form is the text: ISO 8601 in UTC, as the command prints it.
extension Timestamp: Codable {
  /// Decodes a text that `init(_:)` reads.
  /// - Throws: `DecodingError` for another text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is no time")
    }
    self = time
  }

  /// Encodes the text.
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
