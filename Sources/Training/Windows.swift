import SessionEncoder

/// Where a model of limited length looks in longer sequences: from the end, windows that overlap by half, each item the
/// target of one of them at least.
struct Windows {
  /// Places in the set.
  private(set) var ranges: [Range<Int>] = []

  /// - Parameter maximumLength: tokens of a window; with the last target it spans one item more.
  init(_ sequences: SequenceSet, maximumLength: Int) {
    for number in 0..<sequences.count where sequences.range(number).count > 1 {
      let range = sequences.range(number)
      var end = range.upperBound
      while true {
        let start = max(range.lowerBound, end - maximumLength - 1)
        ranges.append(start..<end)
        if start == range.lowerBound { break }
        end -= max(1, maximumLength / 2)
      }
    }
  }
}
