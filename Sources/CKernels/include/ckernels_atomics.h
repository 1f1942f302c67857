// The atomic operation that the first-touch bits need: Swift has no atomics on raw pointers into large arrays.
#ifndef KINDRED_CKERNELS_ATOMICS_H
#define KINDRED_CKERNELS_ATOMICS_H

#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Sets bits and returns the value from before. Relaxed: the bits guard nothing but themselves.
static inline uint32_t kindred_atomic_fetch_or_u32(uint32_t *value, uint32_t bits) {
  return __atomic_fetch_or(value, bits, __ATOMIC_RELAXED);
}

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
