// The AVX-512 arms: 16 floats per instruction, masked tails; 64 codes per instruction where the processor has VNNI.
#if defined(__x86_64__)

#include <immintrin.h>

#include "kernel_arms.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")))

/// A mask of the first `count` lanes, 1 to 15.
AVX512 KINDRED_INLINE __mmask16 avx512_mask(size_t count) { return (__mmask16)((1u << count) - 1u); }

AVX512 KINDRED_INLINE __m512 avx512_load_f32(const void *row, size_t index) {
  return _mm512_loadu_ps((const float *)row + index);
}

AVX512 KINDRED_INLINE __m512 avx512_load_f16(const void *row, size_t index) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)((const char *)row + index * 2)));
}

AVX512 KINDRED_INLINE __m512 avx512_tail_f32(const void *row, size_t index, size_t count) {
  return _mm512_maskz_loadu_ps(avx512_mask(count), (const float *)row + index);
}

AVX512 KINDRED_INLINE __m512 avx512_tail_f16(const void *row, size_t index, size_t count) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(avx512_mask(count), (const char *)row + index * 2));
}

AVX512 KINDRED_INLINE __m512 avx512_add_product(__m512 sum, __m512 q, __m512 r) {
  return _mm512_fmadd_ps(q, r, sum);
}

AVX512 KINDRED_INLINE __m512 avx512_add_square(__m512 sum, __m512 q, __m512 r) {
  const __m512 difference = _mm512_sub_ps(q, r);
  return _mm512_fmadd_ps(difference, difference, sum);
}

#define ROW_KERNEL(function, load, tail, add)                                                     \
  KINDRED_ROW_KERNEL(function, AVX512, __m512, 16, _mm512_setzero_ps, avx512_load_f32, load, add, \
                     _mm512_add_ps, _mm512_reduce_add_ps,                                         \
                     if (i < dimension) b = add(b, avx512_tail_f32(query, i, dimension - i),      \
                                                tail(row, i, dimension - i));)

ROW_KERNEL(avx512_dot_f32, avx512_load_f32, avx512_tail_f32, avx512_add_product)
ROW_KERNEL(avx512_l2_f32, avx512_load_f32, avx512_tail_f32, avx512_add_square)
ROW_KERNEL(avx512_dot_f16, avx512_load_f16, avx512_tail_f16, avx512_add_product)
ROW_KERNEL(avx512_l2_f16, avx512_load_f16, avx512_tail_f16, avx512_add_square)

AVX512 static void avx512_f32_to_f16(const float *source, uint16_t *target, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i halves = _mm512_cvtps_ph(_mm512_loadu_ps(source + i), _MM_FROUND_TO_NEAREST_INT);
    _mm256_storeu_si256((__m256i *)(target + i), halves);
  }
  if (i < count) {
    const __m512 rest = avx512_tail_f32(source, i, count - i);
    const __m256i halves = _mm512_cvtps_ph(rest, _MM_FROUND_TO_NEAREST_INT);
    _mm256_mask_storeu_epi16(target + i, avx512_mask(count - i), halves);
  }
}

AVX512 static void avx512_f16_to_f32(const uint16_t *source, float *target, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) _mm512_storeu_ps(target + i, avx512_load_f16(source, i));
  if (i < count) {
    _mm512_mask_storeu_ps(target + i, avx512_mask(count - i), avx512_tail_f16(source, i, count - i));
  }
}

AVX512 KINDRED_INLINE kindred_code_sums avx512_code_sums(const int8_t *query, const void *row, size_t size,
                                                         int32_t code_sum, int needs_norm) {
  (void)code_sum;
  const int8_t *codes = row;
  __m512i product = _mm512_setzero_si512(), norm = product;
  for (size_t i = 0; i < size; i += 32) {
    const __m512i q = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(query + i)));
    const __m512i r = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(codes + i)));
    product = _mm512_add_epi32(product, _mm512_madd_epi16(q, r));
    if (needs_norm) norm = _mm512_add_epi32(norm, _mm512_madd_epi16(r, r));
  }
  return (kindred_code_sums){needs_norm ? _mm512_reduce_add_epi32(norm) : 0, _mm512_reduce_add_epi32(product)};
}

/// Adds the products of unsigned bytes below 16 with signed ones, which do not saturate.
AVX512 KINDRED_INLINE __m512i avx512_add_nibble_products(__m512i sum, __m512i u, __m512i q) {
  return _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(u, q), _mm512_set1_epi16(1)));
}

AVX512 KINDRED_INLINE kindred_code_sums avx512_nibble_row_sums(const int8_t *query, const void *row, size_t size,
                                                               int32_t code_sum, int needs_norm) {
  const __m512i mask = _mm512_set1_epi8(15);
  __m512i product = _mm512_setzero_si512(), norm = product;
  for (size_t i = 0; i < size / 2; i += 64) {
    const __m512i bytes = _mm512_loadu_si512((const uint8_t *)row + i);
    const __m512i low = _mm512_and_si512(bytes, mask), high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), mask);
    product = avx512_add_nibble_products(product, low, _mm512_loadu_si512(query + 2 * i));
    product = avx512_add_nibble_products(product, high, _mm512_loadu_si512(query + 2 * i + 64));
    if (needs_norm) {
      norm = avx512_add_nibble_products(norm, low, _mm512_sub_epi8(low, mask));
      norm = avx512_add_nibble_products(norm, high, _mm512_sub_epi8(high, mask));
    }
  }
  return kindred_nibble_sums(_mm512_reduce_add_epi32(norm), _mm512_reduce_add_epi32(product), size, code_sum);
}

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")))

VNNI KINDRED_INLINE __m256i avx512_fold_i32(__m512i a) {
  return _mm256_add_epi32(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
}

/// The sums of four registers, side by side: a third of the work of summing each alone.
VNNI KINDRED_INLINE __m128i avx512_sums_of_4(const __m512i *a) {
  const __m256i first = _mm256_hadd_epi32(avx512_fold_i32(a[0]), avx512_fold_i32(a[1]));
  const __m256i second = _mm256_hadd_epi32(avx512_fold_i32(a[2]), avx512_fold_i32(a[3]));
  const __m256i pairs = _mm256_hadd_epi32(first, second);
  return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

/// The sums of one row of `row_size` bytes, spread over a register each. VNNI multiplies unsigned by signed bytes: a
/// row of 8 bits goes in with 128 added (its top bits turned), which the query's sum takes off again; for the norm both
/// factors are magnitudes. A row of 4 bits is unsigned as it is.
VNNI KINDRED_INLINE void avx512vnni_row(
    const int8_t *codes, const int8_t *row, size_t row_size, int bits, int needs_norm,
    __m512i *product, __m512i *norm) {
  const __m512i top = _mm512_set1_epi8((char)0x80), mask = _mm512_set1_epi8(15);
  __m512i product_sum = _mm512_setzero_si512(), norm_sum = product_sum;
  for (size_t k = 0; k < row_size; k += 64) {
    const __m512i r = _mm512_loadu_si512(row + k);
    if (bits == 8) {
      product_sum = _mm512_dpbusd_epi32(product_sum, _mm512_xor_si512(r, top), _mm512_loadu_si512(codes + k));
      if (needs_norm) {
        const __m512i magnitude = _mm512_abs_epi8(r);
        norm_sum = _mm512_dpbusd_epi32(norm_sum, magnitude, magnitude);
      }
    } else {
      const __m512i low = _mm512_and_si512(r, mask), high = _mm512_and_si512(_mm512_srli_epi16(r, 4), mask);
      product_sum = _mm512_dpbusd_epi32(product_sum, low, _mm512_loadu_si512(codes + 2 * k));
      product_sum = _mm512_dpbusd_epi32(product_sum, high, _mm512_loadu_si512(codes + 2 * k + 64));
      if (needs_norm) {
        norm_sum = _mm512_dpbusd_epi32(norm_sum, low, _mm512_sub_epi8(low, mask));
        norm_sum = _mm512_dpbusd_epi32(norm_sum, high, _mm512_sub_epi8(high, mask));
      }
    }
  }
  *product = product_sum;
  *norm = norm_sum;
}

/// Four rows at a time.
VNNI KINDRED_INLINE void avx512vnni_code_batch(const void *query, const void *const *rows, size_t count,
                                               size_t dimension, float *out, int bits, int needs_norm) {
  const kindred_code_query head = *(const kindred_code_query *)query;
  const int8_t *codes = kindred_query_codes(query);
  const size_t row_size = kindred_code_row_size(dimension, (size_t)bits);
  const __m128i bias = _mm_set1_epi32((bits == 8 ? 128 : 15) * head.code_sum);
  const __m128i norm_bias = _mm_set1_epi32(225 * 2 * (int32_t)row_size);
  const __m128 base = _mm_set1_ps(head.base), factor = _mm_set1_ps(head.factor);
  const __m128 row_factor = _mm_set1_ps(head.row_factor);
  const size_t ahead = count < KINDRED_CODE_ROWS_AHEAD ? count : KINDRED_CODE_ROWS_AHEAD;
  for (size_t i = 0; i < ahead; i++) kindred_prefetch_row(rows[i], row_size);
  for (size_t i = 0; i < count; i += 4) {
    const size_t next = i + KINDRED_CODE_ROWS_AHEAD;
    for (size_t j = next; j < next + 4 && j < count; j++) kindred_prefetch_row(rows[j], row_size);
    const size_t taken = count - i < 4 ? count - i : 4;
    __m512i product[4], norm[4];
    for (size_t lane = 0; lane < 4; lane++) {
      // The last rows stand in for those that are not there.
      const int8_t *row = rows[i + (lane < taken ? lane : taken - 1)];
      avx512vnni_row(codes, row, row_size, bits, needs_norm, &product[lane], &norm[lane]);
    }
    __m128i products = avx512_sums_of_4(product);
    if (bits == 4) products = _mm_slli_epi32(products, 1);
    products = _mm_sub_epi32(products, bias);
    __m128 distance = _mm_sub_ps(base, _mm_mul_ps(factor, _mm_cvtepi32_ps(products)));
    if (needs_norm) {
      __m128i norms = avx512_sums_of_4(norm);
      if (bits == 4) norms = _mm_add_epi32(_mm_slli_epi32(norms, 2), norm_bias);
      const __m128 row_norms = _mm_mul_ps(row_factor, _mm_cvtepi32_ps(norms));
      distance = _mm_add_ps(distance, row_norms);
      if (head.bound > 0) {
        const __m128 rest = _mm_max_ps(_mm_sub_ps(_mm_set1_ps(head.bound), row_norms), _mm_setzero_ps());
        const __m128 difference = _mm_sub_ps(_mm_set1_ps(head.height), _mm_sqrt_ps(rest));
        distance = _mm_add_ps(distance, _mm_mul_ps(difference, difference));
      }
    }
    _mm_mask_storeu_ps(out + i, (__mmask8)((1u << taken) - 1u), distance);
  }
}

#define VNNI_BATCH(function, bits, needs_norm)                                                                  \
  VNNI static void function(const void *query, const void *const *rows, size_t count, size_t dimension,        \
                            float *out) {                                                                       \
    avx512vnni_code_batch(query, rows, count, dimension, out, bits, needs_norm);                                \
  }

VNNI_BATCH(avx512vnni_inner_product_i8, 8, 0)
VNNI_BATCH(avx512vnni_squared_l2_i8, 8, 1)
VNNI_BATCH(avx512vnni_inner_product_i4, 4, 0)
VNNI_BATCH(avx512vnni_squared_l2_i4, 4, 1)

KINDRED_BATCHES(avx512, AVX512)
KINDRED_CODE_BATCHES(avx512, AVX512)
KINDRED_TABLE(avx512, avx512, kindred_unpack_numbers_avx2, "avx512")
KINDRED_TABLE(avx512, avx512vnni, kindred_unpack_numbers_avx2, "avx512vnni")

#endif
