// Exponentials and softmax: a part of tensor_kernels.h.

/// e^x to the type's precision by its Taylor series on |r| <= ln(2) / 2; 0 below REAL_EXP_LEAST.
static inline __attribute__((always_inline)) REAL NAMED(exponential)(REAL x) {
#pragma clang fp reassociate(off) contract(fast)
  static const REAL inverse[] = {1.0,       1.0,       1.0 / 2,   1.0 / 3,  1.0 / 4,  1.0 / 5,  1.0 / 6,  1.0 / 7,
                                 1.0 / 8,   1.0 / 9,   1.0 / 10,  1.0 / 11, 1.0 / 12, 1.0 / 13};
  const REAL bounded = x < REAL_EXP_LEAST ? REAL_EXP_LEAST : x > -REAL_EXP_LEAST ? -REAL_EXP_LEAST : x;
  const REAL n = NAMED(nearest)(bounded * (REAL)1.4426950408889634);
  const REAL r = (bounded - n * (REAL)0.693145751953125) - n * (REAL)1.42860682030941723212e-6;
  REAL sum = 1;
#pragma clang loop unroll(full)
  for (int term = REAL_EXP_TERMS; term > 0; term--) sum = 1 + sum * (r * inverse[term]);
  const REAL_BITS bits = (REAL_BITS)((REAL_SIGNED)n + REAL_BIAS) << REAL_MANTISSA;
  REAL power;
  memcpy(&power, &bits, sizeof(power));
  return x < REAL_EXP_LEAST ? 0 : sum * power;
}

static inline REAL NAMED(largest)(const REAL *x, size_t count) {
  REAL most = -INFINITY;
  size_t i = 0;
  if (count >= LANES) {
    NAMED(vector) lanes = *(const NAMED(vector) *)x;
    for (i = LANES; i + LANES <= count; i += LANES) {
      lanes = __builtin_elementwise_max(lanes, *(const NAMED(vector) *)(x + i));
    }
    for (size_t lane = 0; lane < LANES; lane++) most = lanes[lane] > most ? lanes[lane] : most;
  }
  for (; i < count; i++) most = x[i] > most ? x[i] : most;
  return most;
}

static void NAMED(softmax_gradient)(REAL *logits, size_t ld, size_t rows, size_t columns, const uint32_t *targets,
                                    REAL weight, REAL *losses) {
  for (size_t i = 0; i < rows; i++) {
    REAL *row = logits + i * ld;
    losses[i] = 0;
    if (targets[i] == UINT32_MAX) {
      memset(row, 0, columns * sizeof(REAL));
      continue;
    }
    const REAL most = NAMED(largest)(row, columns);
    const REAL target = row[targets[i]];
    REAL sum = 0;
    for (size_t j = 0; j < columns; j++) {
      const REAL value = NAMED(exponential)(row[j] - most);
      row[j] = value;
      sum += value;
    }
    const REAL factor = weight / sum;
    for (size_t j = 0; j < columns; j++) row[j] *= factor;
    row[targets[i]] -= weight;
    losses[i] = NAMED(logarithm)(sum) + most - target;
  }
}
