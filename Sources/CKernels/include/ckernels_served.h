// The C interface of the kernels that serve an encoder: linear layers with packed weights in three precisions, the sum
// and norm of two arrays, and attention without a mask. Matrices are row-major floats.
#ifndef KINDRED_CKERNELS_SERVED_H
#define KINDRED_CKERNELS_SERVED_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// What is applied to y = x W^T + b, value by value.
typedef enum kindred_activation {
  KINDRED_ACTIVATION_NONE = 0,
  KINDRED_ACTIVATION_RELU = 1,
  KINDRED_ACTIVATION_GELU = 2,      // x (1 + erf(x / sqrt 2)) / 2
  KINDRED_ACTIVATION_GELU_TANH = 3  // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
} kindred_activation;

/// The most inputs of a layer: sums of products of codes stay below 2^31.
#define KINDRED_SERVED_INPUTS 65536

/// Linear layers whose weights are kept in one precision. What is packed by one arm is read by that arm alone.
typedef struct kindred_served_product {
  /* Bytes of a packed layer, which starts at a multiple of 64. */
  size_t (*packed_size)(size_t input, size_t output);
  /* Adds `count` rows of `weight` [count, input], and of `bias` [count] where there is one, as the outputs from `first`
     on to a layer that was all zero bytes before its first part. */
  void (*pack)(size_t input, size_t output, const float *weight, const float *_Nullable bias, size_t first,
               size_t count, void *packed);
  /* Bytes of a product's workspace, which starts at a multiple of 64. */
  size_t (*workspace_size)(size_t rows, size_t input);
  /* y [rows, output] = activation(x [rows, input] W^T + b) */
  void (*linear)(size_t rows, size_t input, size_t output, const void *packed, kindred_activation activation,
                 const float *x, float *y, void *workspace);
} kindred_served_product;

/// The kernels of one arm.
typedef struct kindred_served_kernels {
  const char *name; /* "portable", "avx2", "avx512", "avx512vnni" or "avx512bf16" */

  /* Sums of float products. */
  kindred_served_product f32;
  /* Weights and inputs are rounded to bfloat16, to nearest, ties to even; sums are float. All arms but "avx512bf16"
     widen both to float. That one has an instruction for pairs, which takes numbers below 2^-126 for 0 and sums in
     another order. */
  kindred_served_product bf16;
  /* Weights are whole numbers of -127...127 times a scale for each output, inputs whole numbers of 0...255, less a zero
     point, times a scale for each row. Sums are whole, and the same in every arm. A row with an infinity or a NaN gives
     NaNs. */
  kindred_served_product i8;

  /* y = norm(x + residual) * gain + bias by rows of d; y may be x or residual. */
  void (*add_norm)(const float *x, const float *residual, const float *gain, const float *bias, size_t rows, size_t d,
                   float epsilon, float *y);

  /* One text: out_i = sum over j of softmax_j(scale * q_i k_j) v_j for each head. `qkv` [rows, 3 * heads * width] has
     queries, keys and values side by side; out is [rows, heads * width]. */
  void (*attention)(const float *qkv, size_t rows, size_t heads, size_t width, float scale, float *out,
                    void *workspace);
  /* Bytes of its workspace, which starts at a multiple of 64. */
  size_t (*attention_workspace_size)(size_t rows, size_t width);
} kindred_served_kernels;

/// The kernels of that arm; NULL for a name that is unknown or that this processor does not run.
const kindred_served_kernels *_Nullable kindred_served_named(const char *name);

/// The fastest kernels that this processor runs and `kernels` (a name as in `kindred_kernels`) allows.
const kindred_served_kernels *kindred_served_for(const char *kernels);

#ifdef __cplusplus
}
#endif

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
