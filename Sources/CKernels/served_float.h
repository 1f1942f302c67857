// Products of floats and of bfloat16: a part of served_kernels.h. Uses the tiles.

/// Inputs of a panel of floats that are asked for ahead of the sum, into the first-level cache.
#define FLOATS_AHEAD 24

static size_t NAMED(f32_size)(size_t input, size_t output) {
  return NAMED(packed_bytes)(output, input * PANEL * sizeof(float));
}

static void NAMED(f32_pack)(size_t input, size_t output, const float *weight, const float *bias, size_t first,
                            size_t count, void *packed) {
  for (size_t i = 0; i < count; i++) {
    const size_t column = (first + i) / PANEL * PANEL;
    const NAMED(panel) panel = NAMED(panel_at)(packed, column, output, input * PANEL * 4, 0, packed);
    float *target = (float *)panel.weights + (first + i - column);
    for (size_t k = 0; k < input; k++) target[k * PANEL] = weight[i * input + k];
    if (bias) ((float *)packed)[first + i] = bias[i];
  }
}

static size_t NAMED(f32_workspace)(size_t rows, size_t input) { return 64 + 0 * rows * input; }

/// `height` rows of x from `row` on, whose first is at `x`, times a panel of floats.
INLINE void NAMED(f32_tile)(int height, size_t depth, const float *x, size_t ldx, const NAMED(panel) *panel,
                            size_t row) {
  NAMED(vector) sums[TILE_ROWS][2];
  const float *weights = panel->weights;
  const NAMED(vector) *bias = (const NAMED(vector) *)panel->bias;
  // Three rows from each address, so that the addresses stay in registers.
  const float *thirds[(TILE_ROWS + 2) / 3];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
    if (i % 3 == 0) thirds[i / 3] = x + i * ldx;
    sums[i][0] = bias[0];
    sums[i][1] = bias[1];
  }
  for (size_t k = 0; k < depth; k++) {
    const NAMED(vector) first = *(const NAMED(vector) *)(weights + k * PANEL);
    const NAMED(vector) second = *(const NAMED(vector) *)(weights + k * PANEL + LANES);
    __builtin_prefetch(weights + (k + FLOATS_AHEAD) * PANEL);
    if (VECTOR_BYTES == 64) __builtin_prefetch(weights + (k + FLOATS_AHEAD) * PANEL + LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      const float value = thirds[i / 3][k + i % 3 * ldx];
      sums[i][0] += value * first;
      sums[i][1] += value * second;
    }
  }
  NAMED(finish)(height, panel, row, sums);
}

static __attribute__((noinline)) void NAMED(f32_tile_of)(size_t height, size_t depth, const float *x, size_t ldx,
                                                         const NAMED(panel) *panel, size_t row) {
  WITH_HEIGHT(NAMED(f32_tile), height, depth, x, ldx, panel, row)
}

static void NAMED(f32_linear)(size_t rows, size_t input, size_t output, const void *packed,
                              kindred_activation activation, const float *x, float *y, void *workspace) {
  (void)workspace;
  const NAMED(division) division = NAMED(divide)(rows, TILE_ROWS, input * sizeof(float));
  for (size_t block = 0; block < division.count; block += division.tiles) {
    const size_t end = block + division.tiles < division.count ? block + division.tiles : division.count;
    for (size_t column = 0; column < output; column += PANEL) {
      const NAMED(panel) panel = NAMED(panel_at)(packed, column, output, input * PANEL * 4, activation, y);
      for (size_t tile = block; tile < end; tile++) {
        const size_t row = NAMED(first_row)(&division, tile);
        NAMED(f32_tile_of)(NAMED(first_row)(&division, tile + 1) - row, input, x + row * input, input, &panel, row);
      }
    }
  }
}

/// The bfloat16 nearest to a float, ties to even; a NaN stays one.
INLINE uint16_t NAMED(bf16_of)(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (uint16_t)(bits >> 16 | 0x40u);
  return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

static size_t NAMED(bf16_size)(size_t input, size_t output) {
  return NAMED(packed_bytes)(output, (input + 1) / 2 * PANEL * 4);
}

static void NAMED(bf16_pack)(size_t input, size_t output, const float *weight, const float *bias, size_t first,
                             size_t count, void *packed) {
  for (size_t i = 0; i < count; i++) {
    const size_t column = (first + i) / PANEL * PANEL;
    const NAMED(panel) panel = NAMED(panel_at)(packed, column, output, (input + 1) / 2 * PANEL * 4, 0, packed);
    uint16_t *target = (uint16_t *)panel.weights + 2 * (first + i - column);
    for (size_t k = 0; k < input; k++) {
      target[k / 2 * 2 * PANEL + k % 2] = NAMED(bf16_of)(weight[i * input + k]);
    }
    if (bias) ((float *)packed)[first + i] = bias[i];
  }
}

/// Panels of pairs are widened once for a block of rows where there are more than this many tiles of them, and in every
/// tile otherwise: smaller tiles, since two more vectors have to be in registers.
#define TILES_WORTH_WIDENING 3

/// How rows are divided. `even` is the number of inputs, rounded up.
INLINE NAMED(division) NAMED(bf16_divide)(size_t rows, size_t even, int *is_widened) {
  *is_widened = rows > TILES_WORTH_WIDENING * PAIR_TILE_ROWS;
  return NAMED(divide)(rows, *is_widened ? TILE_ROWS : PAIR_TILE_ROWS, even * sizeof(float));
}

/// One panel of floats, and rows of a block as floats that are rounded.
static size_t NAMED(bf16_workspace)(size_t rows, size_t input) {
  const size_t even = (input + 1) / 2 * 2;
  int is_widened;
  const NAMED(division) division = NAMED(bf16_divide)(rows, even, &is_widened);
  const size_t block = division.tiles * TILE_ROWS < rows ? division.tiles * TILE_ROWS : rows;
  return (even * PANEL + block * even) * sizeof(float) + 64;
}

/// Rounds `count` floats to bfloat16 and back.
static void NAMED(bf16_round)(const float *x, size_t count, float *y) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const NAMED(bits) bits = *(const NAMED(bits) *)(x + i);
    const NAMED(bits) rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u;
    const NAMED(words) is_nan = (NAMED(words))((bits & 0x7fffffffu) > 0x7f800000u);
    *(NAMED(vector) *)(y + i) =
        NAMED(choose)(is_nan, (NAMED(vector))(bits | 0x400000u), (NAMED(vector))rounded);
  }
  for (; i < count; i++) {
    const uint32_t bits = (uint32_t)NAMED(bf16_of)(x[i]) << 16;
    memcpy(y + i, &bits, sizeof(bits));
  }
}

/// As `f32_tile` with a panel of pairs of bfloat16, `depth` pairs, and rounded rows.
INLINE void NAMED(bf16_tile)(int height, size_t depth, const float *x, size_t ldx, const NAMED(panel) *panel,
                             size_t row) {
  NAMED(vector) sums[TILE_ROWS][2];
  const uint32_t *weights = panel->weights;
  const NAMED(vector) *bias = (const NAMED(vector) *)panel->bias;
  const float *thirds[(TILE_ROWS + 2) / 3];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
    if (i % 3 == 0) thirds[i / 3] = x + i * ldx;
    sums[i][0] = bias[0];
    sums[i][1] = bias[1];
  }
  for (size_t k = 0; k < depth; k++) {
    const NAMED(bits) *pairs = (const NAMED(bits) *)(weights + k * PANEL);
    __builtin_prefetch(weights + (k + FLOATS_AHEAD) * PANEL);
    if (VECTOR_BYTES == 64) __builtin_prefetch(weights + (k + FLOATS_AHEAD) * PANEL + LANES);
    NAMED(vector) first = (NAMED(vector))(pairs[0] << 16), second = (NAMED(vector))(pairs[1] << 16);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      const float value = thirds[i / 3][2 * k + i % 3 * ldx];
      sums[i][0] += value * first;
      sums[i][1] += value * second;
    }
    first = (NAMED(vector))(pairs[0] & 0xffff0000u);
    second = (NAMED(vector))(pairs[1] & 0xffff0000u);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      const float value = thirds[i / 3][2 * k + 1 + i % 3 * ldx];
      sums[i][0] += value * first;
      sums[i][1] += value * second;
    }
  }
  NAMED(finish)(height, panel, row, sums);
}

static __attribute__((noinline)) void NAMED(bf16_tile_of)(size_t height, size_t depth, const float *x, size_t ldx,
                                                          const NAMED(panel) *panel, size_t row) {
  WITH_HEIGHT(NAMED(bf16_tile), height, depth, x, ldx, panel, row)
}

/// `depth` pairs of a panel to 2 * depth rows of floats.
static void NAMED(bf16_widen)(const uint32_t *weights, size_t depth, float *target) {
  for (size_t k = 0; k < depth; k++) {
    const NAMED(bits) *pairs = (const NAMED(bits) *)(weights + k * PANEL);
    NAMED(bits) *widened = (NAMED(bits) *)(target + 2 * k * PANEL);
    widened[0] = pairs[0] << 16;
    widened[1] = pairs[1] << 16;
    widened[2] = pairs[0] & 0xffff0000u;
    widened[3] = pairs[1] & 0xffff0000u;
  }
}

static void NAMED(bf16_linear)(size_t rows, size_t input, size_t output, const void *packed,
                               kindred_activation activation, const float *x, float *y, void *workspace) {
  const size_t depth = (input + 1) / 2;
  int is_widened;
  const NAMED(division) division = NAMED(bf16_divide)(rows, 2 * depth, &is_widened);
  float *widened = workspace, *rounded = widened + 2 * depth * PANEL;
  for (size_t block = 0; block < division.count; block += division.tiles) {
    const size_t end = block + division.tiles < division.count ? block + division.tiles : division.count;
    const size_t start = NAMED(first_row)(&division, block), stop = NAMED(first_row)(&division, end);
    for (size_t row = start; row < stop; row++) {
      float *target = rounded + (row - start) * 2 * depth;
      NAMED(bf16_round)(x + row * input, input, target);
      if (input < 2 * depth) target[input] = 0;
    }
    for (size_t column = 0; column < output; column += PANEL) {
      NAMED(panel) panel = NAMED(panel_at)(packed, column, output, depth * PANEL * 4, activation, y);
      if (is_widened) {
        NAMED(bf16_widen)(panel.weights, depth, widened);
        panel.weights = widened;
      }
      for (size_t tile = block; tile < end; tile++) {
        const size_t row = NAMED(first_row)(&division, tile), height = NAMED(first_row)(&division, tile + 1) - row;
        const float *part = rounded + (row - start) * 2 * depth;
        if (is_widened) {
          NAMED(f32_tile_of)(height, 2 * depth, part, 2 * depth, &panel, row);
        } else {
          NAMED(bf16_tile_of)(height, depth, part, 2 * depth, &panel, row);
        }
      }
    }
  }
}
