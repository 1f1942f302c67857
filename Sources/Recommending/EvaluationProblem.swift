import Values
import Basics
import Engine
import Evaluation
import Interchange
import Records

/// What is to be predicted, what may be learned from, and what settings are chosen by.
struct EvaluationProblem {
  /// The items of the tasks.
  let numbering: ItemNumbering
  /// The events of the test's sequences.
  let events: EventSequences
  let test: RankingTask
  /// Targets that are items of their histories.
  let repeatedTargets: Int
  /// What may be learned from: the first events of each of some sequences, `learnedCounts` many.
  let learned: EventSequences
  let learnedCounts: [Int]
  /// What baselines learn from in the end: the events that count something.
  let training: SequenceSet
  /// What they learn from while their settings are chosen, and by which targets.
  let tuningTraining: SequenceSet
  let validation: RankingTask
  /// The events of the validation's sequences.
  let validationEvents: EventSequences
  let protocolSettings: [(name: String, value: String)]
  private let split: EvaluateOptions.Split

  /// - Parameter model: the manifest of the model that is judged, which knows whether events repeat items.
  init(_ snapshot: Snapshot, _ settings: EvaluateOptions, model: SessionManifest?) throws {
    split = settings.split
    let stored = try snapshot.sequences()
    let numbering = ItemNumbering(of: stored)
    self.numbering = numbering
    learned = stored
    let sequences = numbering.sequences(of: stored)
    let keepsSeen =
      settings.keepsSeen ?? model?.isRepeating ?? SessionData.isRepeating(sequences)
    func task(_ make: (Int, Bool) -> RankingTask) -> RankingTask { make(numbering.count, keepsSeen) }
    let hasSignals = !sequences.signals.isEmpty
    let all: RankingTask
    switch settings.split {
    case .leaveOneOut:
      events = stored
      all = task { RankingTask(leavingOneOut: sequences, itemCount: $0, isKeepingSeen: $1) }
      learnedCounts = sequences.indices.map {
        sequences.range($0).beforeLast(2) { sequences.isTarget($0) }.count
      }
      training = sequences.droppingLast(2).liked
      tuningTraining = training
      validationEvents = stored
      validation = task { RankingTask(leavingOneOut: sequences, after: 1, itemCount: $0, isKeepingSeen: $1) }
      protocolSettings = [
        ("split", "leave-one-out"),
        (
          "learned from",
          hasSignals ? "what is before each user's last two targets" : "all but each user's last two events"
        ), ("settings chosen by", "each user's last \(hasSignals ? "target" : "event") but one"),
      ]
    case .time(let time):
      let date = time.milliseconds
      events = stored
      let firsts = stored.users.indices.map { index in
        stored.times[stored.range(index)].count { $0 < date }
      }
      all = task { RankingTask(from: firsts, of: sequences, itemCount: $0, isKeepingSeen: $1) }
      learnedCounts = firsts
      var before = SequenceSet()
      for (sequence, count) in firsts.enumerated() where count > 0 {
        before.append(sequences.range(sequence).prefix(count), of: sequences)
      }
      training = before.liked
      validationEvents = try snapshot.sequences(before: date)
      let heldOut = ValidationSplit(of: validationEvents)
      tuningTraining = heldOut.learned(before).liked
      validation = task { heldOut.task(before, itemCount: $0, isKeepingSeen: $1) }
      protocolSettings = [
        ("split", "time"), ("from", time.description),
        ("learned from", "events before"), ("settings chosen by", "\(heldOut.words) before"),
      ]
    case .sessions(let sessions):
      let tested = try EventSequences(sessions: sessions, snapshot, known: numbering)
      events = tested
      let testSequences = numbering.sequences(of: tested)
      all = task { RankingTask(everyPrefixOf: testSequences, itemCount: $0, isKeepingSeen: $1) }
      learnedCounts = sequences.map(\.count)
      training = sequences.liked
      validationEvents = stored
      let heldOut = ValidationSplit(of: stored)
      tuningTraining = heldOut.learned(sequences).liked
      validation = task { heldOut.task(sequences, itemCount: $0, isKeepingSeen: $1) }
      protocolSettings = [
        ("split", "sessions"), ("learned from", "the store's sequences"),
        ("settings chosen by", "\(heldOut.words) of the store"),
      ]
    }
    let sampled = settings.limit.map { all.sampled($0) } ?? all
    repeatedTargets = sampled.cases.indices.count { sampled.isRepeated($0) }
    test = !keepsSeen && settings.repeats == .skip ? sampled.skippingRepeats() : sampled
    guard !test.cases.isEmpty else {
      let why =
        repeatedTargets > 0
        ? "all \(repeatedTargets) targets were seen before and are left out; keep seen items, or count them as misses"
        : sequences.signals.isEmpty
          ? "no sequence has two events of known items; import events first"
          : "no event behind the first of a sequence is to be predicted by the store's signals (kindred signals get)"
      throw RecommendingError(code: .notEnoughData, message: "nothing to evaluate: \(why)")
    }
  }
}

extension EventSequences {
  /// Sessions of items by id, those that the store does not know left out.
  fileprivate init(
    sessions: [[String]], _ snapshot: Snapshot, known: ItemNumbering
  ) throws {
    var events = EventSequences()
    for session in sessions {
      events.append(
        items: try session.compactMap { try snapshot.ordinal(of: $0, .items) }.filter {
          known.numbers[$0] != nil
        })
    }
    self = events
  }
}

extension EvaluationProblem {
  /// Whether a model held out what settings are chosen by.
  func isHeldOut(by manifest: SessionManifest) -> Bool {
    guard manifest.epochsWithHeldOut == 0, !manifest.scores.isEmpty else { return false }
    switch split {
    case .leaveOneOut: return manifest.data.excludedLast >= 1
    case .time(let time): return manifest.data.excludedLast == 0 && manifest.data.before == time.milliseconds
    case .sessions: return manifest.data.excludedLast == 0 && manifest.data.before == nil
    }
  }
}
