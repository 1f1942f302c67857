import Platform

/// A value guarded by a mutex, with a condition to wait for its changes.
///
/// The standard library's `Mutex` has no condition, and waiting with a time limit is needed here.
// Sendable: `value` is touched only between lock and unlock of `mutex`.
final class Monitor<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    #if os(Linux)
      // Clock jumps must not shorten or stretch a wait.
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #else
      pthread_cond_init(condition, nil)
    #endif
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` with exclusive access. Not recursive; calls nothing of the caller's outside `body`.
  func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  /// Like `withLock`, and wakes all waiting threads afterwards.
  func change<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return try body(&value)
  }

  /// Waits until `isReady` holds, then runs `body` under the same lock.
  /// - Parameter timeoutSeconds: nil waits without limit.
  /// - Returns: nil when the time ran out first.
  func waitThenChange<R, E: Error>(
    timeoutSeconds: Double?, until isReady: (borrowing Value) -> Bool, _ body: (inout Value) throws(E) -> R
  ) throws(E) -> R? {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    if !isReady(value) {
      let deadline = timeoutSeconds.map { Clock.nowNanoseconds() &+ Clock.nanoseconds(seconds: $0) }
      while !isReady(value) {
        guard wait(until: deadline) else {
          if isReady(value) { break }
          return nil
        }
      }
    }
    return try body(&value)
  }

  /// One wait on the condition; false when `deadline` (monotonic nanoseconds) has passed.
  private func wait(until deadline: UInt64?) -> Bool {
    guard let deadline else {
      pthread_cond_wait(condition, mutex)
      return true
    }
    let now = Clock.nowNanoseconds()
    guard now < deadline else { return false }
    #if os(Linux)
      var limit = Clock.timespecification(deadline)
      return pthread_cond_timedwait(condition, mutex, &limit) != ETIMEDOUT
    #else
      var left = Clock.timespecification(deadline - now)
      return pthread_cond_timedwait_relative_np(condition, mutex, &left) != ETIMEDOUT
    #endif
  }
}

/// Monotonic time in nanoseconds, for limits on waiting only.
enum Clock {
  static func nowNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Negative and not-a-number count as 0; the upper limit is about 31 years.
  static func nanoseconds(seconds: Double) -> UInt64 {
    seconds > 0 ? UInt64(Swift.min(seconds, 1e9) * 1e9) : 0
  }

  static func timespecification(_ nanoseconds: UInt64) -> timespec {
    timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }

  static func sleep(milliseconds: Int) {
    var time = timespecification(UInt64(clamping: milliseconds) &* 1_000_000)
    nanosleep(&time, nil)
  }
}

/// A number that is the same for one thread and differs between running threads.
enum ThreadIdentity {
  static var current: UInt {
    #if canImport(Darwin)
      UInt(bitPattern: pthread_self())
    #else
      UInt(pthread_self())
    #endif
  }
}
