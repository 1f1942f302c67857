import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The byte lock and the atomics under two and more threads.
@Suite struct SpinLockTests {
  /// Memory shared by tasks. Unchecked: the lock or the atomics under test guard it.
  final class Shared: @unchecked Sendable {
    let lock = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    let counter = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    let plain = UnsafeMutablePointer<Int>.allocate(capacity: 2)

    init() {
      lock.initialize(to: 0)
      counter.initialize(to: 0)
      plain.initialize(repeating: 0, count: 2)
    }

    deinit {
      lock.deallocate()
      counter.deallocate()
      plain.deallocate()
    }
  }

  /// Runs `body` on `count` threads of the system at once and waits for them. (Tasks may well run one after
  /// the other, and then a lock that does nothing passes.)
  func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) throws {
    struct ThreadNotStarted: Error { var code: Int32 }
    var threads: [pthread_t] = []
    defer { for thread in threads { pthread_join(thread, nil) } }
    for _ in 0..<count {
      let work = Unmanaged.passRetained(Work(body)).toOpaque()
      #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { run($0) }, work)
        if let thread, code == 0 { threads.append(thread) }
      #else
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { $0.flatMap { run($0) } }, work)
        if code == 0 { threads.append(thread) }
      #endif
      guard code == 0 else { throw ThreadNotStarted(code: code) }
    }
  }

  @Test func theLockKeepsOthersOut() throws {
    let shared = Shared()
    try onThreads(3) {
      for turn in 0..<10_000 {
        kindred_spin_lock(shared.lock)
        let before = shared.plain[0]
        // Let the others run in the middle of the section, on a single core too.
        if turn % 50 == 0 { sched_yield() }
        shared.plain[0] = before + 1
        shared.plain[1] -= 1
        kindred_spin_unlock(shared.lock)
      }
    }
    #expect(shared.plain[0] == 30_000)
    #expect(shared.plain[1] == -30_000)
    #expect(kindred_atomic_load_relaxed_u8(shared.lock) == 0)
  }

  @Test func aTakenLockIsNotTakenAgain() {
    var lock: UInt8 = 0
    #expect(kindred_spin_try_lock(&lock))
    #expect(!kindred_spin_try_lock(&lock))
    kindred_spin_unlock(&lock)
    #expect(kindred_spin_try_lock(&lock))
  }

  @Test func countersLoseNothing() throws {
    let shared = Shared()
    try onThreads(3) {
      for turn in 0..<10_000 {
        if turn % 2 == 0 {
          _ = kindred_atomic_fetch_add_u32(shared.counter, 1)
        } else {
          var seen = kindred_atomic_load_acquire_u32(shared.counter)
          if turn % 50 == 1 { sched_yield() }
          while !kindred_atomic_compare_exchange_u32(shared.counter, &seen, seen &+ 1) {}
        }
      }
    }
    #expect(kindred_atomic_load_relaxed_u32(shared.counter) == 30_000)
  }

  @Test func compareExchangeReportsWhatItFound() {
    var value: UInt32 = 5
    var expected: UInt32 = 4
    #expect(!kindred_atomic_compare_exchange_u32(&value, &expected, 9))
    #expect(expected == 5)
    #expect(value == 5)
    #expect(kindred_atomic_compare_exchange_u32(&value, &expected, 9))
    #expect(value == 9)
  }
}

/// What a thread does, boxed for the C interface.
private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func run(_ work: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
  return nil
}
