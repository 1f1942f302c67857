import Dispatch

/// Where blocking work runs for async callers: never on the threads that run tasks.
private let blockingWork = DispatchQueue(label: "kindred.blocking", attributes: .concurrent)

/// Runs blocking work on a thread of its own and suspends until it is done.
/// - Throws: `CancellationError` if the task was cancelled before it began; what `body` throws.
func offThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
  try Task.checkCancellation()
  return try await withCheckedThrowingContinuation { continuation in
    blockingWork.async { continuation.resume(with: Result { try body() }) }
  }
}
