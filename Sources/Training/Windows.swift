/// Where a model of limited length looks in longer sequences: from the end, windows that overlap by half, each item the
/// target of one of them at least.
struct Windows {
  private(set) var ranges: [(sequence: Int, range: Range<Int>)] = []

  /// - Parameter maximumLength: tokens of a window; with the last target it spans one item more.
  init(_ sequences: [[UInt32]], maximumLength: Int) {
    for (number, sequence) in sequences.enumerated() where sequence.count > 1 {
      var end = sequence.count
      while true {
        let start = max(0, end - maximumLength - 1)
        ranges.append((number, start..<end))
        if start == 0 { break }
        end -= max(1, maximumLength / 2)
      }
    }
  }
}
