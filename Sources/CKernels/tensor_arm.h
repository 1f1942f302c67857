// The float and the double kernels of one arm. A file that includes this defines ARM, ARM_NAME, VECTOR_BYTES and
// TILE_ROWS.
#include "tensor_includes.h"

#define JOINED_(a, b) a##_##b
#define JOINED(a, b) JOINED_(a, b)

#define NAMED(x) JOINED(x, f32)
#define TABLE JOINED(kindred_tensor_f32, ARM)
#define TABLE_TYPE kindred_tensor_f32
#define REAL float
#define REAL_BITS uint32_t
#define REAL_SIGNED int32_t
#define REAL_MANTISSA 23
#define REAL_BIAS 127
#define REAL_EXP_TERMS 7
#define REAL_EXP_LEAST (-87.0f)
#define nearest_f32(x) __builtin_elementwise_rint(x)
#define root_f32(x) __builtin_elementwise_sqrt(x)
#define logarithm_f32(x) logf(x)
#include "tensor_kernels.h"
#undef NAMED
#undef TABLE
#undef TABLE_TYPE
#undef REAL
#undef REAL_BITS
#undef REAL_SIGNED
#undef REAL_MANTISSA
#undef REAL_BIAS
#undef REAL_EXP_TERMS
#undef REAL_EXP_LEAST

#define NAMED(x) JOINED(x, f64)
#define TABLE JOINED(kindred_tensor_f64, ARM)
#define TABLE_TYPE kindred_tensor_f64
#define REAL double
#define REAL_BITS uint64_t
#define REAL_SIGNED int64_t
#define REAL_MANTISSA 52
#define REAL_BIAS 1023
#define REAL_EXP_TERMS 13
#define REAL_EXP_LEAST (-700.0)
#define nearest_f64(x) __builtin_elementwise_rint(x)
#define root_f64(x) __builtin_elementwise_sqrt(x)
#define logarithm_f64(x) log(x)
#include "tensor_kernels.h"
