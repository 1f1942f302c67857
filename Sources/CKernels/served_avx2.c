// The serving kernels for AVX2.
#if defined(__x86_64__)
#include "served_includes.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAMED(x) served_avx2_##x
#define VECTOR_BYTES 32
#define TILE_ROWS 6
#define CODE_TILE_ROWS 6
#define PAIR_TILE_ROWS 4
#define QUERY_ROWS 4

typedef __m256i NAMED(shorts);

static inline __attribute__((always_inline)) __m256i NAMED(widened)(const int8_t *x) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)x));
}

static inline __attribute__((always_inline)) int32_t __attribute__((vector_size(32)))
NAMED(pair_sums)(__m256i x, __m256i y) {
  typedef int32_t eight __attribute__((vector_size(32)));
  return (eight)_mm256_madd_epi16(x, y);
}

#include "served_kernels.h"

const kindred_served_kernels kindred_served_avx2 = {
    "avx2", F32_PRODUCT, BF16_PRODUCT, I8_PRODUCT, NAMED(add_norm), NAMED(attention), NAMED(attention_workspace),
};
#pragma clang attribute pop
#endif
