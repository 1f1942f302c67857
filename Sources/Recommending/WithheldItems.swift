import Basics
import Evaluation
import SessionEncoder

/// Items whose events are learned from in the last epochs only. Until then they are as new to the model as items that
/// come after the training, so their held-out events show how such items are to be scored.
struct WithheldItems {
  /// Numbers of the model's items, ascending.
  let items: [UInt32]
  private let isWithheld: [Bool]

  /// The share of items that are withheld.
  private static let share = 0.05

  /// - Parameters:
  ///   - isKnowledgeable: whether anything is known of an item but its events.
  ///   - task: the held-out events.
  /// - Returns: nil where too few of the targets would be of withheld items to calibrate by.
  init?(among count: Int, isKnowledgeable: (Int) -> Bool, _ task: RankingTask, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let isWithheld = (0..<count).map { generator.nextUnit() < Self.share && isKnowledgeable($0) }
    let targets = task.cases.indices.count { isWithheld[Int(task.target($0))] }
    guard targets >= CalibrationCases.leastTargets else { return nil }
    self.isWithheld = isWithheld
    items = isWithheld.indices.filter { isWithheld[$0] }.map { UInt32($0) }
  }

  func contains(_ item: UInt32) -> Bool { isWithheld[Int(item)] }

  /// The sequences without events of withheld items.
  func removed(from sequences: SequenceSet, atLeast: Int = 0) -> SequenceSet {
    sequences.dropping(atLeast: atLeast, items: contains)
  }

  /// The cases whose targets the model learns about.
  func removed(fromTargetsOf task: RankingTask) -> RankingTask {
    task.filtered { !contains(task.target($0)) }
  }
}
