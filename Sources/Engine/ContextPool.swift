import HNSW
import Synchronization

/// Search contexts between queries.
final class ContextPool: Sendable {
  /// By the `m0` of the graphs they are for.
  private let idle = Mutex<[Int: [SearchContext]]>([:])

  /// Lends a context for graphs of `m0` to `body`.
  func with<R>(m0: Int, _ body: (SearchContext) throws -> R) rethrows -> R {
    let context = idle.withLock { $0[m0]?.popLast() } ?? SearchContext(m0: m0)
    defer { idle.withLock { $0[m0, default: []].append(context) } }
    return try body(context)
  }
}
