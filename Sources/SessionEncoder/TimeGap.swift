/// How long ago the event before was, as one of few buckets: 0 where there is none, else 1 + log2(1 + seconds), rounded
/// down.
package enum TimeGap {
  package static let bucketCount = 32

  /// - Parameter milliseconds: since the event before; less than 0 counts as 0.
  package static func bucket(milliseconds: Int64) -> UInt8 {
    let seconds = UInt64(max(0, milliseconds)) / 1_000
    return UInt8(min(bucketCount - 1, 1 + (UInt64.bitWidth - 1 - (seconds + 1).leadingZeroBitCount)))
  }

  /// The buckets of events at these times, oldest first.
  package static func buckets(times: some Sequence<Int64>) -> [UInt8] {
    var previous: Int64?
    return times.map { time in
      defer { previous = time }
      return previous.map { bucket(milliseconds: time.subtractingReportingOverflow($0).partialValue) } ?? 0
    }
  }
}
