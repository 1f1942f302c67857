import VectorMath

extension GraphEditor {
  /// Inserts slots 0..<`count` in a random order drawn from the seed, so that sorted input does not put near
  /// neighbors into one batch.
  /// - Parameters:
  ///   - progress: told the number inserted; returning false ends the build early.
  package func build(count: Int, threads: Int, progress: ((Int) -> Bool)? = nil) throws(GraphError) {
    var order = (0..<UInt32(count)).map { Slot($0) }
    var generator = SeededGenerator(seed: parameters.seed)
    order.shuffle(using: &generator)
    try insert(order, threads: threads, progress: progress)
  }
}
