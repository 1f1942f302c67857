// Products of codes of 8 bits by the VNNI instruction: a part of served_avx512.c. Weights are kept as w + 128 without a
// sign, so that a row's four codes, which have one, are the operand that may be repeated from memory.

QUANTIZE_ROW(quantize8, int8_t)

/// Steps of a panel that are asked for ahead of the sum.
#define CODES_AHEAD 24

INLINE void NAMED(vnni_tile)(int height, size_t depth, const int8_t *x, size_t ldx, const NAMED(panel) *panel,
                             size_t row, const NAMED(row_codes) *codes) {
  NAMED(words) sums[TILE_ROWS][2];
  const int8_t *weights = panel->weights;
  const int8_t *thirds[(TILE_ROWS + 2) / 3];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
    if (i % 3 == 0) thirds[i / 3] = x + i * ldx;
    sums[i][0] = (NAMED(words)){0};
    sums[i][1] = (NAMED(words)){0};
  }
  for (size_t k = 0; k < depth; k++) {
    const __m512i first = _mm512_loadu_si512(weights + k * 4 * PANEL);
    const __m512i second = _mm512_loadu_si512(weights + k * 4 * PANEL + 64);
    __builtin_prefetch(weights + (k + CODES_AHEAD) * 4 * PANEL);
    __builtin_prefetch(weights + (k + CODES_AHEAD) * 4 * PANEL + 64);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      int32_t four;
      memcpy(&four, thirds[i / 3] + 4 * k + i % 3 * ldx, sizeof(four));
      const __m512i values = _mm512_set1_epi32(four);
      sums[i][0] = (NAMED(words))_mm512_dpbusd_epi32((__m512i)sums[i][0], first, values);
      sums[i][1] = (NAMED(words))_mm512_dpbusd_epi32((__m512i)sums[i][1], second, values);
    }
  }
  NAMED(finish_codes)(height, panel, row, codes, 128, sums);
}

static __attribute__((noinline)) void NAMED(vnni_tile_of)(size_t height, size_t depth, const int8_t *x, size_t ldx,
                                                          const NAMED(panel) *panel, size_t row,
                                                          const NAMED(row_codes) *codes) {
  WITH_HEIGHT(NAMED(vnni_tile), height, depth, x, ldx, panel, row, codes)
}

CODE_PRODUCT(vnni, int8_t, 4, 128, NAMED(quantize8), NAMED(vnni_tile_of), TILE_ROWS)
