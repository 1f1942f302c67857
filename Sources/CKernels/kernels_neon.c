// The NEON arm: what every 64-bit ARM processor has, half conversion included.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "half_conversion.h"
#include "kernel_arms.h"

KINDRED_INLINE float32x4_t neon_load_f32(const void *row, size_t index) {
  return vld1q_f32((const float *)row + index);
}

KINDRED_INLINE float32x4_t neon_load_f16(const void *row, size_t index) {
  return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)row + index)));
}

KINDRED_INLINE float32x4_t neon_add_product(float32x4_t sum, float32x4_t q, float32x4_t r) {
  return vfmaq_f32(sum, q, r);
}

KINDRED_INLINE float32x4_t neon_add_square(float32x4_t sum, float32x4_t q, float32x4_t r) {
  const float32x4_t difference = vsubq_f32(q, r);
  return vfmaq_f32(sum, difference, difference);
}

#define PRODUCT(q, r) ((q) * (r))
#define SQUARED_DIFFERENCE(q, r) (((q) - (r)) * ((q) - (r)))

#define ROW_KERNEL(function, load, scalar, add, term)                                       \
  KINDRED_INLINE float function(const float *query, const void *row, size_t dimension) {    \
    float32x4_t a = vdupq_n_f32(0), b = a, c = a, d = a;                                    \
    size_t i = 0;                                                                           \
    for (; i + 16 <= dimension; i += 16) {                                                  \
      a = add(a, vld1q_f32(query + i), load(row, i));                                       \
      b = add(b, vld1q_f32(query + i + 4), load(row, i + 4));                               \
      c = add(c, vld1q_f32(query + i + 8), load(row, i + 8));                               \
      d = add(d, vld1q_f32(query + i + 12), load(row, i + 12));                             \
    }                                                                                       \
    for (; i + 4 <= dimension; i += 4) a = add(a, vld1q_f32(query + i), load(row, i));      \
    float sum = vaddvq_f32(vaddq_f32(vaddq_f32(a, b), vaddq_f32(c, d)));                    \
    for (; i < dimension; i++) {                                                            \
      const float value = scalar(row, i);                                                   \
      sum += term(query[i], value);                                                         \
    }                                                                                       \
    return sum;                                                                             \
  }

ROW_KERNEL(neon_dot_f32, neon_load_f32, kindred_row_f32, neon_add_product, PRODUCT)
ROW_KERNEL(neon_l2_f32, neon_load_f32, kindred_row_f32, neon_add_square, SQUARED_DIFFERENCE)
ROW_KERNEL(neon_dot_f16, neon_load_f16, kindred_row_f16, neon_add_product, PRODUCT)
ROW_KERNEL(neon_l2_f16, neon_load_f16, kindred_row_f16, neon_add_square, SQUARED_DIFFERENCE)

static void neon_f32_to_f16(const float *source, uint16_t *target, size_t count) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    vst1_u16(target + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(source + i))));
  }
  for (; i < count; i++) target[i] = kindred_float_to_half(source[i]);
}

static void neon_f16_to_f32(const uint16_t *source, float *target, size_t count) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) vst1q_f32(target + i, neon_load_f16(source, i));
  for (; i < count; i++) target[i] = kindred_half_to_float(source[i]);
}

KINDRED_INLINE int32x4_t neon_add_code_products(int32x4_t sum, int8x16_t a, int8x16_t b) {
  sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
  return vpadalq_s16(sum, vmull_s8(vget_high_s8(a), vget_high_s8(b)));
}

KINDRED_INLINE kindred_code_sums neon_code_sums(const int8_t *query, const void *row, size_t size,
                                                int32_t code_sum, int needs_norm) {
  (void)code_sum;
  const int8_t *codes = row;
  int32x4_t product = vdupq_n_s32(0), norm = product;
  for (size_t i = 0; i < size; i += 16) {
    const int8x16_t r = vld1q_s8(codes + i);
    product = neon_add_code_products(product, vld1q_s8(query + i), r);
    if (needs_norm) norm = neon_add_code_products(norm, r, r);
  }
  return (kindred_code_sums){vaddvq_s32(norm), vaddvq_s32(product)};
}

KINDRED_INLINE kindred_code_sums neon_nibble_row_sums(const int8_t *query, const void *row, size_t size,
                                                      int32_t code_sum, int needs_norm) {
  const int8x16_t fifteen = vdupq_n_s8(15);
  int32x4_t product = vdupq_n_s32(0), norm = product;
  for (size_t i = 0; i < size / 2; i += 16) {
    const int8_t *q = query + i / 64 * 128 + i % 64;
    const uint8x16_t bytes = vld1q_u8((const uint8_t *)row + i);
    const int8x16_t low = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
    const int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
    product = neon_add_code_products(product, low, vld1q_s8(q));
    product = neon_add_code_products(product, high, vld1q_s8(q + 64));
    if (needs_norm) {
      norm = neon_add_code_products(norm, low, vsubq_s8(low, fifteen));
      norm = neon_add_code_products(norm, high, vsubq_s8(high, fifteen));
    }
  }
  return kindred_nibble_sums(vaddvq_s32(norm), vaddvq_s32(product), size, code_sum);
}

KINDRED_BATCHES(neon, )
KINDRED_CODE_BATCHES(neon, )
KINDRED_TABLE(neon, neon, kindred_unpack_numbers, "neon")

#endif
