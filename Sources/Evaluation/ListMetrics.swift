package import Basics
import Platform

/// What lists of recommended items are like, whatever their targets.
package struct ListMetrics: Sendable {
  /// The share of all items that occur in a list.
  package let coverage: Double
  /// How unequally items occur in lists: 0 all alike, near 1 a few everywhere (Gini coefficient over all items).
  package let gini: Double
  /// The mean of -log2 of the items' shares of training events, in bits (Zhou et al. 2010); items without count as
  /// once.
  package let novelty: Double

  /// - Parameters:
  ///   - lists: the first `k` of each count.
  ///   - popularity: how often each item occurs in training.
  package init(_ lists: [[UInt32]], k: Int, popularity: [Int]) {
    var counts = [Int](repeating: 0, count: popularity.count)
    var (bits, total) = (0.0, 0)
    let events = Double(max(1, popularity.reduce(0, +)))
    for list in lists {
      for item in list.prefix(k) {
        counts[Int(item)] += 1
        bits -= log2(Double(max(1, popularity[Int(item)])) / events)
        total += 1
      }
    }
    coverage = popularity.isEmpty ? 0 : Double(counts.count { $0 > 0 }) / Double(popularity.count)
    novelty = total == 0 ? 0 : bits / Double(total)
    counts.sort()
    let sum = Double(total)
    let weighted = counts.enumerated().reduce(0.0) {
      $0 + Double(2 * ($1.offset + 1) - counts.count - 1) * Double($1.element)
    }
    gini = total == 0 ? 0 : weighted / (Double(counts.count) * sum)
  }
}

/// How unlike the items of lists are (Ziegler et al. 2005), by which sequences they occur in together: the same measure
/// for every model that makes lists.
package struct ListDiversity: Sendable {
  private let owners: Inverted

  /// Lists looked at, evenly spread over all.
  private static let listLimit = 500

  /// - Parameter sequences: of training.
  package init(_ sequences: SequenceSet, itemCount: Int) {
    owners = Inverted(sequences.map { Array(Set($0)).sorted() }, itemCount: itemCount)
  }

  /// The mean over pairs of items of a list of 1 - cosine of the sets of sequences that each occurs in: 1 where no
  /// sequence has both, 0 where the same ones have both. Items of no sequence are left out.
  /// - Parameters:
  ///   - lists: the first `k` of each count.
  package func mean(_ lists: [[UInt32]], k: Int) -> Double {
    let count = min(lists.count, Self.listLimit)
    var (sum, pairs) = (0.0, 0)
    for number in 0..<count {
      let items = lists[number * lists.count / count].prefix(k).map { owners[Int($0)] }
      for (place, first) in items.enumerated() where !first.isEmpty {
        for second in items[(place + 1)...] where !second.isEmpty {
          let lengths = Double(first.count * second.count).squareRoot()
          sum += 1 - Double(Self.common(first, second)) / lengths
          pairs += 1
        }
      }
    }
    return pairs == 0 ? 0 : sum / Double(pairs)
  }

  /// Numbers in both of two ascending lists.
  private static func common(_ one: ArraySlice<UInt32>, _ other: ArraySlice<UInt32>) -> Int {
    var (first, second, count) = (one.startIndex, other.startIndex, 0)
    while first < one.endIndex, second < other.endIndex {
      let (a, b) = (one[first], other[second])
      if a == b { count += 1 }
      if a <= b { first += 1 }
      if b <= a { second += 1 }
    }
    return count
  }
}
