// Atomic operations on plain memory, and a lock of one byte. Swift has no atomics on raw pointers into
// large arrays, which is what one lock per graph node needs.
#ifndef KINDRED_CKERNELS_ATOMICS_H
#define KINDRED_CKERNELS_ATOMICS_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Adds `amount` and returns the value from before. Relaxed: for counters and work distribution.
static inline uint32_t kindred_atomic_fetch_add_u32(uint32_t *value, uint32_t amount) {
  return __atomic_fetch_add(value, amount, __ATOMIC_RELAXED);
}

/// Adds `amount` and returns the value from before. Relaxed.
static inline uint64_t kindred_atomic_fetch_add_u64(uint64_t *value, uint64_t amount) {
  return __atomic_fetch_add(value, amount, __ATOMIC_RELAXED);
}

/// Sets bits and returns the value from before. Relaxed: the bits guard nothing but themselves.
static inline uint32_t kindred_atomic_fetch_or_u32(uint32_t *value, uint32_t bits) {
  return __atomic_fetch_or(value, bits, __ATOMIC_RELAXED);
}

static inline uint32_t kindred_atomic_load_relaxed_u32(const uint32_t *value) {
  return __atomic_load_n(value, __ATOMIC_RELAXED);
}

static inline uint32_t kindred_atomic_load_acquire_u32(const uint32_t *value) {
  return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

static inline void kindred_atomic_store_relaxed_u32(uint32_t *value, uint32_t desired) {
  __atomic_store_n(value, desired, __ATOMIC_RELAXED);
}

static inline void kindred_atomic_store_release_u32(uint32_t *value, uint32_t desired) {
  __atomic_store_n(value, desired, __ATOMIC_RELEASE);
}

/// Stores `desired` if the value is `*expected` and returns true; otherwise puts the value found into
/// `*expected` and returns false. Acquire and release on success, acquire on failure; never fails
/// spuriously.
static inline bool kindred_atomic_compare_exchange_u32(uint32_t *value, uint32_t *expected,
                                                       uint32_t desired) {
  return __atomic_compare_exchange_n(value, expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static inline uint8_t kindred_atomic_load_relaxed_u8(const uint8_t *value) {
  return __atomic_load_n(value, __ATOMIC_RELAXED);
}

static inline void kindred_atomic_store_relaxed_u8(uint8_t *value, uint8_t desired) {
  __atomic_store_n(value, desired, __ATOMIC_RELAXED);
}

/// Tells the processor that this is a waiting loop.
static inline void kindred_spin_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/// Takes the lock if it is free. 0 is free, 1 is taken; a zeroed array is an array of free locks.
static inline bool kindred_spin_try_lock(uint8_t *lock) {
  return __atomic_exchange_n(lock, (uint8_t)1, __ATOMIC_ACQUIRE) == 0;
}

/// Takes the lock, waiting for it. For sections of some dozen nanoseconds; after a while the waiting
/// thread gives up its time slice, since on few cores the owner may be the one that is not running.
static inline void kindred_spin_lock(uint8_t *lock) {
  unsigned spins = 0;
  while (!kindred_spin_try_lock(lock)) {
    // Wait on a plain load, which leaves the line shared, instead of on the exchange.
    while (__atomic_load_n(lock, __ATOMIC_RELAXED) != 0) {
      if (++spins < 64) {
        kindred_spin_pause();
      } else {
        spins = 0;
        sched_yield();
      }
    }
  }
}

/// Releases a lock that this thread holds.
static inline void kindred_spin_unlock(uint8_t *lock) { __atomic_store_n(lock, (uint8_t)0, __ATOMIC_RELEASE); }

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
