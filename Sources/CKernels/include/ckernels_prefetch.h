// Prefetch hints: they never fault, so any address is allowed.
#ifndef KINDRED_CKERNELS_PREFETCH_H
#define KINDRED_CKERNELS_PREFETCH_H

#include <stddef.h>

/// Bytes per cache line that the kernels assume. (Apple's cores have 128; half of these hints are then
/// redundant, which costs less than missing lines elsewhere.)
#define KINDRED_LINE_SIZE 64

/// Asks for every line of the `size` bytes at `row`, into the second-level cache: many rows may be under
/// way at once there, while the first level has few places for misses (measured at `KINDRED_ROWS_AHEAD`).
static inline void kindred_prefetch_row(const void *row, size_t size) {
  const char *end = (const char *)row + size;
  const char *line = (const char *)((uintptr_t)row & ~(uintptr_t)(KINDRED_LINE_SIZE - 1));
  for (; line < end; line += KINDRED_LINE_SIZE) __builtin_prefetch(line, 0, 2);
}

#endif
