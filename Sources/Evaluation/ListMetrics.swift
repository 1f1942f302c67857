#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What lists of recommended items are like, whatever their targets.
package struct ListMetrics: Sendable {
  /// The share of all items that occur in a list.
  package let coverage: Double
  /// How unequally items occur in lists: 0 all alike, near 1 a few everywhere (Gini coefficient over all items).
  package let gini: Double
  /// The mean of -log2 of the items' shares of training events, in bits (Zhou et al. 2010); items without count as once.
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

  /// The mean over lists of 1 - cosine of their items' pairs (Ziegler et al. 2005).
  /// - Parameter vectors: of all items [items, width].
  package static func diversity(_ lists: [[UInt32]], k: Int, vectors: [Float], width: Int) -> Double {
    var (sum, count) = (0.0, 0)
    let lengths = stride(from: 0, to: vectors.count, by: width).map { start in
      vectors[start..<(start + width)].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    for list in lists {
      let items = list.prefix(k).map(Int.init)
      for (place, first) in items.enumerated() {
        for second in items[(place + 1)...] where lengths[first] > 0 && lengths[second] > 0 {
          var product: Float = 0
          for index in 0..<width {
            product += vectors[first * width + index] * vectors[second * width + index]
          }
          sum += 1 - Double(product / (lengths[first] * lengths[second]))
          count += 1
        }
      }
    }
    return count == 0 ? 0 : sum / Double(count)
  }
}
