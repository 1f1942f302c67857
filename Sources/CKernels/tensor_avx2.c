// The Transformer's kernels for AVX2.
#if defined(__x86_64__)
#include "tensor_includes.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ARM avx2
#define ARM_NAME "avx2"
#define VECTOR_BYTES 32
#define TILE_ROWS 6
#include "tensor_arm.h"
#pragma clang attribute pop
#endif
