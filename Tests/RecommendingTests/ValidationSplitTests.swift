import Values
import Basics
import TestSupport
import SessionEncoder
import Testing

@testable import Kindred
@testable import Recommending

/// Which events tell what does best.
@Suite struct ValidationSplitTests {
  /// Sessions of three events each, as old as `end` says, in the order of their numbers.
  private func heldOut(_ count: Int, ending end: (Int) -> Int64) throws -> ValidationSplit {
    let directory = try TemporaryDirectory()
    let store = try Store.create(at: "\(directory.path)/shop.kindred")
    try store.write { transaction in
      for session in 0..<count {
        for (step, age) in [1_000_000, 1_000 * Int64(1 + session), 0].enumerated() {
          try transaction.append(
            Event(
              user: "s\(session)", item: "i\((session + step) % 5)",
              time: Timestamp(milliseconds: end(session) - age), kind: "view"))
        }
      }
    }
    return try store.read { ValidationSplit(of: try $0.base.sequences()) }
  }

  private func numbers(_ heldOut: ValidationSplit) -> [Int]? {
    guard case .wholeSequences(let isHeldOut) = heldOut else { return nil }
    return isHeldOut.indices.filter { isHeldOut[$0] }
  }

  @Test func theNewestSessionsAreHeldOut() throws {
    // Stored from the newest to the oldest, two ending at the same time.
    let found = try heldOut(60, ending: { 10_000_000_000 - Int64(max(1, $0)) * 3_600_000 })
    #expect(numbers(found) == [0, 1, 2])
    let training = found.learned(SequenceSet([[UInt32]](repeating: [1, 2], count: 60)))
    #expect(training.count == 57)
    let task = found.task(
      SequenceSet([[UInt32]](repeating: [1, 2, 3], count: 60)), itemCount: 4, isKeepingSeen: true)
    #expect(task.cases.map(\.sequence) == [0, 0, 1, 1, 2, 2])
  }

  @Test func inTheEndWhatWasHeldOutIsLearnedAsOftenAsTheRest() {
    let sequences = SequenceSet([[1, 2], [3, 4, 5], [6], [7, 8]])
    let whole = ValidationSplit.wholeSequences([false, false, true, true])
    func learned(_ heldOut: ValidationSplit, _ times: Int) -> [[UInt32]] {
      let all = heldOut.all(sequences, timesHeldOut: times)
      return (0..<all.count).map { Array(all.items[all.range($0)]) }
    }
    #expect(learned(whole, 3) == [[1, 2], [3, 4, 5], [7, 8], [7, 8], [7, 8]])
    #expect(learned(whole, 1) == [[1, 2], [3, 4, 5], [7, 8]])
    #expect(learned(.lastEvents, 3) == [[1, 2], [3, 4, 5], [7, 8]])
  }

  @Test func manyEventsHaveWiderVectors() {
    #expect([10, 249_999].allSatisfy { SessionRecipe.dimension(ofEvents: $0) == 64 })
    #expect(SessionRecipe.dimension(ofEvents: 250_000) == 128)
  }

  @Test func fewSequencesGiveTheirLastEvents() throws {
    let found = try heldOut(39, ending: { Int64($0) * 3_600_000 + 1_000_000 })
    #expect(found == .lastEvents)
    #expect(found.learned([[1, 2, 3], [4]]) == [[1, 2], []])
  }

  /// Times that only count events say nothing about which session is newer: a long one is not.
  @Test func whereTimesAreAnOrderTheLastStoredAreHeldOut() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.create(at: "\(directory.path)/shop.kindred")
    try store.write { transaction in
      for session in 0..<60 {
        for step in 0..<(session < 3 ? 9 : 3) {
          try transaction.append(
            Event(
              user: "s\(session)", item: "i\((session + step) % 5)",
              time: Timestamp(milliseconds: Int64(step) * 1_000), kind: "view"))
        }
      }
    }
    #expect(numbers(try store.read { ValidationSplit(of: try $0.base.sequences()) }) == [57, 58, 59])
  }
}
