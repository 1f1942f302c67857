import Basics
import Platform

/// Draws items to compare targets with: a part uniformly, a part as often as they occur.
struct NegativeSampler: Sendable {
  private let itemCount: Int
  private let popularShare: Double
  /// The items of all events: a uniform draw among them is one by popularity.
  private let events: [UInt32]
  /// For each item log(q · items), q its probability to be drawn: what its score is corrected by (Bengio and Senécal
  /// 2008); empty where all are drawn alike.
  private(set) var corrections: [Float] = []

  init(_ sequences: SequenceSet, itemCount: Int, popularShare: Double) {
    self.itemCount = itemCount
    self.popularShare = sequences.items.isEmpty ? 0 : popularShare
    events = popularShare > 0 ? sequences.items : []
    guard popularShare > 0, !events.isEmpty else { return }
    var counts = [Int](repeating: 0, count: itemCount)
    for item in events { counts[Int(item)] += 1 }
    corrections = counts.map { count in
      let share = Double(count) / Double(events.count)
      return Float(log((1 - popularShare) + popularShare * share * Double(itemCount)))
    }
  }

  func draw(_ count: Int, using generator: inout SeededGenerator) -> [UInt32] {
    (0..<count).map { _ in
      if popularShare > 0, generator.nextUnit() < popularShare {
        return events[Int(generator.next() % UInt64(events.count))]
      }
      return UInt32(generator.next() % UInt64(itemCount))
    }
  }
}
