import Engine
import Evaluation
import Records

/// Scores items by counts of events as a store keeps them, where no model serves.
struct CountedScorer: ItemScorer {
  /// By item, the items that co-occur with it.
  private let lists: [[(item: UInt32, weight: Float)]]
  private let events: [UInt32]
  private let divisors: [Float]

  var itemCount: Int { lists.count }

  static let settings = "window 5, decay 0.5, power 0.3, as served without a model"

  /// - Parameter counts: how many of the first events of each sequence are counted.
  init(_ sequences: EventSequences, counts: [Int], _ numbering: ItemNumbering) {
    var weights = [[UInt32: Int64]](repeating: [:], count: numbering.count)
    var events = [UInt32](repeating: 0, count: numbering.count)
    for (sequence, count) in counts.enumerated() {
      let counted = sequences.countedEvents(sequences.range(sequence).prefix(count)) {
        numbering.numbers[$0] ?? 0
      }
      for event in counted { events[Int(event.item)] += 1 }
      CoOccurrenceWeight.forEach(in: counted) { weights[Int($0)][$1, default: 0] += $2 }
    }
    lists = weights.map { $0.map { ($0.key, Float($0.value)) } }
    divisors = events.map { CountedRules.divisor(events: $0) }
    self.events = events
  }

  func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    for (earlier, factor) in CountedRules.factors(after: history, events: { events[Int($0)] }) {
      for (item, weight) in lists[Int(earlier)] { scores[Int(item)] += factor * weight }
    }
    for item in divisors.indices { scores[item] /= divisors[item] }
  }
}
