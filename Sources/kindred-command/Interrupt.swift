import Dispatch
import Kindred
import Platform
import Synchronization

/// Turns SIGINT and SIGTERM into a clean stop, and SIGPIPE into an ordinary write error.
///
/// The first signal cancels the running task, which then ends by itself between two transactions. A second one,
/// or `graceSeconds` without an end where nobody asked to wait longer, leaves the process at once: what was
/// acknowledged is on disk by then and what was not was never visible, so leaving is as safe as it is after a power
/// cut.
final class Interrupt: Sendable {
  /// How long work may take to notice that it was cancelled.
  static let graceSeconds = 2.0

  /// Whether the running work uses what it has when it is cancelled, however long that takes.
  private static let isAwaited = Atomic(false)

  /// From now on the first signal leaves the work all the time it takes to end; a second one does not.
  static func awaitEndOfWork() { isAwaited.store(true, ordering: .relaxed) }

  private let signalSeen = Mutex<Int32?>(nil)
  private let errorsAsJSON: Bool
  private let queue = DispatchQueue(label: "kindred.interrupt")
  // Dispatch sources are thread-safe reference types without a Sendable mark; this list never changes after init.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  /// Starts listening; `cancel` is called once, on a queue of our own, at the first signal.
  init(errorsAsJSON: Bool, cancel: @escaping @Sendable () -> Void) {
    self.errorsAsJSON = errorsAsJSON
    _ = signal(SIGPIPE, SIG_IGN)
    let queue = queue
    sources = [SIGINT, SIGTERM].map { number in
      _ = signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      source.setEventHandler { [weak self] in self?.receive(number, cancel: cancel) }
      source.resume()
    }
  }

  /// Exit status after an interrupted run, by the first signal.
  var exitStatus: ExitStatus { signalSeen.withLock { $0 == SIGTERM ? .terminated : .interrupted } }

  /// Stops listening; the process is about to end by itself.
  func stop() { for source in sources { source.cancel() } }

  private func receive(_ number: Int32, cancel: @Sendable () -> Void) {
    let isFirst = signalSeen.withLock { seen in
      defer { seen = seen ?? number }
      return seen == nil
    }
    guard isFirst else { leaveNow() }
    cancel()
    if Self.isAwaited.load(ordering: .relaxed) { return }
    queue.asyncAfter(deadline: .now() + Self.graceSeconds) { [weak self] in self?.leaveNow() }
  }

  /// `_exit` runs no clean-up that could wait for the work that would not stop.
  private func leaveNow() -> Never {
    CommandFailure(.cancelled, "interrupted; everything acknowledged is kept").report(asJSON: errorsAsJSON)
    _exit(exitStatus.rawValue)
  }
}
