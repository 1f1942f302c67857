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

    package init() {}
  }

  package let itemCount: Int
  private let configuration: Configuration
  private let table: SparseTable

  package init(_ sequences: [[UInt32]], itemCount: Int, _ configuration: Configuration = Configuration()) {
    self.itemCount = itemCount
    self.configuration = configuration
    var popularity = [Double](repeating: 0, count: itemCount)
    var pairs: [(key: UInt64, weight: Float)] = []
    for sequence in sequences {
      for (place, item) in sequence.enumerated() {
        popularity[Int(item)] += 1
        for distance in 1...configuration.window where place >= distance {
          let earlier = sequence[place - distance]
          let weight = 1 / Float(distance)
          pairs.append((UInt64(earlier) << 32 | UInt64(item), weight))
          if configuration.isSymmetric { pairs.append((UInt64(item) << 32 | UInt64(earlier), weight)) }
        }
      }
    }
    pairs.sort { $0.key < $1.key }
    var builder = SparseTable.Builder(rowCount: itemCount)
    var index = 0
    for earlier in 0..<itemCount {
      var row: [(UInt32, Float)] = []
      while index < pairs.count, Int(pairs[index].key >> 32) == earlier {
        let key = pairs[index].key
        var weight = 0.0
        while index < pairs.count, pairs[index].key == key {
          weight += Double(pairs[index].weight)
          index += 1
        }
        let later = Int(key & 0xFFFF_FFFF)
        let norm =
          pow(popularity[earlier], configuration.antecedentPower)
          * pow(popularity[later], configuration.consequentPower)
        row.append((UInt32(later), Float(weight / norm)))
      }
      builder.append(row)
    }
    table = builder.table
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    table.add(history, decay: configuration.decay, to: scores)
  }
}
