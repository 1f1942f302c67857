package import Basics
import Evaluation
import Platform

/// Rules "item, later item" within a window, weighed by 1 / distance (Ludewig and Jannach 2018), here divided by a
/// power of both items' popularities; all items of a history count, older ones less.
package struct SequentialRules: ItemScorer {
  /// What is counted as a rule, and how rules are weighed.
  package struct Configuration: Sendable, Hashable {
    /// The farthest distance of two items of a rule.
    package var window = 5
    /// The weight of an item of the history in that of the next one, 0 to 1.
    package var decay = 0.6
    /// The power of the earlier item's popularity that rules are divided by.
    package var antecedentPower = 0.5
    /// The power of the later item's popularity that rules are divided by.
    package var consequentPower = 0.5
    /// Whether rules count backwards too.
    package var isSymmetric = false
    /// Whether each event counts as one that follows itself at distance 1: what was looked at is often looked at again.
    package var includesItself = false
    /// The number of sequences, at least 1, in which two items must occur within the window, in either order, for a
    /// rule between them to be kept. An item may follow itself whatever the number: such a rule says nothing of another
    /// user.
    package var minimumSupport = 1

    package init() {}
  }

  package let itemCount: Int
  package let configuration: Configuration
  /// The weight of each later item, by the earlier one.
  package let table: SparseTable
  /// How often rules were seen; nil for ones that were stored without it.
  package let counts: Counts?

  /// In how many sequences, which are users, items and rules occur.
  package struct Counts: Sendable, Equatable {
    /// The sequences with each item.
    package var items: [UInt32]
    /// The sequences with both items of each rule within its window, in either order; in the places of the table.
    package var rules: [UInt32]

    package init(items: [UInt32], rules: [UInt32]) {
      self.items = items
      self.rules = rules
    }
  }

  /// What was counted of a later item behind an earlier one.
  private struct Pair {
    /// The sum of 1 / distance.
    var sum = 0.0
    var sequences: UInt32 = 0
    /// The start of the last sequence that was counted.
    var last = UInt32.max
  }

  package init(_ sequences: SequenceSet, itemCount: Int, _ configuration: Configuration = Configuration()) {
    self.itemCount = itemCount
    self.configuration = configuration
    let events = EventPlaces(sequences, itemCount: itemCount)
    func norm(_ item: Int, _ power: Double) -> Double { pow(Double(events.places(of: item).count), power) }
    let consequentNorms = (0..<itemCount).map { norm($0, configuration.consequentPower) }
    var table = SparseTable()
    table.reserve(rows: itemCount)
    var pairs = [Pair](repeating: Pair(), count: itemCount)
    var touched: [UInt32] = []
    func count(_ later: UInt32, _ weight: Double, inSequence start: UInt32) {
      let index = Int(later)
      if pairs[index].sequences == 0 { touched.append(later) }
      pairs[index].sum += weight
      guard pairs[index].last != start else { return }
      pairs[index].last = start
      pairs[index].sequences += 1
    }
    var counts = Counts(items: [], rules: [])
    counts.items.reserveCapacity(itemCount)
    for earlier in 0..<itemCount {
      for place in events.places(of: earlier) {
        let start = events.start(ofSequenceAt: Int(place))
        if configuration.includesItself { count(UInt32(earlier), 1, inSequence: start) }
        for later in events.after(Int(place), within: configuration.window) {
          count(events.items[later], 1 / Double(later - Int(place)), inSequence: start)
        }
        for other in events.before(Int(place), within: configuration.window) {
          let weight = configuration.isSymmetric ? 1 / Double(Int(place) - other) : 0
          count(events.items[other], weight, inSequence: start)
        }
      }
      touched.sort()
      let antecedentNorm = norm(earlier, configuration.antecedentPower)
      let kept = touched.filter {
        let pair = pairs[Int($0)]
        return pair.sum > 0 && (pair.sequences >= configuration.minimumSupport || Int($0) == earlier)
      }
      table.append(
        kept.map { ($0, Float(pairs[Int($0)].sum / (antecedentNorm * consequentNorms[Int($0)]))) })
      counts.rules += kept.map { pairs[Int($0)].sequences }
      counts.items.append(events.sequenceCount(of: earlier))
      for later in touched { pairs[Int(later)] = Pair() }
      touched.removeAll(keepingCapacity: true)
    }
    self.table = table
    self.counts = counts
  }

  /// Rules as they were stored.
  package init(_ table: SparseTable, _ configuration: Configuration, _ counts: Counts?) {
    precondition(
      counts.map { $0.items.count == table.rowCount && $0.rules.count == table.columns.count } ?? true)
    itemCount = table.rowCount
    self.configuration = configuration
    self.table = table
    self.counts = counts
  }

  /// The same with the `limit` strongest rules of each item.
  package func trimmed(to limit: Int) -> SequentialRules {
    var kept: [UInt32] = []
    if let counts {
      for row in 0..<table.rowCount { kept += table.strongest(limit, ofRow: row).map { counts.rules[$0] } }
    }
    return SequentialRules(
      table.trimmed(to: limit), configuration, counts.map { Counts(items: $0.items, rules: kept) })
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    table.add(history, decay: configuration.decay, to: scores)
  }
}

/// The events of all sequences, concatenated, and where each item occurs.
private struct EventPlaces {
  let items: [UInt32]
  /// The sequence of place p begins at starts[p] and ends before ends[p].
  private var starts: [UInt32] = []
  private var ends: [UInt32] = []
  private let ofItem: Inverted

  init(_ sequences: SequenceSet, itemCount: Int) {
    items = sequences.items
    starts.reserveCapacity(items.count)
    ends.reserveCapacity(items.count)
    for sequence in sequences {
      let start = UInt32(starts.count)
      let end = start + UInt32(sequence.count)
      for _ in sequence {
        starts.append(start)
        ends.append(end)
      }
    }
    ofItem = Inverted(items.lazy.map { CollectionOfOne($0) }, itemCount: itemCount)
  }

  func places(of item: Int) -> ArraySlice<UInt32> { ofItem[item] }

  func start(ofSequenceAt place: Int) -> UInt32 { starts[place] }

  /// The sequences that an item occurs in.
  func sequenceCount(of item: Int) -> UInt32 {
    var (count, last) = (UInt32(0), UInt32.max)
    for place in places(of: item) where starts[Int(place)] != last {
      last = starts[Int(place)]
      count += 1
    }
    return count
  }

  /// The places of the same sequence behind one.
  func after(_ place: Int, within window: Int) -> Range<Int> {
    (place + 1)..<max(place + 1, min(Int(ends[place]), place + 1 + window))
  }

  /// The places of the same sequence before one.
  func before(_ place: Int, within window: Int) -> Range<Int> {
    max(Int(starts[place]), place - window)..<place
  }
}
