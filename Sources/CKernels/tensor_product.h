// Products of matrices: a part of tensor_kernels.h.

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
