// The portable arm: plain C, for processors without an arm of their own and as the one to compare with.
#include "half_conversion.h"
#include "kernel_arms.h"

// Eight sums side by side: strict floating point keeps a single sum from being vectorised.
#define LANES 8

#define PRODUCT(q, r) ((q) * (r))
#define SQUARED_DIFFERENCE(q, r) (((q) - (r)) * ((q) - (r)))

#define ROW_KERNEL(function, load, term)                                                     \
  KINDRED_INLINE float function(const float *query, const void *row, size_t dimension) {     \
    float sums[LANES] = {0};                                                                 \
    size_t i = 0;                                                                            \
    for (; i + LANES <= dimension; i += LANES) {                                             \
      for (size_t lane = 0; lane < LANES; lane++) {                                          \
        const float value = load(row, i + lane);                                             \
        sums[lane] += term(query[i + lane], value);                                          \
      }                                                                                      \
    }                                                                                        \
    for (size_t lane = 0; i < dimension; i++, lane++) {                                      \
      const float value = load(row, i);                                                      \
      sums[lane] += term(query[i], value);                                                   \
    }                                                                                        \
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])); \
  }

ROW_KERNEL(portable_dot_f32, kindred_row_f32, PRODUCT)
ROW_KERNEL(portable_l2_f32, kindred_row_f32, SQUARED_DIFFERENCE)
ROW_KERNEL(portable_dot_f16, kindred_row_f16, PRODUCT)
ROW_KERNEL(portable_l2_f16, kindred_row_f16, SQUARED_DIFFERENCE)

static void portable_f32_to_f16(const float *source, uint16_t *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = kindred_float_to_half(source[i]);
}

static void portable_f16_to_f32(const uint16_t *source, float *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = kindred_half_to_float(source[i]);
}

KINDRED_INLINE kindred_code_sums portable_code_sums(const int8_t *query, const void *row, size_t size,
                                                    int32_t code_sum, int needs_norm) {
  (void)code_sum;
  const int8_t *codes = row;
  kindred_code_sums sums = {0, 0};
  for (size_t i = 0; i < size; i++) {
    sums.product += (int32_t)query[i] * codes[i];
    if (needs_norm) sums.norm += (int32_t)codes[i] * codes[i];
  }
  return sums;
}

KINDRED_INLINE kindred_code_sums portable_nibble_row_sums(const int8_t *query, const void *row, size_t size,
                                                          int32_t code_sum, int needs_norm) {
  const uint8_t *bytes = row;
  int32_t product = 0, norm = 0;
  for (size_t i = 0; i < size / 2; i++) {
    const int8_t *q = query + i / 64 * 128 + i % 64;
    const int32_t low = bytes[i] & 15, high = bytes[i] >> 4;
    product += low * q[0] + high * q[64];
    if (needs_norm) norm += low * (low - 15) + high * (high - 15);
  }
  return kindred_nibble_sums(norm, product, size, code_sum);
}

KINDRED_BATCHES(portable, )
KINDRED_CODE_BATCHES(portable, )
KINDRED_TABLE(portable, portable, kindred_unpack_numbers, "portable")
