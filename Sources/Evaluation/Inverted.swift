/// For each item the sequences that it occurs in, ascending.
package struct Inverted: Sendable {
  private var starts: [Int]
  private var sequences: [UInt32]

  /// - Parameter sets: each item once.
  package init(_ sets: some Sequence<some Sequence<UInt32>>, itemCount: Int) {
    starts = [Int](repeating: 0, count: itemCount + 1)
    for set in sets { for item in set { starts[Int(item) + 1] += 1 } }
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    sequences = [UInt32](repeating: 0, count: starts[itemCount])
    var next = starts
    for (number, set) in sets.enumerated() {
      for item in set {
        sequences[next[Int(item)]] = UInt32(number)
        next[Int(item)] += 1
      }
    }
  }

  package subscript(item: Int) -> ArraySlice<UInt32> { sequences[starts[item]..<starts[item + 1]] }
}
