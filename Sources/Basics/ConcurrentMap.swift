import Dispatch
import Synchronization

/// What `body` makes of each number from 0 on, on several threads; in their order.
/// - Throws: what a call threw; the others are given up then.
package func concurrentMap<T: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> T
) throws -> [T] {
  let results = Mutex<(values: [T?], failure: (any Error)?)>(([T?](repeating: nil, count: count), nil))
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { break }
      do {
        let value = try body(index)
        results.withLock { $0.values[index] = value }
      } catch {
        results.withLock { $0.failure = $0.failure ?? error }
        next.store(count, ordering: .relaxed)
      }
    }
  }
  return try results.withLock { results in
    if let failure = results.failure { throw failure }
    return results.values.compactMap { $0 }
  }
}
