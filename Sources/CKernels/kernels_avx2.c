// The AVX2 arm: 8 floats per instruction, fused multiply-add, hardware half conversion.
#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "kernel_arms.h"

#define AVX2 __attribute__((target("avx2,fma,f16c")))

AVX2 KINDRED_INLINE float avx2_sum(__m256 a) {
  const __m128 quad = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  const __m128 pair = _mm_add_ps(quad, _mm_movehl_ps(quad, quad));
  return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
}

/// A mask of the first `count` lanes, 0 to 8.
AVX2 KINDRED_INLINE __m256i avx2_mask(size_t count) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lanes);
}

AVX2 KINDRED_INLINE __m256 avx2_load_f32(const void *row, size_t index) {
  return _mm256_loadu_ps((const float *)row + index);
}

AVX2 KINDRED_INLINE __m256 avx2_load_f16(const void *row, size_t index) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)((const char *)row + index * 2)));
}

AVX2 KINDRED_INLINE __m256 avx2_tail_f32(const void *row, size_t index, size_t count) {
  return _mm256_maskload_ps((const float *)row + index, avx2_mask(count));
}

// There is no masked load of 16-bit lanes before AVX-512: go through a copy.
AVX2 KINDRED_INLINE __m256 avx2_tail_f16(const void *row, size_t index, size_t count) {
  uint16_t halves[8] = {0};
  for (size_t i = 0; i < count; i++) memcpy(&halves[i], (const char *)row + (index + i) * 2, 2);
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)halves));
}

AVX2 KINDRED_INLINE __m256 avx2_add_product(__m256 sum, __m256 q, __m256 r) {
  return _mm256_fmadd_ps(q, r, sum);
}

AVX2 KINDRED_INLINE __m256 avx2_add_square(__m256 sum, __m256 q, __m256 r) {
  const __m256 difference = _mm256_sub_ps(q, r);
  return _mm256_fmadd_ps(difference, difference, sum);
}

#define ROW_KERNEL(function, load, tail, add)                                                     \
  KINDRED_ROW_KERNEL(function, AVX2, __m256, 8, _mm256_setzero_ps, avx2_load_f32, load, add,      \
                     _mm256_add_ps, avx2_sum,                                                     \
                     if (i < dimension) b = add(b, avx2_tail_f32(query, i, dimension - i),        \
                                                tail(row, i, dimension - i));)

ROW_KERNEL(avx2_dot_f32, avx2_load_f32, avx2_tail_f32, avx2_add_product)
ROW_KERNEL(avx2_l2_f32, avx2_load_f32, avx2_tail_f32, avx2_add_square)
ROW_KERNEL(avx2_dot_f16, avx2_load_f16, avx2_tail_f16, avx2_add_product)
ROW_KERNEL(avx2_l2_f16, avx2_load_f16, avx2_tail_f16, avx2_add_square)

AVX2 static void avx2_f32_to_f16(const float *source, uint16_t *target, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(source + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128((__m128i *)(target + i), halves);
  }
  if (i < count) {
    uint16_t halves[8];
    const __m256 rest = avx2_tail_f32(source, i, count - i);
    _mm_storeu_si128((__m128i *)halves, _mm256_cvtps_ph(rest, _MM_FROUND_TO_NEAREST_INT));
    memcpy(target + i, halves, (count - i) * sizeof *halves);
  }
}

AVX2 static void avx2_f16_to_f32(const uint16_t *source, float *target, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) _mm256_storeu_ps(target + i, avx2_load_f16(source, i));
  if (i < count) {
    _mm256_maskstore_ps(target + i, avx2_mask(count - i), avx2_tail_f16(source, i, count - i));
  }
}

AVX2 KINDRED_INLINE int32_t avx2_sum_i32(__m256i a) {
  const __m128i quad = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  const __m128i pairs = _mm_add_epi32(quad, _mm_shuffle_epi32(quad, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(pairs, _mm_shuffle_epi32(pairs, 0xB1)));
}

/// Through 16 bits: the products of unsigned and signed bytes that AVX2 has would saturate.
AVX2 KINDRED_INLINE kindred_code_sums avx2_code_sums(const int8_t *query, const void *row, size_t size,
                                                     int32_t code_sum, int needs_norm) {
  (void)code_sum;
  const int8_t *codes = row;
  __m256i product = _mm256_setzero_si256(), norm = product;
  for (size_t i = 0; i < size; i += 16) {
    const __m256i q = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + i)));
    const __m256i r = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(codes + i)));
    product = _mm256_add_epi32(product, _mm256_madd_epi16(q, r));
    if (needs_norm) norm = _mm256_add_epi32(norm, _mm256_madd_epi16(r, r));
  }
  return (kindred_code_sums){avx2_sum_i32(norm), avx2_sum_i32(product)};
}

/// Adds the products of unsigned bytes below 16 with signed ones, which do not saturate.
AVX2 KINDRED_INLINE __m256i avx2_add_nibble_products(__m256i sum, __m256i u, __m256i q) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(u, q), _mm256_set1_epi16(1)));
}

AVX2 KINDRED_INLINE kindred_code_sums avx2_nibble_row_sums(const int8_t *query, const void *row, size_t size,
                                                           int32_t code_sum, int needs_norm) {
  const __m256i mask = _mm256_set1_epi8(15);
  __m256i product = _mm256_setzero_si256(), norm = product;
  for (size_t i = 0; i < size / 2; i += 32) {
    const int8_t *q = query + i / 64 * 128 + i % 64;
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)((const uint8_t *)row + i));
    const __m256i low = _mm256_and_si256(bytes, mask), high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), mask);
    product = avx2_add_nibble_products(product, low, _mm256_loadu_si256((const __m256i *)q));
    product = avx2_add_nibble_products(product, high, _mm256_loadu_si256((const __m256i *)(q + 64)));
    if (needs_norm) {
      norm = avx2_add_nibble_products(norm, low, _mm256_sub_epi8(low, mask));
      norm = avx2_add_nibble_products(norm, high, _mm256_sub_epi8(high, mask));
    }
  }
  return kindred_nibble_sums(avx2_sum_i32(norm), avx2_sum_i32(product), size, code_sum);
}

/// The bytes of 16 from which each of four numbers is taken, and how far up in its first byte it begins; the numbers
/// begin `skew` bits into the 16 bytes.
AVX2 KINDRED_INLINE __m256i avx2_number_bits(size_t bits, size_t skew) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3);
  const __m256i start = _mm256_inserti128_si256(_mm256_setzero_si256(), _mm_set1_epi32((int)skew), 1);
  return _mm256_add_epi32(_mm256_mullo_epi32(lanes, _mm256_set1_epi32((int)bits)), start);
}

/// As `unpack_numbers`: eight at once, four from each of two loads. Eight numbers fill whole bytes, so that all eights
/// are alike; a number of up to 25 bits lies in four bytes.
AVX2 void kindred_unpack_numbers_avx2(const void *record, size_t size, size_t bits, size_t first, size_t count,
                                      uint32_t *out) {
  size_t done = 0;
  if (bits <= 25 && size >= 16 && first * bits % 8 == 0) {
    const size_t half = 4 * bits / 8;
    const __m256i places = avx2_number_bits(bits, 4 * bits % 8);
    const __m256i shifts = _mm256_and_si256(places, _mm256_set1_epi32(7));
    const __m256i bytes = _mm256_add_epi32(
        _mm256_mullo_epi32(_mm256_srli_epi32(places, 3), _mm256_set1_epi32(0x01010101)), _mm256_set1_epi32(0x03020100));
    const __m256i ones = _mm256_set1_epi32((int)(UINT32_MAX >> (32 - bits)));
    const char *base = record;
    for (; done + 8 <= count; done += 8) {
      const size_t low = (first + done) * bits / 8, high = low + half;
      // Near the record's end the load begins earlier; bytes beyond its end are no number's own.
      const size_t low_from = low + 16 <= size ? low : size - 16, high_from = high + 16 <= size ? high : size - 16;
      const __m256i loaded =
          _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(base + low_from))),
                                  _mm_loadu_si128((const __m128i *)(base + high_from)), 1);
      const __m256i moved = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_set1_epi8((char)(low - low_from))),
                                                    _mm_set1_epi8((char)(high - high_from)), 1);
      const __m256i picked = _mm256_shuffle_epi8(loaded, _mm256_add_epi8(bytes, moved));
      const __m256i numbers = _mm256_and_si256(_mm256_srlv_epi32(picked, shifts), ones);
      _mm256_storeu_si256((__m256i *)(out + done), _mm256_or_si256(numbers, _mm256_cmpeq_epi32(numbers, ones)));
    }
  }
  kindred_unpack_numbers(record, size, bits, first + done, count - done, out + done);
}

KINDRED_BATCHES(avx2, AVX2)
KINDRED_CODE_BATCHES(avx2, AVX2)
KINDRED_TABLE(avx2, avx2, kindred_unpack_numbers_avx2, "avx2")

#endif
