// Floats to codes. One form for all processors: it runs once per stored vector and per query.
#include <math.h>

#include "ckernels.h"

/// 1.5 times 2^23: adding it leaves no bits behind the point, so that the sum is rounded to a whole number.
#define ROUND 12582912.0f

/// To the nearest whole number, ties to even, in low...high; NaN becomes `other`.
static inline float rounded(float value, float low, float high, float other) {
  const float raised = value > low ? value : low;  // a comparison with NaN is false
  const float kept = value == value ? (raised < high ? raised : high) : other;
  return (kept + ROUND) - ROUND;
}

void kindred_quantize_i8(const float *source, float scale, int8_t *target, size_t count) {
  for (size_t i = 0; i < count; i++) {
    target[i] = (int8_t)(int32_t)rounded(source[i] * scale, -127.0f, 127.0f, 0.0f);
  }
}

static inline uint8_t nibble(float value, float half_scale) {
#pragma STDC FP_CONTRACT OFF
  const float scaled = value * half_scale;
  const float shifted = scaled + 7.5f;
  return (uint8_t)(int32_t)rounded(shifted, 0.0f, 15.0f, 8.0f);
}

void kindred_quantize_i4(const float *source, float scale, uint8_t *target, size_t count) {
  const float half = scale / 2;
  for (size_t group = 0; group < count; group += 128) {
    for (size_t j = 0; j < 64; j++) {
      const uint8_t low = nibble(source[group + j], half), high = nibble(source[group + 64 + j], half);
      target[group / 2 + j] = (uint8_t)(low | high << 4);
    }
  }
}

void kindred_unpack_i4(const uint8_t *source, int8_t *target, size_t count) {
  for (size_t group = 0; group < count; group += 128) {
    for (size_t j = 0; j < 64; j++) {
      const uint8_t byte = source[group / 2 + j];
      target[group + j] = (int8_t)(2 * (byte & 15) - 15);
      target[group + 64 + j] = (int8_t)(2 * (byte >> 4) - 15);
    }
  }
}

void kindred_hadamard(float *values, const float *signs, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] *= signs[i];
  for (size_t half = 1; half < count; half *= 2) {
    for (size_t first = 0; first < count; first += 2 * half) {
      for (size_t i = first; i < first + half; i++) {
        const float a = values[i], b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  const float scale = 1.0f / sqrtf((float)count);
  for (size_t i = 0; i < count; i++) values[i] *= scale;
}

void kindred_code_totals_i8(const int8_t *codes, size_t count, int32_t *sum, int32_t *norm) {
  int32_t codes_sum = 0, squares_sum = 0;
  for (size_t i = 0; i < count; i++) {
    codes_sum += codes[i];
    squares_sum += (int16_t)codes[i] * (int16_t)codes[i];
  }
  *sum = codes_sum;
  *norm = squares_sum;
}
