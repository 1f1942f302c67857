// The Transformer's kernels for AVX-512.
#if defined(__x86_64__)
#include "tensor_includes.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), \
    apply_to = function)
#define ARM avx512
#define ARM_NAME "avx512"
#define VECTOR_BYTES 64
#define TILE_ROWS 12
#include "tensor_arm.h"
#pragma clang attribute pop
#endif
