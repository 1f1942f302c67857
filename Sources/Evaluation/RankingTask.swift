package import Basics

/// Events that are to be predicted, each from what came before it in its sequence.
package struct RankingTask: Sendable {
  /// One target: the event at `place` of a sequence; its history is all before it.
  package struct Case: Sendable, Hashable {
    package let sequence: Int
    package let place: Int
  }

  /// Items, oldest first.
  package let sequences: SequenceSet
  package let cases: [Case]
  package let itemCount: Int
  /// Whether items of the history are ranked too.
  package let isKeepingSeen: Bool

  package init(_ sequences: SequenceSet, cases: [Case], itemCount: Int, isKeepingSeen: Bool) {
    self.sequences = sequences
    self.cases = cases
    self.itemCount = itemCount
    self.isKeepingSeen = isKeepingSeen
  }

  /// Each sequence's last target but `after`, where an event is left before it.
  package init(
    leavingOneOut sequences: SequenceSet, after: Int = 0, itemCount: Int, isKeepingSeen: Bool
  ) {
    self.init(
      sequences,
      cases: sequences.indices.compactMap { sequence in
        let range = sequences.range(sequence)
        let last = range.lastTargets(after + 1) { sequences.isTarget($0) }
        guard last.count > after, let place = last.last, place > range.lowerBound else { return nil }
        return Case(sequence: sequence, place: place - range.lowerBound)
      },
      itemCount: itemCount, isKeepingSeen: isKeepingSeen)
  }

  /// Every target but the first event of each sequence, or of those that `isTaken` is true of the numbers of.
  package init(
    everyPrefixOf sequences: SequenceSet, itemCount: Int, isKeepingSeen: Bool,
    where isTaken: (Int) -> Bool = { _ in true }
  ) {
    self.init(
      sequences,
      cases: sequences.indices.filter(isTaken).flatMap { sequence in
        Self.cases(sequence, from: 1, of: sequences)
      },
      itemCount: itemCount, isKeepingSeen: isKeepingSeen)
  }

  /// Every target from a place of its sequence on, the first event of all left out.
  /// - Parameter firsts: that place for each sequence.
  package init(from firsts: [Int], of sequences: SequenceSet, itemCount: Int, isKeepingSeen: Bool) {
    self.init(
      sequences,
      cases: sequences.indices.flatMap { sequence in
        Self.cases(sequence, from: max(1, firsts[sequence]), of: sequences)
      },
      itemCount: itemCount, isKeepingSeen: isKeepingSeen)
  }

  private static func cases(_ sequence: Int, from first: Int, of sequences: SequenceSet) -> [Case] {
    let range = sequences.range(sequence)
    return (first..<max(first, range.count)).filter { sequences.isTarget(range.lowerBound + $0) }
      .map { Case(sequence: sequence, place: $0) }
  }

  /// The whole of each sequence, of at least one event, as a history that nothing is known to follow.
  package init(wholeHistoriesOf sequences: SequenceSet, itemCount: Int, isKeepingSeen: Bool) {
    self.init(
      sequences,
      cases: sequences.indices.filter { !sequences[$0].isEmpty }
        .map { Case(sequence: $0, place: sequences[$0].count) },
      itemCount: itemCount, isKeepingSeen: isKeepingSeen)
  }

  /// The places in `sequences` of a case's history.
  package func historyRange(_ index: Int) -> Range<Int> {
    sequences.range(cases[index].sequence).prefix(cases[index].place)
  }

  package func history(_ index: Int) -> ArraySlice<UInt32> { sequences.items[historyRange(index)] }

  /// The items of a case's history that are not recommended: those that were seen, where they are not kept, else those
  /// whose newest event that says anything is a dislike.
  package func hidden(_ index: Int) -> Set<UInt32> {
    if !isKeepingSeen { return Set(history(index)) }
    guard !sequences.signals.isEmpty else { return [] }
    let range = historyRange(index)
    return EventSignal.disliked(among: sequences.items[range], sequences.signals[range])
  }

  /// The items of a case's history whose events count something.
  /// - Parameter last: only of its newest `last` events.
  package func likedHistory(_ index: Int, last: Int = .max) -> ArraySlice<UInt32> {
    let range = historyRange(index).suffix(last)
    guard !sequences.signals.isEmpty else { return sequences.items[range] }
    return range.filter { sequences.isLiked($0) }.map { sequences.items[$0] }[...]
  }

  /// Whether there is anything to predict.
  package func hasTarget(_ index: Int) -> Bool {
    cases[index].place < sequences[cases[index].sequence].count
  }

  package func target(_ index: Int) -> UInt32 {
    sequences.items[sequences.range(cases[index].sequence).lowerBound + cases[index].place]
  }

  /// Whether a case's target is an item of its history.
  package func isRepeated(_ index: Int) -> Bool {
    hasTarget(index) && history(index).contains(target(index))
  }

  /// The cases whose targets are not in their histories.
  package func skippingRepeats() -> RankingTask { filtered { !isRepeated($0) } }

  /// The cases whose indices are kept.
  package func filtered(_ isKept: (Int) -> Bool) -> RankingTask {
    with(cases.indices.filter(isKept).map { cases[$0] })
  }

  /// Some of the cases, evenly spread.
  package func sampled(_ limit: Int) -> RankingTask {
    guard cases.count > limit else { return self }
    return with((0..<limit).map { cases[$0 * cases.count / limit] })
  }

  /// Some of the cases, drawn at random with a seed, in their order.
  package func sampled(_ limit: Int, seed: UInt64) -> RankingTask {
    guard cases.count > limit else { return self }
    var generator = SeededGenerator(seed: seed)
    return with(cases.indices.shuffled(using: &generator).prefix(limit).sorted().map { cases[$0] })
  }

  private func with(_ cases: [Case]) -> RankingTask {
    RankingTask(sequences, cases: cases, itemCount: itemCount, isKeepingSeen: isKeepingSeen)
  }
}
