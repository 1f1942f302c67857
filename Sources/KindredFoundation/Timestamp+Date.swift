import Values
public import Foundation
public import Kindred

extension Timestamp {
  /// The instant of a date, rounded to milliseconds; the first or the last one there is where a date lies outside of
  /// them.
  public init(_ date: Date) {
    let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
    self.init(milliseconds: Int64(exactly: milliseconds) ?? (milliseconds < 0 ? .min : .max))
  }
}

extension Date {
  /// The date of an instant.
  public init(_ time: Timestamp) { self.init(timeIntervalSince1970: Double(time.milliseconds) / 1_000) }
}

extension StoreError: LocalizedError {
  /// The message, which `localizedDescription` shows.
  public var errorDescription: String? { message }
}
