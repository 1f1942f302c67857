// Products of bfloat16 by the instruction for pairs of them: a part of served_avx512.c. Weights are packed as for the
// products that widen; an odd last input is a pair with 0.
//
// VDPBF16PS takes subnormal numbers for 0 and adds the products of a pair, rounded in its own way, to the sum: answers
// differ from those of the other arms by roundings of float sums.

static size_t NAMED(dot_workspace)(size_t rows, size_t input) {
  const size_t stride = (input + 1) / 2 * 4;
  const NAMED(division) division = NAMED(divide)(rows, TILE_ROWS, stride);
  return (division.tiles * TILE_ROWS < rows ? division.tiles * TILE_ROWS : rows) * stride + 64;
}

INLINE void NAMED(dot_tile)(int height, size_t depth, const uint32_t *x, size_t ldx, const NAMED(panel) *panel,
                            size_t row) {
  NAMED(vector) sums[TILE_ROWS][2];
  const uint32_t *weights = panel->weights;
  const NAMED(vector) *bias = (const NAMED(vector) *)panel->bias;
  const uint32_t *thirds[(TILE_ROWS + 2) / 3];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
    if (i % 3 == 0) thirds[i / 3] = x + i * ldx;
    sums[i][0] = bias[0];
    sums[i][1] = bias[1];
  }
  for (size_t k = 0; k < depth; k++) {
    const __m512i first = _mm512_loadu_si512(weights + k * PANEL);
    const __m512i second = _mm512_loadu_si512(weights + k * PANEL + LANES);
    __builtin_prefetch(weights + (k + FLOATS_AHEAD) * PANEL);
    __builtin_prefetch(weights + (k + FLOATS_AHEAD) * PANEL + LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      const __m512bh pair = (__m512bh)_mm512_set1_epi32((int32_t)thirds[i / 3][k + i % 3 * ldx]);
      sums[i][0] = (NAMED(vector))_mm512_dpbf16_ps((__m512)sums[i][0], (__m512bh)first, pair);
      sums[i][1] = (NAMED(vector))_mm512_dpbf16_ps((__m512)sums[i][1], (__m512bh)second, pair);
    }
  }
  NAMED(finish)(height, panel, row, sums);
}

static __attribute__((noinline)) void NAMED(dot_tile_of)(size_t height, size_t depth, const uint32_t *x, size_t ldx,
                                                         const NAMED(panel) *panel, size_t row) {
  WITH_HEIGHT(NAMED(dot_tile), height, depth, x, ldx, panel, row)
}

/// `count` floats, rounded as the other arms round them, to pairs.
static void NAMED(dot_round)(const float *x, size_t count, uint16_t *y) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    _mm256_storeu_si256((__m256i *)(y + i), (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(x + i)));
  }
  for (; i < count; i++) y[i] = NAMED(bf16_of)(x[i]);
  if (count % 2 != 0) y[count] = 0;
}

static void NAMED(dot_linear)(size_t rows, size_t input, size_t output, const void *packed,
                              kindred_activation activation, const float *x, float *y, void *workspace) {
  const size_t depth = (input + 1) / 2;
  const NAMED(division) division = NAMED(divide)(rows, TILE_ROWS, depth * 4);
  uint32_t *pairs = workspace;
  for (size_t block = 0; block < division.count; block += division.tiles) {
    const size_t end = block + division.tiles < division.count ? block + division.tiles : division.count;
    const size_t start = NAMED(first_row)(&division, block), stop = NAMED(first_row)(&division, end);
    for (size_t row = start; row < stop; row++) {
      NAMED(dot_round)(x + row * input, input, (uint16_t *)(pairs + (row - start) * depth));
    }
    for (size_t column = 0; column < output; column += PANEL) {
      const NAMED(panel) panel = NAMED(panel_at)(packed, column, output, depth * PANEL * 4, activation, y);
      for (size_t tile = block; tile < end; tile++) {
        const size_t row = NAMED(first_row)(&division, tile), next = NAMED(first_row)(&division, tile + 1);
        NAMED(dot_tile_of)(next - row, depth, pairs + (row - start) * depth, depth, &panel, row);
      }
    }
  }
}
