import Dispatch
import Synchronization

/// Where blocking work runs for async callers: never on the threads that run tasks.
private let blockingWork = DispatchQueue(label: "kindred.blocking", attributes: .concurrent)

/// Runs the jobs of tasks on threads that may block.
final class BlockingExecutor: TaskExecutor {
  static let shared = BlockingExecutor()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    blockingWork.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs blocking work off the threads that run tasks and suspends until it is done. It still belongs to the task, so
/// long work sees a cancellation.
/// - Throws: `CancellationError` if the task was cancelled before it began; what `body` throws.
package func offThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
  try Task.checkCancellation()
  return try await withTaskExecutorPreference(BlockingExecutor.shared) { try body() }
}

/// Runs blocking work to its end though the task is cancelled: on a thread that belongs to no task.
func despiteCancellation<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
  let result = ResultBox<R>()
  let isDone = DispatchSemaphore(value: 0)
  blockingWork.async {
    result.value.withLock { $0 = Result { try body() } }
    isDone.signal()
  }
  isDone.wait()
  guard let found = result.value.withLock({ $0 }) else { throw CancellationError() }
  return try found.get()
}

private final class ResultBox<R: Sendable>: Sendable {
  let value = Mutex<Result<R, any Error>?>(nil)
}
