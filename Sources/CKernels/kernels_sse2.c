// The SSE2 arm: what every x86-64 processor has.
#if defined(__x86_64__)

#include <emmintrin.h>

#include "half_conversion.h"
#include "kernel_arms.h"

KINDRED_INLINE float sse2_sum(__m128 a) {
  const __m128 pairs = _mm_add_ps(a, _mm_movehl_ps(a, a));
  return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_shuffle_ps(pairs, pairs, 1)));
}

/// Four floats at `index` of the row.
KINDRED_INLINE __m128 sse2_load_f32(const void *row, size_t index) {
  return _mm_loadu_ps((const float *)row + index);
}

/// Four halves at `index` of the row, as floats.
KINDRED_INLINE __m128 sse2_load_f16(const void *row, size_t index) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i halves =
      _mm_unpacklo_epi16(_mm_loadl_epi64((const __m128i *)((const char *)row + index * 2)), zero);
  const __m128i sign = _mm_slli_epi32(_mm_and_si128(halves, _mm_set1_epi32(0x8000)), 16);
  const __m128i magnitude = _mm_and_si128(halves, _mm_set1_epi32(0x7fff));
  // The bits moved into place are the value times 2^-112, for subnormal halves too; scale it back.
  const __m128 scale = _mm_castsi128_ps(_mm_set1_epi32(239 << 23));
  const __m128i finite =
      _mm_castps_si128(_mm_mul_ps(_mm_castsi128_ps(_mm_slli_epi32(magnitude, 13)), scale));
  // Infinity and NaN came out as 65536 and up; give them the exponent of all ones, and quiet NaN.
  const __m128i special = _mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x7bff));
  const __m128i nan = _mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x7c00));
  const __m128i repair = _mm_or_si128(_mm_and_si128(special, _mm_set1_epi32(0x7f800000)),
                                      _mm_and_si128(nan, _mm_set1_epi32(0x400000)));
  return _mm_castsi128_ps(_mm_or_si128(_mm_or_si128(finite, repair), sign));
}

KINDRED_INLINE __m128 sse2_add_product(__m128 sum, __m128 q, __m128 r) {
  return _mm_add_ps(sum, _mm_mul_ps(q, r));
}

KINDRED_INLINE __m128 sse2_add_square(__m128 sum, __m128 q, __m128 r) {
  const __m128 difference = _mm_sub_ps(q, r);
  return _mm_add_ps(sum, _mm_mul_ps(difference, difference));
}

#define ROW_KERNEL(function, load, scalar, add)                                                   \
  KINDRED_ROW_KERNEL(function, , __m128, 4, _mm_setzero_ps, sse2_load_f32, load, add, _mm_add_ps, \
                     sse2_sum,                                                                    \
                     for (; i < dimension; i++)                                                   \
                         b = add(b, _mm_set_ss(query[i]), _mm_set_ss(scalar(row, i)));)

ROW_KERNEL(sse2_dot_f32, sse2_load_f32, kindred_row_f32, sse2_add_product)
ROW_KERNEL(sse2_l2_f32, sse2_load_f32, kindred_row_f32, sse2_add_square)
ROW_KERNEL(sse2_dot_f16, sse2_load_f16, kindred_row_f16, sse2_add_product)
ROW_KERNEL(sse2_l2_f16, sse2_load_f16, kindred_row_f16, sse2_add_square)

static void sse2_f32_to_f16(const float *source, uint16_t *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = kindred_float_to_half(source[i]);
}

static void sse2_f16_to_f32(const uint16_t *source, float *target, size_t count) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) _mm_storeu_ps(target + i, sse2_load_f16(source, i));
  for (; i < count; i++) target[i] = kindred_half_to_float(source[i]);
}

KINDRED_INLINE int32_t sse2_sum_i32(__m128i a) {
  const __m128i pairs = _mm_add_epi32(a, _mm_shuffle_epi32(a, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(pairs, _mm_shuffle_epi32(pairs, 0xB1)));
}

KINDRED_INLINE kindred_code_sums sse2_code_sums(const int8_t *query, const void *row, size_t size,
                                                int32_t code_sum, int needs_norm) {
  (void)code_sum;
  const int8_t *codes = row;
  __m128i product = _mm_setzero_si128(), norm = product;
  for (size_t i = 0; i < size; i += 16) {
    const __m128i q = _mm_loadu_si128((const __m128i *)(query + i));
    const __m128i r = _mm_loadu_si128((const __m128i *)(codes + i));
    // Each byte doubled into 16 bits, then shifted down with its sign.
    const __m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(r, r), 8);
    const __m128i high = _mm_srai_epi16(_mm_unpackhi_epi8(r, r), 8);
    product = _mm_add_epi32(product, _mm_madd_epi16(_mm_srai_epi16(_mm_unpacklo_epi8(q, q), 8), low));
    product = _mm_add_epi32(product, _mm_madd_epi16(_mm_srai_epi16(_mm_unpackhi_epi8(q, q), 8), high));
    if (needs_norm) {
      norm = _mm_add_epi32(norm, _mm_add_epi32(_mm_madd_epi16(low, low), _mm_madd_epi16(high, high)));
    }
  }
  return (kindred_code_sums){sse2_sum_i32(norm), sse2_sum_i32(product)};
}

/// Adds the products of unsigned bytes below 16 with signed ones.
KINDRED_INLINE __m128i sse2_add_nibble_products(__m128i sum, __m128i u, __m128i q) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i low = _mm_srai_epi16(_mm_unpacklo_epi8(q, q), 8), high = _mm_srai_epi16(_mm_unpackhi_epi8(q, q), 8);
  sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpacklo_epi8(u, zero), low));
  return _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpackhi_epi8(u, zero), high));
}

KINDRED_INLINE kindred_code_sums sse2_nibble_row_sums(const int8_t *query, const void *row, size_t size,
                                                      int32_t code_sum, int needs_norm) {
  const __m128i mask = _mm_set1_epi8(15);
  __m128i product = _mm_setzero_si128(), norm = product;
  for (size_t i = 0; i < size / 2; i += 16) {
    const int8_t *q = query + i / 64 * 128 + i % 64;
    const __m128i bytes = _mm_loadu_si128((const __m128i *)((const uint8_t *)row + i));
    const __m128i low = _mm_and_si128(bytes, mask), high = _mm_and_si128(_mm_srli_epi16(bytes, 4), mask);
    product = sse2_add_nibble_products(product, low, _mm_loadu_si128((const __m128i *)q));
    product = sse2_add_nibble_products(product, high, _mm_loadu_si128((const __m128i *)(q + 64)));
    if (needs_norm) {
      norm = sse2_add_nibble_products(norm, low, _mm_sub_epi8(low, mask));
      norm = sse2_add_nibble_products(norm, high, _mm_sub_epi8(high, mask));
    }
  }
  return kindred_nibble_sums(sse2_sum_i32(norm), sse2_sum_i32(product), size, code_sum);
}

KINDRED_BATCHES(sse2, )
KINDRED_CODE_BATCHES(sse2, )
KINDRED_TABLE(sse2, sse2, kindred_unpack_numbers, "sse2")

#endif
