import Basics

extension GraphEditor {
  /// Inserts slots 0..<`count` in a random order drawn from the seed, so that sorted input does not put near
  /// neighbors into one batch; then sees to it that every one is reached.
  /// - Parameters:
  ///   - heldOut: nodes to insert last, after `measure` has looked at the graph without them.
  ///   - progress: receives the number inserted; returning false ends the build early.
  package func build(
    count: Int, threads: Int, heldOut: Int = 0, measure: (([Slot]) throws(GraphError) -> Void)? = nil,
    progress: ((Int) -> Bool)? = nil
  ) throws(GraphError) {
    var order = (0..<UInt32(count)).map { Slot($0) }
    var generator = SeededGenerator(seed: parameters.seed)
    order.shuffle(using: &generator)
    let split = count - heldOut
    var isCancelled = false
    try insert(Array(order[..<split]), threads: threads) { done in
      isCancelled = !(progress?(done) ?? true)
      return !isCancelled
    }
    if heldOut > 0, !isCancelled {
      try measure?(Array(order[split...]))
      try insert(Array(order[split...]), threads: threads) { done in
        isCancelled = !(progress?(split + done) ?? true)
        return !isCancelled
      }
    }
    if !isCancelled { try reconnect { $0.rawValue < count } }
  }
}
