// The kernels that serve an encoder, written once for all arms. A file that includes this defines NAMED(x),
// VECTOR_BYTES, the rows of a tile of floats, TILE_ROWS, of codes, CODE_TILE_ROWS, and of pairs of bfloat16,
// PAIR_TILE_ROWS, and the queries that attend at once, QUERY_ROWS, and sets the target of the functions.
//
// A layer's weights are packed in panels of two vectors' outputs, each with its whole depth, so that a tile of rows and
// outputs is summed in registers from the first input to the last, and bias and activation follow while the tile is in
// the first-level cache. The loop over panels is outside of that over tiles: a panel is read from memory once for each
// block of rows.

#pragma clang fp contract(fast)

typedef float NAMED(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t NAMED(words) __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef uint32_t NAMED(bits) __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
#define LANES (VECTOR_BYTES / 4)
#define PANEL (2 * LANES)
#define INLINE static inline __attribute__((always_inline))

#include "served_activation.h"
#include "served_tile.h"
#include "served_float.h"
#include "served_codes.h"
#include "served_attention.h"

#define F32_PRODUCT {NAMED(f32_size), NAMED(f32_pack), NAMED(f32_workspace), NAMED(f32_linear)}
#define BF16_PRODUCT {NAMED(bf16_size), NAMED(bf16_pack), NAMED(bf16_workspace), NAMED(bf16_linear)}
#define I8_PRODUCT {NAMED(i8_size), NAMED(i8_pack), NAMED(i8_workspace), NAMED(i8_linear)}
