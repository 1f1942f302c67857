import Evaluation

/// Which stored events tell what does best and are not learned from meanwhile: the same ones for a session encoder, for
/// baselines and for the blends of both.
enum HeldOutEvents {
  /// Some sequences as a whole, each of their events but the first a target: where sequences are short their last events would
  /// be a large part of all that can be learned.
  case wholeSequences
  /// The last event of each sequence.
  case lastEvents

  /// Sequences that are shorter than this on average are sessions rather than users.
  private static let shortLength = 6.5
  private static let sequencesPerHeldOutOne = 20

  /// - Parameter areLastExcluded: last events are left out of the sequences already, to be foreseen in the end.
  init(sequenceCount: Int, eventCount: Int, areLastExcluded: Bool) {
    let mean = Double(eventCount) / Double(max(1, sequenceCount))
    self =
      !areLastExcluded && mean < Self.shortLength && sequenceCount >= 2 * Self.sequencesPerHeldOutOne
      ? .wholeSequences : .lastEvents
  }

  init(of sequences: [[UInt32]]) {
    self.init(
      sequenceCount: sequences.count, eventCount: sequences.reduce(0) { $0 + $1.count },
      areLastExcluded: false)
  }

  var words: String {
    self == .wholeSequences
      ? "every \(Self.sequencesPerHeldOutOne)th sequence" : "each sequence's last event"
  }

  /// Whether the sequence of this number is one of those held out as a whole.
  static func isHeldOut(sequence number: Int) -> Bool {
    number % sequencesPerHeldOutOne == sequencesPerHeldOutOne - 1
  }

  /// What is left to learn from.
  func learned(_ sequences: [[UInt32]]) -> [[UInt32]] {
    switch self {
    case .wholeSequences:
      return sequences.enumerated().filter { !Self.isHeldOut(sequence: $0.offset) }.map(\.element)
    case .lastEvents: return sequences.map { Array($0.dropLast()) }
    }
  }

  /// What is held out, to be foreseen.
  func task(_ sequences: [[UInt32]], itemCount: Int, isKeepingSeen: Bool) -> RankingTask {
    switch self {
    case .wholeSequences:
      return RankingTask(
        everyPrefixOf: sequences, itemCount: itemCount, isKeepingSeen: isKeepingSeen,
        where: Self.isHeldOut)
    case .lastEvents:
      return RankingTask(leavingOneOut: sequences, itemCount: itemCount, isKeepingSeen: isKeepingSeen)
    }
  }
}
