// The Transformer's kernels, written once. A file that includes this defines REAL, its unsigned integer REAL_BITS of
// the same size with REAL_MANTISSA mantissa bits and REAL_BIAS, REAL_EXP_TERMS, REAL_EXP_LEAST, VECTOR_BYTES,
// TILE_ROWS, NAMED(x), TABLE and TABLE_TYPE, and sets the target of the functions.
//
// Sums are reordered as the compiler likes; exponentials are not (their error terms would vanish).

#pragma clang fp reassociate(on) contract(fast)

typedef REAL NAMED(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL)), may_alias));
#define LANES (VECTOR_BYTES / sizeof(REAL))
#define TILE_COLUMNS (2 * LANES)

/// The target of a loop by elements may be one of its sources, at the same place.
#define IN_PLACE _Pragma("clang loop vectorize(assume_safety)")

/// Columns of b' and rows of a' that are packed at once: b's panel stays in the second-level cache.
#define BLOCK_DEPTH 128
#define BLOCK_COLUMNS 768
#define BLOCK_ROWS 96

/// With this many tiles of columns or fewer, packing `a` costs more than reading it where it is.
#define TILES_WORTH_PACKING 4

/// `height` rows of `a`, of which `rows` are there, times TILE_COLUMNS columns of `b`, which is packed: TILE_COLUMNS
/// values for each k. The value of `a` at k of row i is at `a[i * row_step + k * depth_step]`.
/// - height: a constant of TILE_ROWS at most.
static inline __attribute__((always_inline)) void NAMED(tile_of)(int height, size_t depth, const REAL *a,
                                                                 size_t row_step, size_t depth_step, const REAL *b,
                                                                 size_t rows, size_t columns, REAL alpha,
                                                                 int accumulate, REAL *c, size_t ldc) {
  NAMED(vector) sums[TILE_ROWS][2] = {0};
  // Three rows from each address, so that the addresses stay in registers.
  const REAL *thirds[(TILE_ROWS + 2) / 3];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i += 3) thirds[i / 3] = a + i * row_step;
  for (size_t k = 0; k < depth; k++) {
    const NAMED(vector) b0 = *(const NAMED(vector) *)(b + k * TILE_COLUMNS);
    const NAMED(vector) b1 = *(const NAMED(vector) *)(b + k * TILE_COLUMNS + LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      const REAL x = thirds[i / 3][k * depth_step + i % 3 * row_step];
      sums[i][0] += x * b0;
      sums[i][1] += x * b1;
    }
  }
  if (rows == (size_t)height && columns == TILE_COLUMNS) {
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      NAMED(vector) *row = (NAMED(vector) *)(c + i * ldc);
      NAMED(vector) *next = (NAMED(vector) *)(c + i * ldc + LANES);
      if (accumulate) {
        *row += alpha * sums[i][0];
        *next += alpha * sums[i][1];
      } else {
        *row = alpha * sums[i][0];
        *next = alpha * sums[i][1];
      }
    }
    return;
  }
  for (size_t i = 0; i < rows; i++) {
    const REAL *values = (const REAL *)sums[i];
    for (size_t j = 0; j < columns; j++) {
      c[i * ldc + j] = (accumulate ? c[i * ldc + j] : 0) + alpha * values[j];
    }
  }
}

/// The same with as few thirds of TILE_ROWS as hold the rows that are there.
static inline __attribute__((always_inline)) void NAMED(tile)(size_t depth, const REAL *a, size_t row_step,
                                                              size_t depth_step, const REAL *b, size_t rows,
                                                              size_t columns, REAL alpha, int accumulate, REAL *c,
                                                              size_t ldc) {
  if (rows > 2 * TILE_ROWS / 3) {
    NAMED(tile_of)(TILE_ROWS, depth, a, row_step, depth_step, b, rows, columns, alpha, accumulate, c, ldc);
  } else if (rows > TILE_ROWS / 3) {
    NAMED(tile_of)(2 * TILE_ROWS / 3, depth, a, row_step, depth_step, b, rows, columns, alpha, accumulate, c, ldc);
  } else {
    NAMED(tile_of)(TILE_ROWS / 3, depth, a, row_step, depth_step, b, rows, columns, alpha, accumulate, c, ldc);
  }
}

typedef REAL NAMED(quad) __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));

/// The transpose of 4 by 4 values: rows `step` apart to rows `ld` apart.
static inline __attribute__((always_inline)) void NAMED(transpose)(
    const REAL *x, size_t step, REAL *target, size_t ld) {
  const NAMED(quad) a = *(const NAMED(quad) *)x, b = *(const NAMED(quad) *)(x + step);
  const NAMED(quad) c = *(const NAMED(quad) *)(x + 2 * step), d = *(const NAMED(quad) *)(x + 3 * step);
  const NAMED(quad) ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const NAMED(quad) cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(NAMED(quad) *)target = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(NAMED(quad) *)(target + ld) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(NAMED(quad) *)(target + 2 * ld) = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
  *(NAMED(quad) *)(target + 3 * ld) = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
}

/// Packs `count` vectors of length `depth` in groups of `group`, the value at k of vector i at
/// `x[i * step + k * stride]`; missing vectors of the last group are 0.
static inline __attribute__((always_inline)) void NAMED(pack)(const REAL *x, size_t step, size_t stride, size_t count,
                                                              size_t depth, size_t group, REAL *target) {
  const size_t whole = count / group * group;
  if (step == 1) {
    // Along the rows of memory, which may be pages apart.
    for (size_t k = 0; k < depth; k++) {
      const REAL *source = x + k * stride;
      for (size_t first = 0; first < whole; first += group) {
        for (size_t i = 0; i < group; i++) target[first * depth + k * group + i] = source[first + i];
      }
    }
  } else {
    // A vector's values are adjacent (`stride` is 1), and would be scattered element by element: so four by
    // four in registers.
    const size_t fours = group % 4 == 0 ? depth / 4 * 4 : 0;
    for (size_t first = 0; first < whole; first += group) {
      REAL *part = target + first * depth;
      for (size_t i = 0; fours > 0 && i < group; i += 4) {
        for (size_t k = 0; k < fours; k += 4) {
          NAMED(transpose)(x + (first + i) * step + k, step, part + k * group + i, group);
        }
      }
      for (size_t i = 0; i < group; i++) {
        const REAL *source = x + (first + i) * step;
        for (size_t k = fours; k < depth; k++) part[k * group + i] = source[k];
      }
    }
  }
  for (size_t k = 0; whole < count && k < depth; k++) {
    for (size_t i = 0; i < group; i++) {
      target[whole * depth + k * group + i] = whole + i < count ? x[(whole + i) * step + k * stride] : 0;
    }
  }
}

static void NAMED(gemm)(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, REAL alpha, const REAL *a,
                        size_t lda, const REAL *b, size_t ldb, int accumulate, REAL *c, size_t ldc, REAL *workspace) {
  REAL *packed_a = workspace;
  REAL *packed_b = workspace + (BLOCK_ROWS + TILE_ROWS) * BLOCK_DEPTH;
  const size_t step_a = transpose_a ? 1 : lda, stride_a = transpose_a ? lda : 1;
  const size_t step_b = transpose_b ? ldb : 1, stride_b = transpose_b ? 1 : ldb;
  const int is_direct = !transpose_a && n <= TILES_WORTH_PACKING * TILE_COLUMNS;
  if (k == 0 && !accumulate) {
    for (size_t i = 0; i < m; i++) memset(c + i * ldc, 0, n * sizeof(REAL));
  }
  for (size_t column = 0; column < n; column += BLOCK_COLUMNS) {
    const size_t columns = n - column < BLOCK_COLUMNS ? n - column : BLOCK_COLUMNS;
    for (size_t inner = 0; inner < k; inner += BLOCK_DEPTH) {
      const size_t depth = k - inner < BLOCK_DEPTH ? k - inner : BLOCK_DEPTH;
      const int adds = accumulate || inner > 0;
      NAMED(pack)(b + column * step_b + inner * stride_b, step_b, stride_b, columns, depth, TILE_COLUMNS, packed_b);
      for (size_t row = 0; row < m; row += BLOCK_ROWS) {
        const size_t rows = m - row < BLOCK_ROWS ? m - row : BLOCK_ROWS;
        const REAL *part = a + row * step_a + inner * stride_a;
        const size_t direct = is_direct ? rows / TILE_ROWS * TILE_ROWS : 0;
        NAMED(pack)(part + direct * step_a, step_a, stride_a, rows - direct, depth, TILE_ROWS, packed_a);
        for (size_t j = 0; j < columns; j += TILE_COLUMNS) {
          const size_t width = columns - j < TILE_COLUMNS ? columns - j : TILE_COLUMNS;
          for (size_t i = 0; i < rows; i += TILE_ROWS) {
            const size_t height = rows - i < TILE_ROWS ? rows - i : TILE_ROWS;
            REAL *target = c + (row + i) * ldc + column + j;
            if (i < direct) {
              NAMED(tile)(depth, part + i * step_a, step_a, 1, packed_b + j * depth, height, width, alpha, adds, target,
                          ldc);
            } else {
              NAMED(tile)(depth, packed_a + (i - direct) * depth, 1, TILE_ROWS, packed_b + j * depth, height, width,
                          alpha, adds, target, ldc);
            }
          }
        }
      }
    }
  }
}

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

static void NAMED(norm)(const REAL *x, const REAL *gain, const REAL *bias, size_t rows, size_t d, REAL epsilon, REAL *y,
                        REAL *mean, REAL *inverse) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *row = x + i * d;
    REAL *target = y + i * d;
    REAL centre = 0, square = 0;
    if (bias) {
      for (size_t j = 0; j < d; j++) centre += row[j];
      centre /= (REAL)d;
    }
    for (size_t j = 0; j < d; j++) square += (row[j] - centre) * (row[j] - centre);
    const REAL scale = 1 / NAMED(root)(square / (REAL)d + epsilon);
    if (bias) {
      for (size_t j = 0; j < d; j++) target[j] = (row[j] - centre) * scale * gain[j] + bias[j];
    } else {
      for (size_t j = 0; j < d; j++) target[j] = row[j] * scale * gain[j];
    }
    mean[i] = centre;
    inverse[i] = scale;
  }
}

static void NAMED(norm_backward)(const REAL *x, const REAL *gain, const REAL *dy, const REAL *mean, const REAL *inverse,
                                 size_t rows, size_t d, REAL *dx, REAL *dgain, REAL *dbias) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *row = x + i * d, *up = dy + i * d;
    REAL *target = dx + i * d;
    const REAL centre = mean[i], scale = inverse[i];
    REAL sum = 0, along = 0;
    for (size_t j = 0; j < d; j++) {
      const REAL normed = (row[j] - centre) * scale, g = up[j] * gain[j];
      sum += g;
      along += g * normed;
      dgain[j] += up[j] * normed;
    }
    if (dbias) {
      for (size_t j = 0; j < d; j++) dbias[j] += up[j];
    } else {
      sum = 0;
    }
    sum /= (REAL)d;
    along /= (REAL)d;
    for (size_t j = 0; j < d; j++) {
      const REAL normed = (row[j] - centre) * scale;
      target[j] += scale * (up[j] * gain[j] - sum - normed * along);
    }
  }
}

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

/// With this many queries or fewer, packing keys and values costs more than reading them where they are.
#define FEW_QUERIES 3

static void NAMED(attention)(const REAL *q, size_t ldq, const REAL *k, const REAL *v, size_t ldkv, size_t queries,
                             size_t keys, size_t shift, size_t width, REAL scale, REAL rate, uint64_t seed, REAL *out,
                             size_t ldout, REAL *probabilities, REAL *workspace) {
  const uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  const uint32_t bound = (uint32_t)(rate * (REAL)4294967295.0);
  for (size_t first = 0; first < queries; first += KINDRED_ATTENTION_ROWS) {
    const size_t rows = queries - first < KINDRED_ATTENTION_ROWS ? queries - first : KINDRED_ATTENTION_ROWS;
    const size_t block = first + rows + shift < keys ? first + rows + shift : keys;
    const REAL *asked = q + first * ldq;
    REAL *part = probabilities + first * keys;
    if (rows > FEW_QUERIES) {
      NAMED(gemm)(0, 1, rows, block, width, scale, asked, ldq, k, ldkv, 0, part, keys, workspace);
    } else {
      for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < block; j++) {
          part[i * keys + j] = scale * NAMED(dot)(asked + i * ldq, k + j * ldkv, width);
        }
      }
    }
    for (size_t i = first; i < first + rows; i++) {
      REAL *row = probabilities + i * keys;
      const size_t seen = i + shift + 1 < keys ? i + shift + 1 : keys;
      if (bound > 0) {
        for (size_t j = 0; j + 1 < seen; j++) {
          if (NAMED(mixed)(NAMED(mixed)((uint32_t)(i * keys + j) + low) ^ high) < bound) row[j] = -INFINITY;
        }
      }
      const REAL most = NAMED(largest)(row, seen);
      REAL sum = 0;
      for (size_t j = 0; j < seen; j++) {
        row[j] = NAMED(exponential)(row[j] - most);
        sum += row[j];
      }
      const REAL factor = 1 / sum;
      for (size_t j = 0; j < seen; j++) row[j] *= factor;
      for (size_t j = seen; j < block; j++) row[j] = 0;
    }
    REAL *target = out + first * ldout;
    if (rows > FEW_QUERIES) {
      NAMED(gemm)(0, 0, rows, width, block, 1, part, keys, v, ldkv, 0, target, ldout, workspace);
      continue;
    }
    for (size_t i = 0; i < rows; i++) {
      memset(target + i * ldout, 0, width * sizeof(REAL));
      for (size_t j = 0; j < block; j++) NAMED(add)(v + j * ldkv, width, part[i * keys + j], target + i * ldout);
    }
  }
}

static void NAMED(attention_backward)(const REAL *q, size_t ldq, const REAL *k, const REAL *v, size_t ldkv,
                                      size_t queries, size_t keys, size_t shift, size_t width, REAL scale,
                                      const REAL *probabilities, const REAL *dout, size_t ldout, REAL *dq, REAL *dk,
                                      REAL *dv, REAL *slopes, REAL *workspace) {
  for (size_t first = 0; first < queries; first += KINDRED_ATTENTION_ROWS) {
    const size_t rows = queries - first < KINDRED_ATTENTION_ROWS ? queries - first : KINDRED_ATTENTION_ROWS;
    const size_t block = first + rows + shift < keys ? first + rows + shift : keys;
    const REAL *part = probabilities + first * keys, *up = dout + first * ldout;
    NAMED(gemm)(0, 1, rows, block, width, 1, up, ldout, v, ldkv, 0, slopes, block, workspace);
    NAMED(gemm)(1, 0, block, width, rows, 1, part, keys, up, ldout, 1, dv, ldkv, workspace);
    for (size_t i = 0; i < rows; i++) {
      const REAL *shares = part + i * keys;
      REAL *row = slopes + i * block;
      REAL mean = 0;
      for (size_t j = 0; j < block; j++) mean += shares[j] * row[j];
      for (size_t j = 0; j < block; j++) row[j] = shares[j] * (row[j] - mean) * scale;
    }
    NAMED(gemm)(0, 0, rows, width, block, 1, slopes, block, k, ldkv, 1, dq + first * ldq, ldq, workspace);
    NAMED(gemm)(1, 0, block, width, rows, 1, slopes, block, q + first * ldq, ldq, 1, dk, ldkv, workspace);
  }
}

static void NAMED(rotate)(REAL *x, size_t ld, size_t rows, size_t heads, size_t width, const REAL *cosines,
                          const REAL *sines, const uint32_t *positions, REAL direction) {
  const size_t half = width / 2;
  for (size_t i = 0; i < rows; i++) {
    const REAL *cosine = cosines + positions[i] * half, *sine = sines + positions[i] * half;
    for (size_t head = 0; head < heads; head++) {
      REAL *row = x + i * ld + head * width;
      for (size_t t = 0; t < half; t++) {
        const REAL first = row[t], second = row[t + half], turn = direction * sine[t];
        row[t] = first * cosine[t] - second * turn;
        row[t + half] = second * cosine[t] + first * turn;
      }
    }
  }
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

const TABLE_TYPE TABLE = {
    ARM_NAME,           NAMED(gemm),          NAMED(softmax_gradient), NAMED(norm),       NAMED(norm_backward),
    NAMED(attention),   NAMED(attention_backward), NAMED(rotate),      NAMED(relu),       NAMED(relu_backward),
    NAMED(gelu),        NAMED(gelu_backward), NAMED(swiglu),           NAMED(swiglu_backward), NAMED(gate),
    NAMED(gate_backward), NAMED(dropout),     NAMED(add),              NAMED(add_bias),   NAMED(sum_rows),
    NAMED(dot),         NAMED(project),       NAMED(adam),
};

#undef LANES
#undef TILE_COLUMNS
#undef IN_PLACE
#undef BLOCK_DEPTH
#undef BLOCK_COLUMNS
#undef BLOCK_ROWS
