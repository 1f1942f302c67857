#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rules "item, later item" within a window, weighed by 1 / distance (Ludewig and Jannach 2018), here divided by a power of
/// both items' popularities; a history speaks with all of its items, older ones less.
package struct SequentialRules: ItemScorer {
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

    package init() {}
  }

  package let itemCount: Int
  package let configuration: Configuration
  /// The weight of a later item, by the earlier one.
  package let table: SparseTable

  package init(_ sequences: [[UInt32]], itemCount: Int, _ configuration: Configuration = Configuration()) {
    self.itemCount = itemCount
    self.configuration = configuration
    let events = EventPlaces(sequences, itemCount: itemCount)
    func norm(_ item: Int, _ power: Double) -> Double { pow(Double(events.places(of: item).count), power) }
    let consequentNorms = (0..<itemCount).map { norm($0, configuration.consequentPower) }
    var table = SparseTable()
    table.reserve(rows: itemCount)
    var sums = [Double](repeating: 0, count: itemCount)
    var touched: [UInt32] = []
    func count(_ later: UInt32, at distance: Int) {
      if sums[Int(later)] == 0 { touched.append(later) }
      sums[Int(later)] += 1 / Double(distance)
    }
    for earlier in 0..<itemCount {
      for place in events.places(of: earlier) {
        if configuration.includesItself { count(UInt32(earlier), at: 1) }
        for later in events.after(Int(place), within: configuration.window) {
          count(events.items[later], at: later - Int(place))
        }
        guard configuration.isSymmetric else { continue }
        for later in events.before(Int(place), within: configuration.window) {
          count(events.items[later], at: Int(place) - later)
        }
      }
      touched.sort()
      let antecedentNorm = norm(earlier, configuration.antecedentPower)
      table.append(
        touched.map { ($0, Float(sums[Int($0)] / (antecedentNorm * consequentNorms[Int($0)]))) })
      for later in touched { sums[Int(later)] = 0 }
      touched.removeAll(keepingCapacity: true)
    }
    self.table = table
  }

  /// Rules that were counted before.
  /// - Parameter table: [itemCount, itemCount]
  package init(_ table: SparseTable, _ configuration: Configuration) {
    itemCount = table.rowCount
    self.configuration = configuration
    self.table = table
  }

  /// The same with the `limit` strongest rules of each item.
  package func trimmed(to limit: Int) -> SequentialRules {
    SequentialRules(table.trimmed(to: limit), configuration)
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    table.add(history, decay: configuration.decay, to: scores)
  }
}

/// The events of all sequences one behind the other, and where each item occurs.
private struct EventPlaces {
  let items: [UInt32]
  /// The sequence of place p begins at starts[p] and ends before ends[p].
  private var starts: [UInt32] = []
  private var ends: [UInt32] = []
  private var ofItem: [UInt32]
  private var firsts: [Int]

  init(_ sequences: [[UInt32]], itemCount: Int) {
    items = sequences.flatMap { $0 }
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
    firsts = [Int](repeating: 0, count: itemCount + 1)
    for item in items { firsts[Int(item) + 1] += 1 }
    for item in 0..<itemCount { firsts[item + 1] += firsts[item] }
    ofItem = [UInt32](repeating: 0, count: items.count)
    var next = firsts
    for (place, item) in items.enumerated() {
      ofItem[next[Int(item)]] = UInt32(place)
      next[Int(item)] += 1
    }
  }

  func places(of item: Int) -> ArraySlice<UInt32> { ofItem[firsts[item]..<firsts[item + 1]] }

  /// The places of the same sequence behind one.
  func after(_ place: Int, within window: Int) -> Range<Int> {
    (place + 1)..<max(place + 1, min(Int(ends[place]), place + 1 + window))
  }

  /// The places of the same sequence before one.
  func before(_ place: Int, within window: Int) -> Range<Int> {
    max(Int(starts[place]), place - window)..<place
  }
}
