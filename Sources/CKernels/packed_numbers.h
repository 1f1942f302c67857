// Numbers of a few bits each, packed: the form that every arm has for what its own cannot read.
#ifndef KINDRED_PACKED_NUMBERS_H
#define KINDRED_PACKED_NUMBERS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// As `unpack_numbers`: each number is taken from eight bytes of the record that hold it.
static inline void kindred_unpack_numbers(const void *record, size_t size, size_t bits, size_t first, size_t count,
                                          uint32_t *out) {
  const uint32_t ones = UINT32_MAX >> (32 - bits);
  for (size_t i = 0; i < count; i++) {
    const size_t bit = (first + i) * bits;
    size_t offset = bit >> 3;
    if (offset > size - 8) offset = size - 8;
    uint64_t word;
    memcpy(&word, (const char *)record + offset, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    const uint32_t number = (uint32_t)(word >> (bit - 8 * offset)) & ones;
    out[i] = number == ones ? UINT32_MAX : number;
  }
}

#endif
