import HNSW
import Synchronization

/// Search contexts between queries.
final class ContextPool: Sendable {
  private struct Idle: @unchecked Sendable {  // a context is in the pool or with one search, never both
    var contexts: [Int: [SearchContext]] = [:]
  }
  private let idle = Mutex(Idle())

  /// Lends a context for graphs of `m0` to `body`.
  func with<R>(m0: Int, _ body: (SearchContext) throws -> R) rethrows -> R {
    let context = take(m0)
    defer { give(context, m0) }
    return try body(context)
  }

  private struct Carrier: @unchecked Sendable {  // carries one context across the lock
    var context: SearchContext?
  }

  private func take(_ m0: Int) -> SearchContext {
    let carrier = idle.withLock { Carrier(context: $0.contexts[m0]?.popLast()) }
    return carrier.context ?? SearchContext(m0: m0)
  }

  private func give(_ context: SearchContext, _ m0: Int) {
    let carrier = Carrier(context: context)
    idle.withLock { pool in
      if let context = carrier.context { pool.contexts[m0, default: []].append(context) }
    }
  }
}
