// The Transformer's kernels for any processor, and the choice among the arms.
#define ARM portable
#define ARM_NAME "portable"
#define VECTOR_BYTES 16
#define TILE_ROWS 6
#include "tensor_arm.h"

#if defined(__x86_64__)
static int has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
#endif

const kindred_tensor_f32 *kindred_tensor_f32_for(const char *kernels) {
#if defined(__x86_64__)
  if (strncmp(kernels, "avx512", 6) == 0 && has_avx512()) return &kindred_tensor_f32_avx512;
  if (strncmp(kernels, "avx", 3) == 0 && has_avx2()) return &kindred_tensor_f32_avx2;
#endif
  return &kindred_tensor_f32_portable;
}

const kindred_tensor_f64 *kindred_tensor_f64_for(const char *kernels) {
#if defined(__x86_64__)
  if (strncmp(kernels, "avx512", 6) == 0 && has_avx512()) return &kindred_tensor_f64_avx512;
  if (strncmp(kernels, "avx", 3) == 0 && has_avx2()) return &kindred_tensor_f64_avx2;
#endif
  return &kindred_tensor_f64_portable;
}

size_t kindred_gemm_workspace(void) { return (96 + 16 + 768 + 64) * 128; }
