import CKernels
import Testing

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

  @Test func theLockKeepsOthersOut() async {
    let shared = Shared()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<20_000 {
            kindred_spin_lock(shared.lock)
            shared.plain[0] += 1
            shared.plain[1] -= 1
            kindred_spin_unlock(shared.lock)
          }
        }
      }
    }
    #expect(shared.plain[0] == 80_000)
    #expect(shared.plain[1] == -80_000)
    #expect(kindred_atomic_load_relaxed_u8(shared.lock) == 0)
  }

  @Test func aTakenLockIsNotTakenAgain() {
    var lock: UInt8 = 0
    #expect(kindred_spin_try_lock(&lock))
    #expect(!kindred_spin_try_lock(&lock))
    kindred_spin_unlock(&lock)
    #expect(kindred_spin_try_lock(&lock))
  }

  @Test func countersLoseNothing() async {
    let shared = Shared()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for turn in 0..<10_000 {
            if turn % 2 == 0 {
              _ = kindred_atomic_fetch_add_u32(shared.counter, 1)
            } else {
              var seen = kindred_atomic_load_acquire_u32(shared.counter)
              while !kindred_atomic_compare_exchange_u32(shared.counter, &seen, seen &+ 1) {}
            }
          }
        }
      }
    }
    #expect(kindred_atomic_load_relaxed_u32(shared.counter) == 40_000)
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
