// Tiles of rows and outputs, and the loops over them: a part of served_kernels.h.

/// Bytes of the rows that a panel is multiplied with before the next panel: they stay in the second-level cache.
#define BLOCK_BYTES (512 * 1024)

/// Outputs, rounded up to whole panels.
INLINE size_t NAMED(padded)(size_t output) { return (output + PANEL - 1) / PANEL * PANEL; }

/// Bytes, rounded up to whole lines.
INLINE size_t NAMED(lines)(size_t size) { return (size + 63) / 64 * 64; }

/// What the epilogue of a panel's tiles needs.
typedef struct NAMED(panel) {
  const void *weights;
  const float *bias, *scales; // of the panel's outputs
  const int32_t *sums;
  kindred_activation activation;
  size_t columns; // of the PANEL outputs, those that are there
  float *y;
  size_t ldy;
} NAMED(panel);

/// Writes the values of a tile from row `row` on, which are whole but for their activation.
INLINE void NAMED(finish)(int height, const NAMED(panel) *panel, size_t row, NAMED(vector) sums[TILE_ROWS][2]) {
  float *y = panel->y + row * panel->ldy;
  if (panel->columns == PANEL) {
#pragma clang loop unroll(full)
    for (int i = 0; i < height; i++) {
      *(NAMED(vector) *)(y + i * panel->ldy) = sums[i][0];
      *(NAMED(vector) *)(y + i * panel->ldy + LANES) = sums[i][1];
    }
    if (panel->activation != KINDRED_ACTIVATION_NONE) NAMED(activate)(panel->activation, height, y, panel->ldy);
    return;
  }
  float values[TILE_ROWS][PANEL];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
    *(NAMED(vector) *)values[i] = sums[i][0];
    *(NAMED(vector) *)(values[i] + LANES) = sums[i][1];
  }
  NAMED(activate)(panel->activation, height, values[0], PANEL);
  for (int i = 0; i < height; i++) memcpy(y + i * panel->ldy, values[i], panel->columns * sizeof(float));
}

/// Calls tile(height, ...) with `height` a constant, so that its sums are registers.
#define CASE_OF(tile, count, ...) \
  case count:                     \
    if (count <= TILE_ROWS) tile(count <= TILE_ROWS ? count : 1, __VA_ARGS__); \
    break;
#define WITH_HEIGHT(tile, height, ...)                                                                            \
  switch (height) {                                                                                               \
    CASE_OF(tile, 1, __VA_ARGS__) CASE_OF(tile, 2, __VA_ARGS__) CASE_OF(tile, 3, __VA_ARGS__)                     \
    CASE_OF(tile, 4, __VA_ARGS__) CASE_OF(tile, 5, __VA_ARGS__) CASE_OF(tile, 6, __VA_ARGS__)                     \
    CASE_OF(tile, 7, __VA_ARGS__) CASE_OF(tile, 8, __VA_ARGS__) CASE_OF(tile, 9, __VA_ARGS__)                     \
    CASE_OF(tile, 10, __VA_ARGS__) CASE_OF(tile, 11, __VA_ARGS__) CASE_OF(tile, 12, __VA_ARGS__)                  \
    CASE_OF(tile, 13, __VA_ARGS__) CASE_OF(tile, 14, __VA_ARGS__)                                                 \
  default: break;                                                                                                 \
  }

/// How rows are divided: into tiles of `height` rows, the first `taller` of them with one row more, and blocks of
/// `tiles` of them. Tiles of nearly one height: 15 rows are 8 and 7, not 14 and 1.
typedef struct NAMED(division) {
  size_t count, height, taller, tiles;
} NAMED(division);

INLINE NAMED(division) NAMED(divide)(size_t rows, size_t most, size_t row_bytes) {
  const size_t count = (rows + most - 1) / most;
  const size_t fitting = BLOCK_BYTES / (row_bytes * most + 1);
  if (count == 0) return (NAMED(division)){0, 0, 0, 1};
  return (NAMED(division)){count, rows / count, rows % count, fitting < 2 ? 2 : fitting};
}

/// The first row of a tile; of the tile after the last one, the number of rows.
INLINE size_t NAMED(first_row)(const NAMED(division) *division, size_t tile) {
  return tile * division->height + (tile < division->taller ? tile : division->taller);
}

/// The panel of the outputs from `column` on. A packed layer is bias, scales and sums, each for all outputs, and then
/// the panels.
INLINE NAMED(panel) NAMED(panel_at)(const void *packed, size_t column, size_t output, size_t panel_bytes,
                                    kindred_activation activation, float *y) {
  const size_t padded = NAMED(padded)(output);
  const float *heads = packed;
  return (NAMED(panel)){
      .weights = (const char *)packed + NAMED(lines)(padded * 12) + column / PANEL * panel_bytes,
      .bias = heads + column,
      .scales = heads + padded + column,
      .sums = (const int32_t *)packed + 2 * padded + column,
      .activation = activation,
      .columns = output - column < PANEL ? output - column : PANEL,
      .y = y + column,
      .ldy = output,
  };
}

/// The same as bytes.
INLINE size_t NAMED(packed_bytes)(size_t output, size_t panel_bytes) {
  const size_t padded = NAMED(padded)(output);
  return NAMED(lines)(padded * 12) + padded / PANEL * panel_bytes;
}
