// What the arms share: the batch loop around a kernel for one row, and the arms' tables.
#ifndef KINDRED_KERNEL_ARMS_H
#define KINDRED_KERNEL_ARMS_H

#include <math.h>

#include "ckernels.h"
#include "packed_numbers.h"

#define KINDRED_INLINE static inline __attribute__((always_inline))

/// How many rows ahead of the one being summed are asked for, all their lines, into the second-level cache.
/// Measured on Zen 4 with 32 random rows per call out of 180 to 300 MB: 2 rows into the first level took
/// 146 ns for each 384-d float32 row and 407 ns for 768-d, 6 rows into the second level 89 ns and 228 ns.
/// The second level has room for more misses under way. 8 and 12 rows helped at 128-d only and cost at
/// 768-d; asking for the first lines of more rows lost at every dimension above 128.
#define KINDRED_ROWS_AHEAD 6

/// The same for rows of codes, which have fewer lines: 16 answer 3 to 15 % more queries than 8 at 384-d with 4
/// and 8 bits, and no fewer at 768-d, once the links of the next node are asked for early.
#define KINDRED_CODE_ROWS_AHEAD 16

#define KINDRED_AS_IS(sum) (sum)
#define KINDRED_ONE_MINUS(sum) (1.0f - (sum))
#define KINDRED_NEGATED(sum) (-(sum))

/// Defines a kernel for one row: four sums side by side, each a `vector` of `width` floats. `load` reads the row, `add`
/// adds to a sum, and the statement `tail` adds what is behind the last whole vector to `b`.
#define KINDRED_ROW_KERNEL(function, attributes, vector, width, zero, load_query, load, add, plus, sum, tail) \
  attributes KINDRED_INLINE float function(const float *query, const void *row, size_t dimension) {          \
    vector a = zero(), b = a, c = a, d = a;                                                                  \
    size_t i = 0;                                                                                            \
    for (; i + 4 * (width) <= dimension; i += 4 * (width)) {                                                 \
      a = add(a, load_query(query, i), load(row, i));                                                        \
      b = add(b, load_query(query, i + (width)), load(row, i + (width)));                                    \
      c = add(c, load_query(query, i + 2 * (width)), load(row, i + 2 * (width)));                            \
      d = add(d, load_query(query, i + 3 * (width)), load(row, i + 3 * (width)));                            \
    }                                                                                                        \
    for (; i + (width) <= dimension; i += (width)) a = add(a, load_query(query, i), load(row, i));           \
    tail                                                                                                     \
    return sum(plus(plus(a, b), plus(c, d)));                                                                \
  }

/// Defines a `kindred_distance` named `function` that calls `row_kernel(query, row, dimension)` for each
/// row and applies `finish` to its sum. `attributes` selects the instruction set.
#define KINDRED_BATCH(function, attributes, component_size, row_kernel, finish)                            \
  attributes static void function(const void *query, const void *const *rows, size_t count,              \
                                  size_t dimension, float *out) {                                         \
    const size_t row_size = dimension * (component_size);                                                 \
    const size_t head = count < KINDRED_ROWS_AHEAD ? count : KINDRED_ROWS_AHEAD;                          \
    for (size_t i = 0; i < head; i++) kindred_prefetch_row(rows[i], row_size);                            \
    for (size_t i = 0; i < count; i++) {                                                                  \
      if (i + KINDRED_ROWS_AHEAD < count) kindred_prefetch_row(rows[i + KINDRED_ROWS_AHEAD], row_size);   \
      out[i] = finish(row_kernel(query, rows[i], dimension));                                             \
    }                                                                                                     \
  }

/// What the further components of query and row add to a squared distance.
KINDRED_INLINE float kindred_augmentation(float height, float bound, float row_norm) {
  const float rest = bound - row_norm;
  const float difference = height - (rest > 0 ? sqrtf(rest) : 0);
  return difference * difference;
}

/// Defines a `kindred_distance` named `function` over augmented rows. The row is in the first-level cache when it is
/// summed the second time; its norm follows from both sums.
#define KINDRED_AUGMENTED_BATCH(function, attributes, component_size, dot_kernel, l2_kernel)               \
  attributes static void function(const void *query, const void *const *rows, size_t count,              \
                                  size_t dimension, float *out) {                                         \
    const kindred_augmented_query head = *(const kindred_augmented_query *)query;                         \
    const float *vector = (const float *)((const char *)query + KINDRED_CODE_LINE);                       \
    const size_t row_size = dimension * (component_size);                                                 \
    const size_t ahead = count < KINDRED_ROWS_AHEAD ? count : KINDRED_ROWS_AHEAD;                         \
    for (size_t i = 0; i < ahead; i++) kindred_prefetch_row(rows[i], row_size);                           \
    for (size_t i = 0; i < count; i++) {                                                                  \
      if (i + KINDRED_ROWS_AHEAD < count) kindred_prefetch_row(rows[i + KINDRED_ROWS_AHEAD], row_size);   \
      const float distance = l2_kernel(vector, rows[i], dimension);                                       \
      const float product = dot_kernel(vector, rows[i], dimension);                                       \
      const float norm = distance - head.norm + 2 * product;                                              \
      out[i] = distance + kindred_augmentation(head.height, head.bound, norm);                            \
    }                                                                                                     \
  }

/// The squared norm of a row of codes and its inner product with the query's.
typedef struct kindred_code_sums {
  int32_t norm;
  int32_t product;
} kindred_code_sums;

/// The bytes of a row of codes, whole lines.
KINDRED_INLINE size_t kindred_code_row_size(size_t dimension, size_t bits) {
  return (dimension * bits / 8 + KINDRED_CODE_LINE - 1) / KINDRED_CODE_LINE * KINDRED_CODE_LINE;
}

/// The codes behind the head of a query.
KINDRED_INLINE const int8_t *kindred_query_codes(const void *query) {
  return (const int8_t *)query + KINDRED_CODE_LINE;
}

/// The sums over codes 2 u - 15 from those over u: `product` of u and the query's codes, `norm` of u and u - 15.
KINDRED_INLINE kindred_code_sums kindred_nibble_sums(int32_t norm, int32_t product, size_t size, int32_t code_sum) {
  return (kindred_code_sums){4 * norm + 225 * (int32_t)size, 2 * product - 15 * code_sum};
}

/// Defines a `kindred_distance` over rows of `bits` a component. `row_kernel` gives the sums of one row.
#define KINDRED_CODE_BATCH(function, attributes, row_kernel, bits, needs_norm)                             \
  attributes static void function(const void *query, const void *const *rows, size_t count,               \
                                  size_t dimension, float *out) {                                         \
    const kindred_code_query head = *(const kindred_code_query *)query;                                   \
    const int8_t *codes = kindred_query_codes(query);                                                     \
    const size_t row_size = kindred_code_row_size(dimension, bits);                                       \
    const size_t size = row_size * 8 / (bits);                                                            \
    const size_t ahead = count < KINDRED_CODE_ROWS_AHEAD ? count : KINDRED_CODE_ROWS_AHEAD;               \
    for (size_t i = 0; i < ahead; i++) kindred_prefetch_row(rows[i], row_size);                           \
    for (size_t i = 0; i < count; i++) {                                                                  \
      if (i + KINDRED_CODE_ROWS_AHEAD < count) {                                                          \
        kindred_prefetch_row(rows[i + KINDRED_CODE_ROWS_AHEAD], row_size);                                \
      }                                                                                                   \
      const kindred_code_sums sums = row_kernel(codes, rows[i], size, head.code_sum, needs_norm);         \
      float distance = head.base - head.factor * (float)sums.product;                                     \
      if (needs_norm) {                                                                                   \
        const float norm = head.row_factor * (float)sums.norm;                                            \
        distance += norm;                                                                                 \
        if (head.bound > 0) distance += kindred_augmentation(head.height, head.bound, norm);              \
      }                                                                                                   \
      out[i] = distance;                                                                                  \
    }                                                                                                     \
  }

/// Defines the four functions over codes from an arm's kernels for one row.
#define KINDRED_CODE_BATCHES(arm, attributes)                                                              \
  KINDRED_CODE_BATCH(arm##_inner_product_i8, attributes, arm##_code_sums, 8, 0)                            \
  KINDRED_CODE_BATCH(arm##_squared_l2_i8, attributes, arm##_code_sums, 8, 1)                               \
  KINDRED_CODE_BATCH(arm##_inner_product_i4, attributes, arm##_nibble_row_sums, 4, 0)                      \
  KINDRED_CODE_BATCH(arm##_squared_l2_i4, attributes, arm##_nibble_row_sums, 4, 1)

/// Defines the eight batch functions of an arm from its four row kernels, which are named
/// `<arm>_dot_f32`, `<arm>_l2_f32`, `<arm>_dot_f16` and `<arm>_l2_f16`.
#define KINDRED_BATCHES(arm, attributes)                                                                   \
  KINDRED_BATCH(arm##_cosine_distance_f32, attributes, 4, arm##_dot_f32, KINDRED_ONE_MINUS)               \
  KINDRED_BATCH(arm##_negative_inner_product_f32, attributes, 4, arm##_dot_f32, KINDRED_NEGATED)          \
  KINDRED_BATCH(arm##_squared_l2_f32, attributes, 4, arm##_l2_f32, KINDRED_AS_IS)                         \
  KINDRED_BATCH(arm##_cosine_distance_f16, attributes, 2, arm##_dot_f16, KINDRED_ONE_MINUS)               \
  KINDRED_BATCH(arm##_negative_inner_product_f16, attributes, 2, arm##_dot_f16, KINDRED_NEGATED)          \
  KINDRED_BATCH(arm##_squared_l2_f16, attributes, 2, arm##_l2_f16, KINDRED_AS_IS)                         \
  KINDRED_AUGMENTED_BATCH(arm##_augmented_l2_f32, attributes, 4, arm##_dot_f32, arm##_l2_f32)             \
  KINDRED_AUGMENTED_BATCH(arm##_augmented_l2_f16, attributes, 2, arm##_dot_f16, arm##_l2_f16)

/// The table of an arm whose functions are named as `KINDRED_BATCHES` names them, and those over codes as
/// `KINDRED_CODE_BATCHES` names them for `code_arm`.
#define KINDRED_TABLE(arm, code_arm, unpack, label)                                                       \
  const kindred_kernels kindred_kernels_##code_arm = {                                                    \
      .name = label,                                                                                      \
      .cosine_distance_f32 = arm##_cosine_distance_f32,                                                   \
      .negative_inner_product_f32 = arm##_negative_inner_product_f32,                                     \
      .squared_l2_f32 = arm##_squared_l2_f32,                                                             \
      .cosine_distance_f16 = arm##_cosine_distance_f16,                                                   \
      .negative_inner_product_f16 = arm##_negative_inner_product_f16,                                     \
      .squared_l2_f16 = arm##_squared_l2_f16,                                                             \
      .augmented_l2_f32 = arm##_augmented_l2_f32,                                                         \
      .augmented_l2_f16 = arm##_augmented_l2_f16,                                                         \
      .inner_product_i8 = code_arm##_inner_product_i8,                                                    \
      .squared_l2_i8 = code_arm##_squared_l2_i8,                                                          \
      .inner_product_i4 = code_arm##_inner_product_i4,                                                    \
      .squared_l2_i4 = code_arm##_squared_l2_i4,                                                          \
      .unpack_numbers = unpack,                                                                           \
      .f32_to_f16 = arm##_f32_to_f16,                                                                     \
      .f16_to_f32 = arm##_f16_to_f32,                                                                     \
  };

extern const kindred_kernels kindred_kernels_portable;
#if defined(__x86_64__)
extern const kindred_kernels kindred_kernels_sse2;
extern const kindred_kernels kindred_kernels_avx2;
extern const kindred_kernels kindred_kernels_avx512;
extern const kindred_kernels kindred_kernels_avx512vnni;

void kindred_unpack_numbers_avx2(
    const void *record, size_t size, size_t bits, size_t first, size_t count, uint32_t *out);
#endif
#if defined(__aarch64__)
extern const kindred_kernels kindred_kernels_neon;
#endif

#endif
