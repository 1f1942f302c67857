// IEEE half precision in integer arithmetic, for arms and tails without conversion instructions.
#ifndef KINDRED_HALF_CONVERSION_H
#define KINDRED_HALF_CONVERSION_H

#include <stdint.h>
#include <string.h>

/// The float with the same value as the half `bits`; a NaN comes out quiet, as the instructions do it.
static inline float kindred_half_to_float(uint16_t bits) {
  const uint32_t sign = (uint32_t)(bits & 0x8000u) << 16;
  const uint32_t exponent = (bits >> 10) & 0x1fu;
  uint32_t mantissa = bits & 0x3ffu;
  uint32_t result;
  if (exponent == 0x1f) {
    result = sign | 0x7f800000u | (mantissa == 0 ? 0 : 0x400000u | (mantissa << 13));
  } else if (exponent != 0) {
    result = sign | ((exponent + 112) << 23) | (mantissa << 13);
  } else if (mantissa == 0) {
    result = sign;
  } else {
    // Subnormal: mantissa * 2^-24. Shift the leading one up to the implicit bit.
    const uint32_t shift = (uint32_t)__builtin_clz(mantissa) - 21;
    mantissa = (mantissa << shift) & 0x3ffu;
    result = sign | ((113 - shift) << 23) | (mantissa << 13);
  }
  float value;
  memcpy(&value, &result, sizeof value);
  return value;
}

/// The float at `index` of a row of floats.
static inline __attribute__((always_inline)) float kindred_row_f32(const void *row, size_t index) {
  float value;
  memcpy(&value, (const char *)row + index * sizeof value, sizeof value);
  return value;
}

/// The half at `index` of a row of halves, as a float.
static inline __attribute__((always_inline)) float kindred_row_f16(const void *row, size_t index) {
  uint16_t bits;
  memcpy(&bits, (const char *)row + index * sizeof bits, sizeof bits);
  return kindred_half_to_float(bits);
}

/// The half nearest to `value`, ties to even.
static inline uint16_t kindred_float_to_half(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return (uint16_t)(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  }
  if (magnitude >= 0x477ff000u) {  // 65520, halfway between the largest half and 2^16, goes up.
    return (uint16_t)(sign | 0x7c00u);
  }
  if (magnitude >= 0x38800000u) {  // 2^-14, the smallest normal half.
    const uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
    return (uint16_t)(sign | ((rounded - 0x38000000u) >> 13));
  }
  if (magnitude <= 0x33000000u) {  // 2^-25, halfway to the smallest subnormal, goes to even: zero.
    return (uint16_t)sign;
  }
  // Subnormal: count units of 2^-24.
  const uint32_t shift = 126 - (magnitude >> 23);
  const uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  const uint32_t rest = mantissa & ((1u << shift) - 1);
  const uint32_t half_unit = 1u << (shift - 1);
  uint32_t units = mantissa >> shift;
  if (rest > half_unit || (rest == half_unit && (units & 1u) != 0)) units += 1;
  return (uint16_t)(sign | units);
}

#endif
