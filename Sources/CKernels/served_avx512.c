// The serving kernels for AVX-512: without more, with VNNI, and with BF16 too.
#if defined(__x86_64__)
#include "served_includes.h"

#define NAMED(x) served_avx512_##x
#define VECTOR_BYTES 64
#define TILE_ROWS 14
#define CODE_TILE_ROWS 10
#define PAIR_TILE_ROWS 10
#define QUERY_ROWS 8

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), \
    apply_to = function)

typedef __m512i NAMED(shorts);

static inline __attribute__((always_inline)) __m512i NAMED(widened)(const int8_t *x) {
  return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)x));
}

static inline __attribute__((always_inline)) int32_t __attribute__((vector_size(64)))
NAMED(pair_sums)(__m512i x, __m512i y) {
  typedef int32_t sixteen __attribute__((vector_size(64)));
  return (sixteen)_mm512_madd_epi16(x, y);
}

#include "served_kernels.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma"))), \
    apply_to = function)
#include "served_vnni.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma"))), \
    apply_to = function)
#include "served_bf16.h"
#pragma clang attribute pop

#define VNNI_PRODUCT {NAMED(vnni_size), NAMED(vnni_pack), NAMED(vnni_workspace), NAMED(vnni_linear)}
#define DOT_PRODUCT {NAMED(bf16_size), NAMED(bf16_pack), NAMED(dot_workspace), NAMED(dot_linear)}

const kindred_served_kernels kindred_served_avx512 = {
    "avx512", F32_PRODUCT, BF16_PRODUCT, I8_PRODUCT, NAMED(add_norm), NAMED(attention), NAMED(attention_workspace),
};
const kindred_served_kernels kindred_served_avx512vnni = {
    "avx512vnni",    F32_PRODUCT,      BF16_PRODUCT, VNNI_PRODUCT,
    NAMED(add_norm), NAMED(attention), NAMED(attention_workspace),
};
const kindred_served_kernels kindred_served_avx512bf16 = {
    "avx512bf16",    F32_PRODUCT,      DOT_PRODUCT, VNNI_PRODUCT,
    NAMED(add_norm), NAMED(attention), NAMED(attention_workspace),
};
#endif
