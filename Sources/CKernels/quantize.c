// Floats to codes of 8 bits. One form for all processors: it runs once per stored vector and per query.
#include "ckernels.h"

/// 1.5 times 2^23: adding it leaves no bits behind the point, so that the sum is rounded to a whole number.
#define ROUND 12582912.0f

void kindred_quantize_i8(const float *source, const float *mean, float scale, int8_t *target, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float value = (source[i] - mean[i]) * scale;
    const float low = value > -127.0f ? value : -127.0f;  // a comparison with NaN is false
    const float kept = value == value ? (low < 127.0f ? low : 127.0f) : 0.0f;
    target[i] = (int8_t)(int32_t)((kept + ROUND) - ROUND);
  }
}
