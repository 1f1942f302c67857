// Products of codes of 8 bits: a part of served_kernels.h. Uses the tiles.
//
// An input is s (q - z) with a scale s and a zero point z of its row, q and z in -128...127; a weight is c w with a
// scale c of its output, w in -127...127. Their product is s c (sum of q w - z * sum of w), with whole sums.

/// What belongs to the codes of one row.
typedef struct NAMED(row_codes) {
  float scale;
  int32_t zero, sum; // z, and the sum of all q
} NAMED(row_codes);

/// 1.5 * 2^23: what is added to it is rounded to a whole number, ties to even.
#define ROUNDING 12582912.0f

/// Scale and zero point of a row, from the range of its values and 0. The scale of a row with an infinity or a NaN is
/// NaN; that of a row of values near 0 is 0. In both cases all codes are z = 0.
static NAMED(row_codes) NAMED(code_scale)(const float *x, size_t input) {
  NAMED(vector) least = {0}, most = {0};
  NAMED(bits) largest = {0};
  float low = 0, high = 0;
  uint32_t bits_of_largest = 0;
  size_t k = 0;
  for (; k + LANES <= input; k += LANES) {
    const NAMED(vector) value = *(const NAMED(vector) *)(x + k);
    const NAMED(bits) bits = (NAMED(bits))value & 0x7fffffffu;
    least = NAMED(choose)(value < least, value, least);
    most = NAMED(choose)(value > most, value, most);
    largest = __builtin_elementwise_max(largest, bits);
  }
  for (size_t lane = 0; lane < LANES; lane++) {
    if (least[lane] < low) low = least[lane];
    if (most[lane] > high) high = most[lane];
    if (largest[lane] > bits_of_largest) bits_of_largest = largest[lane];
  }
  for (; k < input; k++) {
    uint32_t bits;
    memcpy(&bits, x + k, sizeof(bits));
    bits &= 0x7fffffffu;
    if (x[k] < low) low = x[k];
    if (x[k] > high) high = x[k];
    if (bits > bits_of_largest) bits_of_largest = bits;
  }
  if (bits_of_largest >= 0x7f800000u) return (NAMED(row_codes)){NAN, 0, 0};
  const float scale = high / 255.0f - low / 255.0f; // high - low may be infinite
  if (scale < 1e-36f) return (NAMED(row_codes)){0, 0, 0};
  const float zero = -128.0f - low / scale;
  return (NAMED(row_codes)){scale, (int32_t)((zero + ROUNDING) - ROUNDING), 0};
}

/// The code of a value; `inverse` is 1 / scale. The same steps in every arm: no product is fused with a sum.
INLINE NAMED(words) NAMED(code_of)(NAMED(vector) x, float inverse, int32_t zero) {
#pragma clang fp contract(off)
  const NAMED(vector) scaled = x * inverse;
  const NAMED(vector) sum = scaled + ROUNDING;
  NAMED(words) code = (NAMED(words))sum - 0x4b400000 + zero;
  code = __builtin_elementwise_min(code, (NAMED(words)){0} + 127);
  return __builtin_elementwise_max(code, (NAMED(words)){0} - 128);
}

/// Writes the codes of a row, `padded` of them with zeros behind the last one.
#define QUANTIZE_ROW(name, CODE)                                                                                  \
  static NAMED(row_codes) NAMED(name)(const float *x, size_t input, size_t padded, CODE *target) {                \
    NAMED(row_codes) row = NAMED(code_scale)(x, input);                                                           \
    typedef CODE NAMED(codes)                                                                                     \
        __attribute__((vector_size(LANES * sizeof(CODE)), aligned(sizeof(CODE)), may_alias));                     \
    memset(target + input, 0, (padded - input) * sizeof(CODE));                                                   \
    if (!(row.scale > 0)) {                                                                                       \
      memset(target, 0, input * sizeof(CODE));                                                                    \
      return row;                                                                                                 \
    }                                                                                                             \
    const float inverse = 1 / row.scale;                                                                          \
    NAMED(words) sums = {0};                                                                                      \
    size_t k = 0;                                                                                                 \
    for (; k + LANES <= input; k += LANES) {                                                                      \
      const NAMED(words) code = NAMED(code_of)(*(const NAMED(vector) *)(x + k), inverse, row.zero);               \
      sums += code;                                                                                               \
      *(NAMED(codes) *)(target + k) = __builtin_convertvector(code, NAMED(codes));                                \
    }                                                                                                             \
    for (size_t lane = 0; lane < LANES; lane++) row.sum += sums[lane];                                            \
    for (; k < input; k++) {                                                                                      \
      const int32_t code = NAMED(code_of)(NAMED(splat)(x[k]), inverse, row.zero)[0];                              \
      row.sum += code;                                                                                            \
      target[k] = (CODE)code;                                                                                     \
    }                                                                                                             \
    return row;                                                                                                   \
  }

QUANTIZE_ROW(quantize16, int16_t)

/// The scale of one output's weights; 0 where one of them is infinite.
static float NAMED(weight_scale)(const float *weight, size_t input) {
  float most = 0;
  for (size_t k = 0; k < input; k++) {
    const float size = fabsf(weight[k]);
    if (size > most) most = size;
  }
  return most < INFINITY ? most / 127 : 0;
}

/// The code of a weight; that of a NaN is 0.
INLINE int8_t NAMED(weight_code)(float weight, float inverse) {
#pragma clang fp contract(off)
  const float scaled = weight * inverse;
  const float rounded = (scaled + ROUNDING) - ROUNDING;
  return rounded >= -127 && rounded <= 127 ? (int8_t)rounded : 0;
}

/// The values of a tile from its whole sums. The steps are the same in every arm, but bias may be fused.
INLINE void NAMED(finish_codes)(int height, const NAMED(panel) *panel, size_t row, const NAMED(row_codes) *codes,
                                int32_t offset, NAMED(words) totals[TILE_ROWS][2]) {
  NAMED(vector) sums[TILE_ROWS][2];
  const NAMED(vector) *bias = (const NAMED(vector) *)panel->bias, *scales = (const NAMED(vector) *)panel->scales;
  const NAMED(words) *weight_sums = (const NAMED(words) *)panel->sums;
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
      const NAMED(words) total =
          totals[i][half] - offset * codes[i].sum - codes[i].zero * weight_sums[half];
      sums[i][half] = __builtin_convertvector(total, NAMED(vector)) * (codes[i].scale * scales[half]) + bias[half];
    }
  }
  NAMED(finish)(height, panel, row, sums);
}

#define CODES_SIZE(input, unit) (((input) + (unit) - 1) / (unit) * (unit))

/// Defines `<name>_size`, `_pack`, `_workspace` and `_linear` over panels with `unit` inputs of one output side by
/// side, stored as w + offset. `quantize` writes rows of CODE, and `tile_of` multiplies at most `most` rows of them.
#define CODE_PRODUCT(name, CODE, unit, offset, quantize, tile_of, most)                                           \
  static size_t NAMED(name##_size)(size_t input, size_t output) {                                                 \
    return NAMED(packed_bytes)(output, CODES_SIZE(input, unit) * PANEL);                                          \
  }                                                                                                               \
  static void NAMED(name##_pack)(size_t input, size_t output, const float *weight, const float *bias,             \
                                 size_t first, size_t count, void *packed) {                                      \
    for (size_t i = 0; i < count; i++) {                                                                          \
      const size_t column = (first + i) / PANEL * PANEL, place = first + i - column;                              \
      const NAMED(panel) panel =                                                                                  \
          NAMED(panel_at)(packed, column, output, CODES_SIZE(input, unit) * PANEL, 0, packed);                    \
      int8_t *target = (int8_t *)panel.weights + place * unit;                                                    \
      const float *row = weight + i * input;                                                                      \
      const float scale = NAMED(weight_scale)(row, input), inverse = scale > 1e-36f ? 1 / scale : 0;              \
      int32_t sum = 0;                                                                                            \
      for (size_t k = 0; k < input; k++) {                                                                        \
        const int8_t code = NAMED(weight_code)(row[k], inverse);                                                  \
        sum += code;                                                                                              \
        target[k / unit * unit * PANEL + k % unit] = (int8_t)(code + offset);                                     \
      }                                                                                                           \
      ((float *)panel.scales)[place] = scale;                                                                     \
      ((int32_t *)panel.sums)[place] = sum;                                                                       \
      if (bias) ((float *)panel.bias)[place] = bias[i];                                                           \
    }                                                                                                             \
  }                                                                                                               \
  static size_t NAMED(name##_workspace)(size_t rows, size_t input) {                                              \
    const size_t stride = CODES_SIZE(input, unit) * sizeof(CODE);                                                 \
    const NAMED(division) division = NAMED(divide)(rows, most, stride);                                           \
    const size_t block = division.tiles * most < rows ? division.tiles * most : rows;                             \
    return NAMED(lines)(block * sizeof(NAMED(row_codes))) + block * stride + 64;                                  \
  }                                                                                                               \
  static void NAMED(name##_linear)(size_t rows, size_t input, size_t output, const void *packed,                  \
                                   kindred_activation activation, const float *x, float *y, void *workspace) {    \
    const size_t padded = CODES_SIZE(input, unit);                                                                \
    const NAMED(division) division = NAMED(divide)(rows, most, padded * sizeof(CODE));                            \
    const size_t fitting = division.tiles * most < rows ? division.tiles * most : rows;                           \
    NAMED(row_codes) *rows_of = workspace;                                                                        \
    CODE *codes = (CODE *)((char *)workspace + NAMED(lines)(fitting * sizeof(NAMED(row_codes))));                 \
    for (size_t block = 0; block < division.count; block += division.tiles) {                                     \
      const size_t end = block + division.tiles < division.count ? block + division.tiles : division.count;       \
      const size_t start = NAMED(first_row)(&division, block), stop = NAMED(first_row)(&division, end);           \
      for (size_t row = start; row < stop; row++) {                                                               \
        rows_of[row - start] = quantize(x + row * input, input, padded, codes + (row - start) * padded);          \
      }                                                                                                           \
      for (size_t column = 0; column < output; column += PANEL) {                                                 \
        const NAMED(panel) panel = NAMED(panel_at)(packed, column, output, padded * PANEL, activation, y);        \
        for (size_t tile = block; tile < end; tile++) {                                                           \
          const size_t row = NAMED(first_row)(&division, tile), next = NAMED(first_row)(&division, tile + 1);     \
          tile_of(next - row, padded / unit, codes + (row - start) * padded, padded, &panel, row,                 \
                  rows_of + (row - start));                                                                       \
        }                                                                                                         \
      }                                                                                                           \
    }                                                                                                             \
  }

/// `height` rows of codes times a panel of pairs of codes, `depth` pairs.
INLINE void NAMED(i8_tile)(int height, size_t depth, const int16_t *x, size_t ldx, const NAMED(panel) *panel,
                           size_t row, const NAMED(row_codes) *codes) {
  NAMED(words) sums[TILE_ROWS][2] = {0};
  const int8_t *weights = panel->weights;
  for (size_t k = 0; k < depth; k++) {
    const NAMED(shorts) first = NAMED(widened)(weights + k * 2 * PANEL);
    const NAMED(shorts) second = NAMED(widened)(weights + k * 2 * PANEL + 2 * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      int32_t pair;
      memcpy(&pair, x + i * ldx + 2 * k, sizeof(pair));
      const NAMED(shorts) values = (NAMED(shorts))((NAMED(words)){0} + pair);
      sums[i][0] += NAMED(pair_sums)(values, first);
      sums[i][1] += NAMED(pair_sums)(values, second);
    }
  }
  NAMED(finish_codes)(height, panel, row, codes, 0, sums);
}

static __attribute__((noinline)) void NAMED(i8_tile_of)(size_t height, size_t depth, const int16_t *x, size_t ldx,
                                                        const NAMED(panel) *panel, size_t row,
                                                        const NAMED(row_codes) *codes) {
  WITH_HEIGHT(NAMED(i8_tile), height, depth, x, ldx, panel, row, codes)
}

CODE_PRODUCT(i8, int16_t, 2, 0, NAMED(quantize16), NAMED(i8_tile_of), CODE_TILE_ROWS)
