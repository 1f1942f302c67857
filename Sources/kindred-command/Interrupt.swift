import Kindred
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Turns SIGINT and SIGTERM into a clean stop, and SIGPIPE into an ordinary write error.
///
/// The first signal cancels the running task, which then ends by itself between two transactions. A second one,
/// or `graceSeconds` without an end where nobody asked to wait longer, leaves the process at once: what was
/// acknowledged is on disk by then and what was not was never visible, so leaving is as safe as it is after a power cut.
///
/// The handler writes the signal's number into a pipe, which a thread of ours reads. (A source of Dispatch, which needs
/// more descriptors, ends the process with SIGILL where they run out.) Without descriptors for the pipe signals end the
/// process as they do by default, which is as safe.
final class Interrupt: Sendable {
  /// How long work may take to notice that it was cancelled.
  static let graceSeconds = 2.0

  /// Whether the running work uses what it has when it is cancelled, however long that takes.
  private static let isAwaited = Atomic(false)

  /// From now on the first signal leaves the work all the time it takes to end; a second one does not.
  static func awaitEndOfWork() { isAwaited.store(true, ordering: .relaxed) }

  /// Where the handler writes; set before there is a handler.
  private static let pipeEnd = Atomic<Int32>(-1)

  private let signalSeen = Mutex<Int32?>(nil)
  private let isStopped = Atomic(false)
  private let errorsAsJSON: Bool
  private let cancel: @Sendable () -> Void

  /// Starts listening; `cancel` is called once, on a thread of our own, at the first signal.
  init(errorsAsJSON: Bool, cancel: @escaping @Sendable () -> Void) {
    self.errorsAsJSON = errorsAsJSON
    self.cancel = cancel
    _ = signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    Self.pipeEnd.store(ends[1], ordering: .sequentiallyConsistent)
    let source = ends[0]
    guard ServiceThread.start({ self.listen(to: source) }) else { return }
    for number in [SIGINT, SIGTERM] { Self.handle(number) }
  }

  /// Exit code after an interrupted run: 128 plus the signal's number, as shells count.
  var exitCode: Int32 { signalSeen.withLock { 128 + ($0 ?? SIGINT) } }

  /// Stops listening; the process is about to end by itself.
  func stop() { isStopped.store(true, ordering: .sequentiallyConsistent) }

  private static func handle(_ number: Int32) {
    let handler: @convention(c) (Int32) -> Void = { number in
      let before = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(Interrupt.pipeEnd.load(ordering: .relaxed), &byte, 1)
      errno = before
    }
    var action = sigaction()
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = handler
    #else
      action.__sigaction_u.__sa_handler = handler
    #endif
    // A read that waits for input goes on waiting: what ends it is the cancellation.
    action.sa_flags = SA_RESTART
    _ = sigaction(number, &action, nil)
  }

  private func listen(to source: Int32) {
    while true {
      var byte: UInt8 = 0
      guard read(source, &byte, 1) == 1 else { continue }
      let number = Int32(byte)
      let isFirst = signalSeen.withLock { seen in
        defer { seen = seen ?? number }
        return seen == nil
      }
      guard isFirst else { return leaveNow() }
      cancel()
      if Self.isAwaited.load(ordering: .relaxed) { continue }
      var second = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
      _ = poll(&second, 1, Int32(Self.graceSeconds * 1000))
      return leaveNow()
    }
  }

  /// `_exit` runs no clean-up that could wait for the work that would not stop.
  private func leaveNow() {
    guard !isStopped.load(ordering: .sequentiallyConsistent) else { return }
    CommandFailure(.cancelled, "interrupted; everything acknowledged is kept").report(asJSON: errorsAsJSON)
    _exit(exitCode)
  }
}

/// A thread that waits for something as long as the process lives: no task, whose threads must not wait.
private enum ServiceThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// False when there can be no further thread.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let context = Unmanaged.passRetained(Body(body))
    #if canImport(Glibc)
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { context in
          if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
          return nil
        }, context.toOpaque())
    #else
      var thread: pthread_t?
      let status = pthread_create(
        &thread, nil,
        { context in
          Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, context.toOpaque())
    #endif
    if status != 0 { context.release() }
    return status == 0
  }
}
