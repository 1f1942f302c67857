import Dispatch
import Synchronization

/// Hands out the next piece of work to whichever worker is free.
private final class WorkCounter: Sendable {
  private let next = Atomic<Int>(0)
  func take(_ count: Int) -> Int { next.wrappingAdd(count, ordering: .relaxed).oldValue }
}

/// Runs `body(worker, index)` for every index below `count` on up to `workers` threads and returns when all are done.
///
/// Which worker gets which index is not determined: `body` must leave the same result either way.
package func parallelFor(
  count: Int, workers: Int, chunk: Int = 1, _ body: @escaping @Sendable (_ worker: Int, _ index: Int) -> Void
) {
  if workers <= 1 || count <= chunk {
    for index in 0..<count { body(0, index) }
    return
  }
  let counter = WorkCounter()
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let first = counter.take(chunk)
      if first >= count { return }
      for index in first..<min(first + chunk, count) { body(worker, index) }
    }
  }
}
