// The C interface of the numeric kernels: distances over rows of vectors and of 8-bit codes, half conversion,
// quantising, CRC-32C, and the few atomic operations that the graph builder needs.
#ifndef KINDRED_CKERNELS_H
#define KINDRED_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "ckernels_atomics.h"
#include "ckernels_prefetch.h"
#include "ckernels_served.h"
#include "ckernels_tensor.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#define KINDRED_NULLABLE _Nullable
#define KINDRED_NONNULL _Nonnull
#else
#define KINDRED_NULLABLE
#define KINDRED_NONNULL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Distances of one query to `count` rows.
///
/// `query` has `dimension` floats. Each of `rows` points at `dimension` components (float32 or IEEE half,
/// by the member of `kindred_kernels` that is called), at any byte alignment; nothing past the last
/// component is read. The functions over codes take a `kindred_code_query` instead. Rows of 8 bits are signed bytes in
/// -127...127, padded with zeros to a multiple of 64, which are read. Rows of 4 bits have a `dimension` that is a
/// multiple of 128: byte j of 64-byte line g holds u of component 128 g + j in its low half and u of component
/// 128 g + 64 + j in its high one, and the component's code is 2 u - 15. `out` receives `count` values. Rows
/// of later calls are not touched; rows of this call are prefetched ahead of their use.
typedef void (*kindred_distance)(const void *query, const void *KINDRED_NULLABLE const *KINDRED_NONNULL rows,
                                 size_t count, size_t dimension, float *out);

/// Codes of a row or a query: signed bytes, padded with zeros to a whole number of these.
#define KINDRED_CODE_LINE 64

/// A query over rows of codes; its own codes follow at the next line, padded with zeros as the rows are.
typedef struct kindred_code_query {
  float base;        ///< Part of every distance.
  float row_factor;  ///< Times the squared norm of the row's codes, added; for `squared_l2_i8` only.
  float factor;      ///< Times the inner product of the query's codes and the row's, taken off.
  int32_t code_sum;  ///< The sum of the query's codes.
  float bound;       ///< For `squared_l2_i8`: as in `kindred_augmented_query` where positive; 0 for plain distances.
  float height;
} kindred_code_query;

/// A query over rows of floats that are augmented by a further component to one norm; its own `dimension` floats follow
/// at the next line of 64 bytes.
typedef struct kindred_augmented_query {
  float norm;    ///< The squared norm of the query.
  float bound;   ///< The squared norm that rows are augmented to; longer ones get 0 as their further component.
  float height;  ///< The further component of the query: sqrt(max(0, bound - norm)).
} kindred_augmented_query;

/// The kernels of one instruction-set arm. All arms agree up to the rounding of sums; the half
/// conversions agree bit for bit.
typedef struct kindred_kernels {
  const char *name;  ///< "portable", "sse2", "avx2", "avx512", "avx512vnni" or "neon".

  kindred_distance cosine_distance_f32;         ///< 1 - sum of q * r, for rows and query of length one
  kindred_distance negative_inner_product_f32;  ///< -(sum of q * r)
  kindred_distance squared_l2_f32;              ///< sum of (q - r)^2

  kindred_distance cosine_distance_f16;
  kindred_distance negative_inner_product_f16;
  kindred_distance squared_l2_f16;

  /// sum of (q - r)^2, + (height - sqrt(max(0, bound - sum of r * r)))^2; takes a `kindred_augmented_query`
  kindred_distance augmented_l2_f32;
  kindred_distance augmented_l2_f16;

  kindred_distance inner_product_i8;  ///< base - factor * (sum of q * r)
  /// base + row_factor * (sum of r * r) - factor * (sum of q * r),
  /// + (height - sqrt(max(0, bound - row_factor * (sum of r * r))))^2 where bound is positive
  kindred_distance squared_l2_i8;
  kindred_distance inner_product_i4;  ///< The same over codes of 4 bits.
  kindred_distance squared_l2_i4;

  /// Reads the numbers `first` to `first + count - 1` of a record of `size` bytes, 8 or more, that has numbers of
  /// `bits` bits, 8 to 32, packed, the lowest bits first. A number of all ones becomes UINT32_MAX.
  /// Nothing beside the record is read; the same on every arm.
  void (*unpack_numbers)(const void *record, size_t size, size_t bits, size_t first, size_t count, uint32_t *out);

  /// Rounds to the nearest half, ties to even; too large becomes infinity; NaN stays a (quiet) NaN.
  void (*f32_to_f16)(const float *source, uint16_t *target, size_t count);
  /// Exact; a signalling NaN comes out quiet, its other payload bits kept.
  void (*f16_to_f32)(const uint16_t *source, float *target, size_t count);
} kindred_kernels;

/// The arm of that name, or NULL if it is unknown or this processor cannot run it.
const kindred_kernels *KINDRED_NULLABLE kindred_kernels_named(const char *name);

/// The fastest arm that this processor runs. Never NULL.
const kindred_kernels *kindred_kernels_best(void);

/// Codes of floats: source * scale to the nearest whole number, ties to even, kept in -127...127. NaN becomes 0. The
/// same bytes on every processor.
void kindred_quantize_i8(const float *source, float scale, int8_t *target, size_t count);

/// The sum and the sum of the squares of `count` codes.
void kindred_code_totals_i8(const int8_t *codes, size_t count, int32_t *sum, int32_t *norm);

/// Codes of 4 bits of floats, laid out as rows of them are: u is source * scale / 2 + 7.5 to the nearest whole number,
/// kept in 0...15, so that source * scale is about 2 u - 15. `count` is a multiple of 128. NaN becomes 8. The same
/// bytes on every processor.
void kindred_quantize_i4(const float *source, float scale, uint8_t *target, size_t count);

/// Codes of 4 bits as signed bytes -15...15 in the order of components. `count` is a multiple of 128.
void kindred_unpack_i4(const uint8_t *source, int8_t *target, size_t count);

/// Turns the signs of `values` where those of `signs` (each 1 or -1) are negative, then multiplies them by the
/// normalised Walsh-Hadamard matrix of order `count`, a power of two. Keeps lengths. The same bytes on every processor.
void kindred_hadamard(float *values, const float *signs, size_t count);

/// CRC-32C (Castagnoli) of `size` bytes, continuing `crc`; start with 0. Any alignment.
/// crc32c(crc32c(0, a), b) is the checksum of a followed by b.
uint32_t kindred_crc32c(uint32_t crc, const void *KINDRED_NULLABLE bytes, size_t size);

/// What `kindred_crc32c` uses on this processor: "sse4.2" or "arm", which are instructions, or "tables".
const char *kindred_crc32c_arm(void);

/// The table-driven form of `kindred_crc32c`; same results on every processor.
uint32_t kindred_crc32c_portable(uint32_t crc, const void *KINDRED_NULLABLE bytes, size_t size);

#ifdef __cplusplus
}
#endif

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
