import Engine
import Evaluation
import Platform
import Records

/// How items are scored by what was counted to occur near those of a history. The constants were chosen on two
/// catalogues, as docs/decisions/0040 says; decay and powers are those of `SequentialRules`.
enum CountedRules {
  /// The newest events of a history that are looked at; a farther one counts less than a thousandth.
  static let historyLimit = 10
  private static let decay: Float = 0.5
  /// The power of the earlier item's events that weights are divided by.
  private static let antecedentPower = 0.5
  /// The power of the later item's.
  private static let consequentPower = 0.3

  /// The newest items of a history, oldest first, and what the weights of each one's list are multiplied by.
  /// - Parameters:
  ///   - history: items of events that count something.
  ///   - events: how many events an item has.
  static func factors<Item>(
    after history: some BidirectionalCollection<Item>, events: (Item) -> UInt32
  ) -> [(item: Item, factor: Float)] {
    var share: Float = 1
    return history.reversed().prefix(historyLimit).map { item in
      defer { share *= decay }
      return (item, share / Float(pow(Double(max(1, events(item))), antecedentPower)))
    }
  }

  /// What an item's sum is divided by in the end.
  static func divisor(events: UInt32) -> Float {
    Int(events) < divisors.count ? divisors[Int(events)] : exactDivisor(events)
  }

  private static let divisors = (0..<4_096).map { exactDivisor($0) }

  private static func exactDivisor(_ events: UInt32) -> Float {
    Float(pow(Double(max(1, events)), consequentPower))
  }

  /// The best `count` items, best first, equal ones by ordinal.
  static func best(_ count: Int, of scored: [(Ordinal, Float)]) -> [(Ordinal, Float)] {
    func isBetter(_ one: (Ordinal, Float), _ other: (Ordinal, Float)) -> Bool {
      (other.1, one.0) < (one.1, other.0)
    }
    guard count < min(256, scored.count / 4) else { return Array(scored.sorted(by: isBetter).prefix(count)) }
    var best: [(Ordinal, Float)] = []
    best.reserveCapacity(count + 1)
    for entry in scored where best.count < count || isBetter(entry, best[count - 1]) {
      var place = best.count
      while place > 0, isBetter(entry, best[place - 1]) { place -= 1 }
      best.insert(entry, at: place)
      if best.count > count { best.removeLast() }
    }
    return best
  }
}

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
