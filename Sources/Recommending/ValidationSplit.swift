import Basics
import Engine
import Evaluation
import SessionEncoder

/// Which stored events are held out for validation, and not trained on meanwhile: the same ones for a session encoder,
/// for baselines and for the blends of both.
enum ValidationSplit: Sendable, Equatable {
  /// Whole sequences, those with true: each of their events but the first is a target. For short sequences, whose last
  /// events would be a large part of all that can be learned. The newest are held out, since what is predicted in use
  /// is newer than what was learned.
  case wholeSequences([Bool])
  /// The last event of each sequence that is to be predicted.
  case lastEvents

  /// Sequences that are shorter than this on average are sessions rather than users.
  private static let shortLength = 6.5
  private static let sequencesPerHeldOutOne = 20

  /// - Parameter areLastExcluded: last events are held out already, as the final targets.
  init(of events: EventSequences, areLastExcluded: Bool = false) {
    let count = events.users.count
    let mean = Double(events.items.count) / Double(max(1, count))
    guard !areLastExcluded, mean < Self.shortLength, count >= 2 * Self.sequencesPerHeldOutOne else {
      self = .lastEvents
      return
    }
    // Where times are a mere order within a sequence, sequences are as old as they were stored early.
    let ends =
      events.hasTimeGaps
      ? events.users.indices.map { events.times[events.range($0)].last ?? .min }
      : [Int64](repeating: 0, count: count)
    let newest = events.users.indices.sorted { (ends[$0], $0) < (ends[$1], $1) }
      .suffix(count / Self.sequencesPerHeldOutOne)
    var isHeldOut = [Bool](repeating: false, count: count)
    for number in newest { isHeldOut[number] = true }
    self = .wholeSequences(isHeldOut)
  }

  var words: String {
    switch self {
    case .wholeSequences: "the newest sequences, one in \(Self.sequencesPerHeldOutOne)"
    case .lastEvents: "each sequence's last event"
    }
  }

  /// What is left to learn from.
  /// - Parameter atLeast: the fewest events of a sequence that is kept.
  func learned(_ sequences: SequenceSet, atLeast: Int = 0) -> SequenceSet {
    switch self {
    case .wholeSequences(let isHeldOut):
      var learned = SequenceSet()
      for number in sequences.indices where !isHeldOut[number] && sequences.range(number).count >= atLeast {
        learned.append(sequences.range(number), of: sequences)
      }
      return learned
    case .lastEvents: return sequences.droppingLast(1, atLeast: atLeast)
    }
  }

  /// All that can be learned from: sequences of two events or more.
  /// - Parameter times: how many times sequences that were held out as a whole are in it, so that in the end they were
  ///   learned from as often as the others: they are the newest and the most informative.
  func all(_ sequences: SequenceSet, timesHeldOut times: Int) -> SequenceSet {
    var all = sequences.droppingLast(0, atLeast: 2)
    guard case .wholeSequences(let isHeldOut) = self else { return all }
    for number in isHeldOut.indices where isHeldOut[number] && sequences.range(number).count > 1 {
      for _ in 1..<max(1, times) { all.append(sequences.range(number), of: sequences) }
    }
    return all
  }

  /// What is held out, to be predicted.
  func task(_ sequences: SequenceSet, itemCount: Int, isKeepingSeen: Bool) -> RankingTask {
    switch self {
    case .wholeSequences(let isHeldOut):
      return RankingTask(
        everyPrefixOf: sequences, itemCount: itemCount, isKeepingSeen: isKeepingSeen,
        where: { isHeldOut[$0] })
    case .lastEvents:
      return RankingTask(leavingOneOut: sequences, itemCount: itemCount, isKeepingSeen: isKeepingSeen)
    }
  }
}
