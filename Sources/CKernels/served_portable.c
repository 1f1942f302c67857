// The serving kernels for any processor, and the choice among the arms.
#include "served_includes.h"

#define NAMED(x) served_portable_##x
#define VECTOR_BYTES 16
#define TILE_ROWS 6
#define CODE_TILE_ROWS 6
#define PAIR_TILE_ROWS 4
#define QUERY_ROWS 4

typedef int16_t NAMED(shorts) __attribute__((vector_size(16), aligned(2), may_alias));
typedef int8_t NAMED(octets) __attribute__((vector_size(8), aligned(1), may_alias));

static inline __attribute__((always_inline)) NAMED(shorts) NAMED(widened)(const int8_t *x) {
  return __builtin_convertvector(*(const NAMED(octets) *)x, NAMED(shorts));
}

/// x[2 i] y[2 i] + x[2 i + 1] y[2 i + 1]
static inline __attribute__((always_inline)) int32_t __attribute__((vector_size(16)))
NAMED(pair_sums)(NAMED(shorts) x, NAMED(shorts) y) {
  typedef int32_t four __attribute__((vector_size(16)));
  typedef int16_t half __attribute__((vector_size(8)));
#define PART(v, a, b, c, d) __builtin_convertvector((half)__builtin_shufflevector(v, v, a, b, c, d), four)
  return PART(x, 0, 2, 4, 6) * PART(y, 0, 2, 4, 6) + PART(x, 1, 3, 5, 7) * PART(y, 1, 3, 5, 7);
#undef PART
}

#include "served_kernels.h"

const kindred_served_kernels kindred_served_portable = {
    "portable", F32_PRODUCT, BF16_PRODUCT, I8_PRODUCT, NAMED(add_norm), NAMED(attention), NAMED(attention_workspace),
};

#if defined(__x86_64__)
static int has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

static int has_avx512vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }

static int has_avx512bf16(void) { return has_avx512vnni() && __builtin_cpu_supports("avx512bf16"); }
#endif

const kindred_served_kernels *kindred_served_named(const char *name) {
#if defined(__x86_64__)
  if (strcmp(name, "avx512bf16") == 0) return has_avx512bf16() ? &kindred_served_avx512bf16 : NULL;
  if (strcmp(name, "avx512vnni") == 0) return has_avx512vnni() ? &kindred_served_avx512vnni : NULL;
  if (strcmp(name, "avx512") == 0) return has_avx512() ? &kindred_served_avx512 : NULL;
  if (strcmp(name, "avx2") == 0) return has_avx2() ? &kindred_served_avx2 : NULL;
#endif
  return strcmp(name, "portable") == 0 ? &kindred_served_portable : NULL;
}

const kindred_served_kernels *kindred_served_for(const char *kernels) {
#if defined(__x86_64__)
  if (strcmp(kernels, "avx512vnni") == 0 && has_avx512vnni()) {
    // Intel's processors begin a VDPBF16PS every second cycle and two products of floats in each (measured on Emerald
    // Rapids: 87 GFLOP/s of 176), so that widening is twice as fast. AMD's, from Zen 4 on, gain from the instruction.
    return has_avx512bf16() && __builtin_cpu_is("amd") ? &kindred_served_avx512bf16 : &kindred_served_avx512vnni;
  }
  if (strncmp(kernels, "avx512", 6) == 0 && has_avx512()) return &kindred_served_avx512;
  if (strncmp(kernels, "avx", 3) == 0 && has_avx2()) return &kindred_served_avx2;
#endif
  (void)kernels;
  return &kindred_served_portable;
}
