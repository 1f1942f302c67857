// The Transformer's kernels, written once. A file that includes this defines REAL, its unsigned integer REAL_BITS of
// the same size with REAL_MANTISSA mantissa bits and REAL_BIAS, REAL_EXP_TERMS, REAL_EXP_LEAST, VECTOR_BYTES,
// TILE_ROWS, NAMED(x), TABLE and TABLE_TYPE, and sets the target of the functions. This and its parts have no guards:
// they are included once for each type.
//
// Sums are reordered as the compiler likes; exponentials are not (their error terms would vanish).

#pragma clang fp reassociate(on) contract(fast)

typedef REAL NAMED(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL)), may_alias));
#define LANES (VECTOR_BYTES / sizeof(REAL))
#define TILE_COLUMNS (2 * LANES)

/// The target of a loop by elements may be one of its sources, at the same place.
#define IN_PLACE _Pragma("clang loop vectorize(assume_safety)")

#include "tensor_product.h"
#include "tensor_softmax.h"
#include "tensor_norm.h"
#include "tensor_elements.h"
#include "tensor_attention.h"
#include "tensor_recurrent.h"

const TABLE_TYPE TABLE = {
    ARM_NAME,           NAMED(gemm),          NAMED(softmax_gradient), NAMED(norm),       NAMED(norm_backward),
    NAMED(attention),   NAMED(attention_backward), NAMED(rotate),      NAMED(relu),       NAMED(relu_backward),
    NAMED(gelu),        NAMED(gelu_backward), NAMED(swiglu),           NAMED(swiglu_backward), NAMED(gate),
    NAMED(gate_backward), NAMED(dropout),     NAMED(add),              NAMED(add_bias),   NAMED(sum_rows),
    NAMED(dot),         NAMED(project),       NAMED(adam),             NAMED(gru),        NAMED(gru_backward),
    NAMED(lstm),        NAMED(lstm_backward),
};

#undef LANES
#undef TILE_COLUMNS
#undef IN_PLACE
#undef BLOCK_DEPTH
#undef BLOCK_COLUMNS
#undef BLOCK_ROWS
