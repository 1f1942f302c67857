import Basics

/// Where a model of limited length looks in longer sequences: adjacent windows from a random place on, so
/// that each event but the first is a target once, now with more before it and now with less.
struct Windows {
  /// Places in the set.
  private(set) var ranges: [Range<Int>] = []

  /// - Parameters:
  ///   - maximumLength: tokens of a window; with the last target it spans one event more.
  ///   - firstProfile: first events from this number on are profiles.
  ///   - dropout: the share of profiles that are left out, so that histories without one are learned from too.
  init(
    _ sequences: SequenceSet, maximumLength: Int, firstProfile: Int? = nil, dropout: Double = 0,
    using generator: inout SeededGenerator
  ) {
    for number in 0..<sequences.count where sequences.range(number).count > 1 {
      var range = sequences.range(number)
      if let firstProfile, sequences.items[range.lowerBound] >= firstProfile, range.count > 2,
        generator.nextUnit() < dropout
      {
        range.removeFirst()
      }
      var end = range.upperBound
      var length = maximumLength
      if range.count > maximumLength + 1 {
        // The newest window is at least half a window: what is newest is what will be asked for.
        length -= Int(generator.next() % UInt64(maximumLength / 2 + 1))
      }
      while end - range.lowerBound > 1 {
        let start = max(range.lowerBound, end - length - 1)
        ranges.append(start..<end)
        // The first event of a window, which is no target in it, is the last target of the window before.
        end = start + 1
        length = maximumLength
      }
    }
  }
}
