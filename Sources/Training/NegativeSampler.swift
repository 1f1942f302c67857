import Basics
import Platform

/// Draws items to compare targets with: a part uniformly, a part as often as they occur.
struct NegativeSampler: Sendable {
  /// The items that are drawn uniformly.
  private let items: [UInt32]
  private let popularShare: Double
  /// The items of all events: a uniform draw among them is one by popularity.
  private let events: [UInt32]
  /// For each item log(q · items), q its probability to be drawn: what its score is corrected by (Bengio and Senécal
  /// 2008); empty where all are drawn alike.
  private(set) var corrections: [Float] = []

  /// - Parameter left: items that are not drawn; they occur in no sequence.
  init(_ sequences: SequenceSet, itemCount: Int, leavingOut left: [UInt32], popularShare: Double) {
    let isLeft = Set(left)
    items = (0..<UInt32(itemCount)).filter { !isLeft.contains($0) }
    self.popularShare = sequences.items.isEmpty ? 0 : popularShare
    events = popularShare > 0 ? sequences.items : []
    guard popularShare > 0, !events.isEmpty else { return }
    var counts = [Int](repeating: 0, count: itemCount)
    for item in events { counts[Int(item)] += 1 }
    let drawn = Double(items.count)
    corrections = counts.map { count in
      let share = Double(count) / Double(events.count)
      return Float(log((1 - popularShare) + popularShare * share * drawn))
    }
  }

  func draw(_ count: Int, using generator: inout SeededGenerator) -> [UInt32] {
    (0..<count).map { _ in
      if popularShare > 0, generator.nextUnit() < popularShare {
        return events[Int(generator.next() % UInt64(events.count))]
      }
      return items[Int(generator.next() % UInt64(items.count))]
    }
  }
}
