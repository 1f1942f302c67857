// Exponentials and activations by vectors: a part of served_kernels.h.

/// `a` where the mask is all ones, `b` where it is 0.
INLINE NAMED(vector) NAMED(choose)(NAMED(words) mask, NAMED(vector) a, NAMED(vector) b) {
  return (NAMED(vector))(((NAMED(words))a & mask) | ((NAMED(words))b & ~mask));
}

INLINE NAMED(vector) NAMED(splat)(float value) { return value - (NAMED(vector)){0}; }

/// e^x within 2 units in the last place for x <= 0 and up to 88; 0 below -87, and NaN for NaN.
INLINE NAMED(vector) NAMED(exponential)(NAMED(vector) x) {
  const NAMED(vector) low = NAMED(splat)(-87.0f), high = NAMED(splat)(88.0f);
  const NAMED(words) is_small = x < low;
  NAMED(vector) bounded = NAMED(choose)(is_small, low, x);
  bounded = NAMED(choose)(bounded > high, high, bounded);
  // 1.5 * 2^23: the sum has no bits behind the point, and its low bits are the whole number.
  const NAMED(vector) shifted = bounded * 1.44269504f + 12582912.0f;
  const NAMED(vector) n = shifted - 12582912.0f;
  const NAMED(vector) r = (bounded - n * 0.693145751953125f) - n * 1.42860682030941723212e-6f;
  NAMED(vector) sum = r * (1.0f / 720) + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 0.5f;
  sum = sum * r + 1.0f;
  sum = sum * r + 1.0f;
  const NAMED(vector) power = (NAMED(vector))(((NAMED(bits))shifted << 23) + 0x3f800000u);
  return NAMED(choose)(is_small, (NAMED(vector)){0}, sum * power);
}

/// x (1 + erf(x / sqrt 2)) / 2 = x / 2 + w P(w), w = x^2: P is a polynomial of degree 14 on w <= 5.3^2, fitted for the
/// least largest error of w P(w), 4e-8, in s = 2 w / 5.3^2 - 1. Beyond that the value is x or 0 to 3e-7.
INLINE NAMED(vector) NAMED(gelu)(NAMED(vector) x) {
  static const float factors[] = {0.133392558f,    -0.0665184557f,  0.0492640324f,  -0.0395906866f,   0.0320825838f,
                                  -0.0252810661f,  0.0189006235f,   -0.013256548f,  0.00892241765f,   -0.00570935337f,
                                  0.00296018668f,  -0.00122690829f, 0.000888566894f, -0.00071805279f, 0.000229709549f};
  const NAMED(vector) w = x * x, bound = NAMED(splat)(28.09f);
  const NAMED(words) is_large = w > bound;
  const NAMED(vector) s = NAMED(choose)(is_large, bound, w) * (2 / 28.09f) - 1.0f;
  NAMED(vector) sum = NAMED(splat)(factors[14]);
#pragma clang loop unroll(full)
  for (int i = 13; i >= 0; i--) sum = sum * s + factors[i];
  const NAMED(vector) half = 0.5f * x;
  const NAMED(vector) size = (NAMED(vector))((NAMED(bits))half & 0x7fffffffu);
  return half + NAMED(choose)(is_large, size, w * sum);
}

INLINE NAMED(vector) NAMED(gelu_tanh)(NAMED(vector) x) {
  // (1 + tanh u) / 2 = 1 / (1 + e^(-2 u))
  const NAMED(vector) u = -1.5957691216057308f * (x + 0.044715f * x * x * x);
  return x / (1.0f + NAMED(exponential)(u));
}

INLINE NAMED(vector) NAMED(relu)(NAMED(vector) x) {
  return NAMED(choose)(x < (NAMED(vector)){0}, (NAMED(vector)){0}, x);
}

/// Applies an activation to `height` rows of PANEL values at y, rows `ldy` values apart.
static __attribute__((noinline)) void NAMED(activate)(kindred_activation activation, size_t height, float *y,
                                                      size_t ldy) {
#define FOR_EACH_ROW(function)                                         \
  for (size_t i = 0; i < height; i++) {                                \
    NAMED(vector) *row = (NAMED(vector) *)(y + i * ldy);               \
    const NAMED(vector) first = function(row[0]), second = function(row[1]); \
    row[0] = first;                                                    \
    row[1] = second;                                                   \
  }
  switch (activation) {
  case KINDRED_ACTIVATION_NONE: break;
  case KINDRED_ACTIVATION_RELU: FOR_EACH_ROW(NAMED(relu)) break;
  case KINDRED_ACTIVATION_GELU: FOR_EACH_ROW(NAMED(gelu)) break;
  case KINDRED_ACTIVATION_GELU_TANH: FOR_EACH_ROW(NAMED(gelu_tanh)) break;
  }
#undef FOR_EACH_ROW
}
