// Which arms this processor runs.
#include <string.h>

#include "kernel_arms.h"

#if defined(__x86_64__)
static int has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

static int has_avx512vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
#endif

const kindred_kernels *kindred_kernels_named(const char *name) {
#if defined(__x86_64__)
  if (strcmp(name, "avx512vnni") == 0) return has_avx512vnni() ? &kindred_kernels_avx512vnni : NULL;
  if (strcmp(name, "avx512") == 0) return has_avx512() ? &kindred_kernels_avx512 : NULL;
  if (strcmp(name, "avx2") == 0) return has_avx2() ? &kindred_kernels_avx2 : NULL;
  if (strcmp(name, "sse2") == 0) return &kindred_kernels_sse2;
#elif defined(__aarch64__)
  if (strcmp(name, "neon") == 0) return &kindred_kernels_neon;
#endif
  if (strcmp(name, "portable") == 0) return &kindred_kernels_portable;
  return NULL;
}

const kindred_kernels *kindred_kernels_best(void) {
#if defined(__x86_64__)
  if (has_avx512vnni()) return &kindred_kernels_avx512vnni;
  if (has_avx512()) return &kindred_kernels_avx512;
  if (has_avx2()) return &kindred_kernels_avx2;
  return &kindred_kernels_sse2;
#elif defined(__aarch64__)
  return &kindred_kernels_neon;
#else
  return &kindred_kernels_portable;
#endif
}
