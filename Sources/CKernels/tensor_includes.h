// What the arms of the Transformer's kernels include, which is to be read outside of their target, and their tables.
#ifndef KINDRED_TENSOR_INCLUDES_H
#define KINDRED_TENSOR_INCLUDES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ckernels_tensor.h"

extern const kindred_tensor_f32 kindred_tensor_f32_portable;
extern const kindred_tensor_f64 kindred_tensor_f64_portable;
#if defined(__x86_64__)
extern const kindred_tensor_f32 kindred_tensor_f32_avx2;
extern const kindred_tensor_f64 kindred_tensor_f64_avx2;
extern const kindred_tensor_f32 kindred_tensor_f32_avx512;
extern const kindred_tensor_f64 kindred_tensor_f64_avx512;
#endif

#endif
