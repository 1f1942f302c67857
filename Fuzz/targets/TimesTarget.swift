import Values

extension FuzzTarget {
  /// Instants as texts and as numbers: what is read is written and read as the same, in the order of time.
  static let times = FuzzTarget("times", maximumBytes: 128) { bytes in
    var input = FuzzInput(bytes)
    if input.below(4) == 0 {
      // Every number has a text, whose years outside 0001 to 9999 are not read again.
      let time = Timestamp(milliseconds: input.number(Int64.self))
      let text = time.description
      let limits = Int64(-62_135_596_800_000)...253_402_300_799_999
      let again = Timestamp(text)
      try hold(
        again?.milliseconds == (limits.contains(time.milliseconds) ? time.milliseconds : nil),
        "\(time.milliseconds) is written as \(text)")
      let other = Timestamp(milliseconds: input.number(Int64.self))
      _ = (time + Duration.milliseconds(other.milliseconds), time - Duration.milliseconds(other.milliseconds))
      let apart = other - time
      if max(time.milliseconds.magnitude, other.milliseconds.magnitude) < 1 << 60 {
        try hold(time + apart == other, "\(time) and \(other)")
      }
      return
    }
    guard let milliseconds = parseTime(input.rest) else { return }
    let text = formatTime(milliseconds)
    let again = Array(text.utf8).withUnsafeBytes { parseTime($0) }
    try hold(again == milliseconds, "\(milliseconds) is written as \(text)")
    let spaced = [0x20, 0x09] + Array(input.rest) + [0x20]
    let trimmed = spaced.withUnsafeBytes { parseTime($0) }
    try hold(trimmed == milliseconds, "with blanks: \(String(describing: trimmed))")
  } samples: {
    let texts = [
      "2010-12-01", "2010-12-01T08:26", "2010-12-01 08:26:00.123+01:00", "2000-02-29T23:59:59,9996 UTC",
      "1291191960", "1291191960.5", "1291191960000", "-62135596800", "9999-12-31T23:59:59.999Z", "1e9",
      "0001-01-01 00:00:00-0130",
    ]
    return texts.map { [1] + $0.utf8 } + [[0, 0, 0, 0, 0, 0, 0, 0, 128], [0, 255, 9, 3, 4, 1, 0, 0, 0, 7]]
  }
}
