// What the arms of the serving kernels include, which is to be read outside of their target, and their tables.
#ifndef KINDRED_SERVED_INCLUDES_H
#define KINDRED_SERVED_INCLUDES_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels_served.h"

extern const kindred_served_kernels kindred_served_portable;
#if defined(__x86_64__)
#include <immintrin.h>

extern const kindred_served_kernels kindred_served_avx2;
extern const kindred_served_kernels kindred_served_avx512;
extern const kindred_served_kernels kindred_served_avx512vnni;
extern const kindred_served_kernels kindred_served_avx512bf16;
#endif

#endif
