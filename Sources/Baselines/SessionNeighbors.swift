package import Basics
import Evaluation
import Platform

/// Sequences like the one at hand score their items (V-SKNN; Ludewig and Jannach 2018): the newer an item of the
/// history, the more it counts, for the likeness and for what a neighbor that has it says.
package struct SessionNeighbors: ItemScorer {
  /// Which sequences are compared, and how.
  package struct Configuration: Sendable, Hashable {
    /// How many of the nearest sequences count.
    package var neighborCount = 500
    /// How many of the newest sequences with a common item are compared; 0 for all.
    package var candidateLimit = 0
    /// How much rare items count more than frequent ones.
    package var inverseFrequency = true
    /// Whether the weight of an item of the history falls by tenths (linear) or with the square of its age.
    package var isQuadratic = false

    package init() {}
  }

  package let itemCount: Int
  private let configuration: Configuration
  private let sets: [[UInt32]]
  private let owners: Inverted
  private let frequency: [Float]

  package init(_ sequences: SequenceSet, itemCount: Int, _ configuration: Configuration = Configuration()) {
    self.itemCount = itemCount
    self.configuration = configuration
    let sets = sequences.map { Array(Set($0)).sorted() }
    self.sets = sets
    let owners = Inverted(sets, itemCount: itemCount)
    self.owners = owners
    frequency = (0..<itemCount).map { item in
      let count = owners[item].count
      guard configuration.inverseFrequency, count > 0 else { return 1 }
      return Float(log(Double(sets.count) / Double(count)))
    }
  }

  /// The weight of the item `age` places before the newest.
  private func weight(_ age: Int) -> Float {
    let linear = 1 - 0.1 * Float(age)
    return configuration.isQuadratic ? 1 / Float((age + 1) * (age + 1)) : max(0, linear)
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    var ages: [UInt32: Int] = [:]
    for (age, item) in history.reversed().enumerated() where age < 30 && weight(age) > 0 {
      if ages[item] == nil { ages[item] = age }
    }
    // The likeness of each sequence and the age of the newest common item.
    var found: [UInt32: (likeness: Float, age: Int)] = [:]
    for (item, age) in ages.sorted(by: { $0.value < $1.value }) {
      var sequences = owners[Int(item)]
      if configuration.candidateLimit > 0 { sequences = sequences.suffix(configuration.candidateLimit) }
      for sequence in sequences {
        let before = found[sequence]
        found[sequence] = ((before?.likeness ?? 0) + weight(age), before?.age ?? age)
      }
    }
    var neighbors = found.map { (sequence: $0.key, likeness: $0.value.likeness, age: $0.value.age) }
    if neighbors.count > configuration.neighborCount {
      neighbors.sort { ($1.likeness, $1.sequence) < ($0.likeness, $0.sequence) }
      neighbors.removeLast(neighbors.count - configuration.neighborCount)
    }
    // In the order of their numbers, so that sums are the same every time.
    neighbors.sort { $0.sequence < $1.sequence }
    for neighbor in neighbors {
      let share = neighbor.likeness * weight(neighbor.age) / Float(max(1, ages.count))
      for item in sets[Int(neighbor.sequence)] { scores[Int(item)] += share * frequency[Int(item)] }
    }
  }
}
