import Dispatch
import Platform
import Synchronization

/// A number of threads that no caller may ask for.
package struct ThreadCountError: Error, CustomStringConvertible {
  private static let range = 1...256
  package let description: String

  /// - Throws: for a count outside 1 to 256.
  package static func check(_ count: Int) throws(ThreadCountError) {
    if range.contains(count) { return }
    throw ThreadCountError(
      description: "\(count) threads are outside \(range.lowerBound) to \(range.upperBound)")
  }
}

/// The cores of this machine.
package let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

/// Calls `body(thread, range)` for ranges of `chunk` indices that make up `0..<count`, on up to `threads` threads, and
/// returns when all are done. No two calls at once have the same `thread`, which is below `threads`.
///
/// Which thread gets which range is not determined: `body` must leave the same result either way.
/// - Throws: what a call threw; ranges that have not begun are given up then. The caller's own thread takes part, so
///   that a `Task.checkCancellation()` in `body` ends the loop.
package func parallelFor<Failure: Error>(
  count: Int, threads: Int, chunk: Int = 1,
  _ body: @Sendable (_ thread: Int, _ range: Range<Int>) throws(Failure) -> Void
) throws(Failure) {
  precondition(threads >= 1 && chunk >= 1, "\(threads) threads do nothing")
  let next = Atomic<Int>(0)
  let failure = Mutex<Failure?>(nil)
  let iterations = min(threads, (count + chunk - 1) / chunk)
  DispatchQueue.concurrentPerform(iterations: iterations) { thread in
    while true {
      let first = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
      guard first < count else { return }
      do throws(Failure) { try body(thread, first..<min(first + chunk, count)) } catch {
        failure.withLock { $0 = $0 ?? error }
        next.store(count, ordering: .relaxed)
      }
    }
  }
  if let failure = failure.withLock({ $0 }) { throw failure }
}

/// What `body` makes of each number below `count`, in their order, on up to `threads` threads.
/// - Throws: what a call threw; `CancellationError` when the task is cancelled. The others are given up then.
package func parallelMap<Value: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let values = Mutex([Value?](repeating: nil, count: count))
  try parallelFor(count: count, threads: threads) { _, range in
    try Task.checkCancellation()
    for index in range {
      let value = try body(index)
      values.withLock { $0[index] = value }
    }
  }
  return values.withLock { $0.compactMap { $0 } }
}
