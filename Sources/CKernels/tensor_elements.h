// Sums, activations, dropout and Adam, element by element: a part of tensor_kernels.h. Uses tensor_softmax.h.

/// 32 well mixed bits of a place (the finaliser "lowbias32" found by C. Wellons' hash prospector).
static inline __attribute__((always_inline)) uint32_t NAMED(mixed)(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  x ^= x >> 16;
  return x;
}

static void NAMED(add)(const REAL *x, size_t count, REAL factor, REAL *y) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) y[i] += factor * x[i];
}

static REAL NAMED(dot)(const REAL *x, const REAL *y, size_t count) {
  REAL sum = 0;
  for (size_t i = 0; i < count; i++) sum += x[i] * y[i];
  return sum;
}

static void NAMED(relu)(const REAL *x, size_t count, REAL *y) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) y[i] = x[i] > 0 ? x[i] : 0;
}

static void NAMED(relu_backward)(const REAL *x, const REAL *dy, size_t count, REAL *dx) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) dx[i] = x[i] > 0 ? dy[i] : 0;
}

static inline __attribute__((always_inline)) REAL NAMED(sigmoid)(REAL x) {
  return 1 / (1 + NAMED(exponential)(-x));
}

// gelu(x) = x * sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3): the tanh form, since (1 + tanh u) / 2 =
// sigmoid(2 u).
static void NAMED(gelu)(const REAL *x, size_t count, REAL *y) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) {
    const REAL u = (REAL)1.5957691216057308 * (x[i] + (REAL)0.044715 * x[i] * x[i] * x[i]);
    y[i] = x[i] * NAMED(sigmoid)(u);
  }
}

static void NAMED(gelu_backward)(const REAL *x, const REAL *dy, size_t count, REAL *dx) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) {
    const REAL u = (REAL)1.5957691216057308 * (x[i] + (REAL)0.044715 * x[i] * x[i] * x[i]);
    const REAL s = NAMED(sigmoid)(u);
    const REAL slope = (REAL)1.5957691216057308 * (1 + (REAL)0.134145 * x[i] * x[i]);
    dx[i] = dy[i] * (s + x[i] * s * (1 - s) * slope);
  }
}

static void NAMED(swiglu)(const REAL *x, size_t rows, size_t width, REAL *y) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *gate = x + i * 2 * width, *value = gate + width;
    REAL *target = y + i * width;
    for (size_t j = 0; j < width; j++) target[j] = gate[j] * NAMED(sigmoid)(gate[j]) * value[j];
  }
}

static void NAMED(swiglu_backward)(const REAL *x, const REAL *dy, size_t rows, size_t width, REAL *dx) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *gate = x + i * 2 * width, *value = gate + width, *up = dy + i * width;
    REAL *dgate = dx + i * 2 * width, *dvalue = dgate + width;
    for (size_t j = 0; j < width; j++) {
      const REAL s = NAMED(sigmoid)(gate[j]), silu = gate[j] * s;
      dvalue[j] = up[j] * silu;
      dgate[j] = up[j] * value[j] * (s + silu * (1 - s));
    }
  }
}

static void NAMED(gate)(const REAL *g, const REAL *x, size_t count, REAL *y) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) y[i] = NAMED(sigmoid)(g[i]) * x[i];
}

static void NAMED(gate_backward)(const REAL *g, const REAL *x, const REAL *dy, size_t count, REAL *dg, REAL *dx) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) {
    const REAL s = NAMED(sigmoid)(g[i]), up = dy[i];
    dg[i] = up * x[i] * s * (1 - s);
    dx[i] = up * s;
  }
}

static void NAMED(dropout)(const REAL *x, size_t count, REAL rate, uint64_t seed, REAL *y) {
  const uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  const uint32_t bound = (uint32_t)(rate * (REAL)4294967295.0);
  const REAL factor = 1 / (1 - rate);
  IN_PLACE
  for (size_t i = 0; i < count; i++) {
    y[i] = NAMED(mixed)(NAMED(mixed)((uint32_t)i + low) ^ high) < bound ? 0 : x[i] * factor;
  }
}

static void NAMED(add_bias)(const REAL *bias, size_t rows, size_t d, REAL *y) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < d; j++) y[i * d + j] += bias[j];
  }
}

static void NAMED(sum_rows)(const REAL *x, size_t rows, size_t d, REAL *y) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < d; j++) y[j] += x[i * d + j];
  }
}

static void NAMED(project)(const REAL *w, const REAL *bias, const REAL *x, size_t outputs, size_t d, REAL *y) {
  size_t i = 0;
  for (; i + 4 <= outputs; i += 4) {
    const REAL *first = w + i * d, *second = first + d, *third = second + d, *fourth = third + d;
    REAL a = 0, b = 0, c = 0, e = 0;
    for (size_t t = 0; t < d; t++) {
      a += first[t] * x[t];
      b += second[t] * x[t];
      c += third[t] * x[t];
      e += fourth[t] * x[t];
    }
    y[i] = a;
    y[i + 1] = b;
    y[i + 2] = c;
    y[i + 3] = e;
  }
  for (; i < outputs; i++) y[i] = NAMED(dot)(w + i * d, x, d);
  if (bias) {
    for (size_t j = 0; j < outputs; j++) y[j] += bias[j];
  }
}

static void NAMED(adam)(REAL *parameters, const REAL *gradients, REAL *first, REAL *second, size_t count, REAL step,
                        REAL beta1, REAL beta2, REAL epsilon, REAL decay, REAL scale) {
  IN_PLACE
  for (size_t i = 0; i < count; i++) {
    const REAL g = scale * gradients[i];
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    parameters[i] -= step * first[i] / (NAMED(root)(second[i]) + epsilon) + decay * parameters[i];
  }
}
