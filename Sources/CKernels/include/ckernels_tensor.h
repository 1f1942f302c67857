// The C interface of the Transformer's kernels, for float and double. Matrices are row-major; a leading dimension is
// the step from one row to the next, in elements.
#ifndef KINDRED_CKERNELS_TENSOR_H
#define KINDRED_CKERNELS_TENSOR_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Queries that attend at once; keys after the last of them are not looked at.
#define KINDRED_ATTENTION_ROWS 48

/// The kernels of one arm for elements of type `REAL`.
#define KINDRED_TENSOR_KERNELS(REAL, NAME)                                                                             \
  typedef struct NAME {                                                                                                \
    const char *name; /* "portable", "avx2" or "avx512" */                                                             \
                                                                                                                       \
    /* c [m, n] = alpha * a' b' (+ c where `accumulate`); a' is a [m, k], or the transpose of a [k, m]; b' is b [k,    \
       n], or the transpose of b [n, k]. `workspace` has kindred_gemm_workspace() elements. */                         \
    void (*gemm)(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, REAL alpha, const REAL *a,            \
                 size_t lda, const REAL *b, size_t ldb, int accumulate, REAL *c, size_t ldc, REAL *workspace);         \
                                                                                                                       \
    /* Each row of `logits` [rows, columns] becomes `weight` times the gradient of -log softmax at `targets`; `losses` \
       [rows] receives that value. A row whose target is UINT32_MAX becomes 0 and has loss 0. */                       \
    void (*softmax_gradient)(REAL *logits, size_t ld, size_t rows, size_t columns, const uint32_t *targets,            \
                             REAL weight, REAL *losses);                                                               \
                                                                                                                       \
    /* y = (x - mean) / sqrt(variance + epsilon) * gain + bias by rows; without `bias`, the RMS norm. `inverse` [rows] \
       keeps 1 / sqrt(...), `mean` [rows] the means, for the backward pass. */                                         \
    void (*norm)(const REAL *x, const REAL *gain, const REAL *_Nullable bias, size_t rows, size_t d, REAL epsilon,     \
                 REAL *y, REAL *mean, REAL *inverse);                                                                  \
    /* dx += ..., dgain += ..., dbias += ... */                                                                        \
    void (*norm_backward)(const REAL *x, const REAL *gain, const REAL *dy, const REAL *mean, const REAL *inverse,      \
                          size_t rows, size_t d, REAL *dx, REAL *dgain, REAL *_Nullable dbias);                        \
                                                                                                                       \
    /* One head of one sequence: out_i = sum over j <= i + shift of softmax_j(scale * q_i k_j) v_j, i < queries,       \
       j < keys. Each key but the last seen is left out with probability `rate`, chosen by `seed` and place (DropKey;  \
       Li et al. 2023). `probabilities` [queries, keys] is kept for the backward pass; `workspace` as for `gemm`. */   \
    void (*attention)(const REAL *q, size_t ldq, const REAL *k, const REAL *v, size_t ldkv, size_t queries,            \
                      size_t keys, size_t shift, size_t width, REAL scale, REAL rate, uint64_t seed, REAL *out,        \
                      size_t ldout, REAL *probabilities, REAL *workspace);                                             \
    /* dq, dk, dv += ...; `slopes` has room for KINDRED_ATTENTION_ROWS * keys elements, `workspace` as for `gemm`. */  \
    void (*attention_backward)(const REAL *q, size_t ldq, const REAL *k, const REAL *v, size_t ldkv, size_t queries,   \
                               size_t keys, size_t shift, size_t width, REAL scale, const REAL *probabilities,         \
                               const REAL *dout, size_t ldout, REAL *dq, REAL *dk, REAL *dv, REAL *slopes,             \
                               REAL *workspace);                                                                       \
                                                                                                                       \
    /* Turns the pairs (x[i], x[i + width / 2]) of each head by the angle position / 10000^(2 i / width); `direction`  \
       is 1, or -1 for the backward pass. */                                                                           \
    void (*rotate)(REAL *x, size_t ld, size_t rows, size_t heads, size_t width, const REAL *cosines,                   \
                   const REAL *sines, const uint32_t *positions, REAL direction);                                      \
                                                                                                                       \
    void (*relu)(const REAL *x, size_t count, REAL *y);                                                                \
    void (*relu_backward)(const REAL *x, const REAL *dy, size_t count, REAL *dx); /* dx = */                           \
    void (*gelu)(const REAL *x, size_t count, REAL *y); /* the tanh form */                                            \
    void (*gelu_backward)(const REAL *x, const REAL *dy, size_t count, REAL *dx);                                      \
    /* y [rows, width] = silu(x[:, :width]) * x[:, width:], x [rows, 2 width] */                                       \
    void (*swiglu)(const REAL *x, size_t rows, size_t width, REAL *y);                                                 \
    void (*swiglu_backward)(const REAL *x, const REAL *dy, size_t rows, size_t width, REAL *dx);                       \
    /* y = sigmoid(g) * x */                                                                                           \
    void (*gate)(const REAL *g, const REAL *x, size_t count, REAL *y);                                                 \
    void (*gate_backward)(const REAL *g, const REAL *x, const REAL *dy, size_t count, REAL *dg, REAL *dx);             \
                                                                                                                       \
    /* y = x with each element set to 0 with probability `rate` and the others divided by 1 - rate, chosen by a hash   \
       of `seed` and the place alone, so that the backward pass needs no mask. */                                      \
    void (*dropout)(const REAL *x, size_t count, REAL rate, uint64_t seed, REAL *y);                                   \
                                                                                                                       \
    void (*add)(const REAL *x, size_t count, REAL factor, REAL *y); /* y += factor * x */                              \
    void (*add_bias)(const REAL *bias, size_t rows, size_t d, REAL *y);                                                \
    void (*sum_rows)(const REAL *x, size_t rows, size_t d, REAL *y); /* y [d] += the sum of the rows */                \
    REAL (*dot)(const REAL *x, const REAL *y, size_t count);                                                           \
    /* y [outputs] = w [outputs, d] x + bias, for one x */                                                             \
    void (*project)(const REAL *w, const REAL *_Nullable bias, const REAL *x, size_t outputs, size_t d, REAL *y);      \
    /* One step of Adam: `step` is the rate with the corrections of both moments' biases in it. */                     \
    void (*adam)(REAL *parameters, const REAL *gradients, REAL *first, REAL *second, size_t count, REAL step,          \
                 REAL beta1, REAL beta2, REAL epsilon, REAL decay, REAL scale);                                        \
                                                                                                                       \
    /* A step of a GRU: r, z and n from inputs [rows, 3 width] = W_i x + b_i and recurrent [rows, 3 width] =           \
       W_h before + b_h, as PyTorch has them; state = (1 - z) n + z before. `gates` [rows, 4 width] keeps r, z, n and  \
       the recurrent part of n for the backward pass. */                                                               \
    void (*gru)(const REAL *inputs, const REAL *recurrent, const REAL *before, size_t rows, size_t width, REAL *gates, \
                REAL *state);                                                                                          \
    /* dinputs =, drecurrent =, dbefore += what does not go through the gates */                                       \
    void (*gru_backward)(const REAL *gates, const REAL *before, const REAL *dstate, size_t rows, size_t width,         \
                         REAL *dinputs, REAL *drecurrent, REAL *dbefore);                                              \
    /* A step of an LSTM: i, f, g and o from inputs and recurrent [rows, 4 width], as PyTorch has them; cell = f before\
       + i g, state = o tanh(cell). `gates` [rows, 5 width] keeps i, f, g, o and tanh(cell) for the backward pass. */  \
    void (*lstm)(const REAL *inputs, const REAL *recurrent, const REAL *before, size_t rows, size_t width,             \
                 REAL *gates, REAL *cell, REAL *state);                                                                \
    /* dgates =, the same for inputs and recurrent; dbefore =, which may be dcell, that of the cell by later steps */  \
    void (*lstm_backward)(const REAL *gates, const REAL *before, const REAL *dstate, const REAL *dcell, size_t rows,   \
                          size_t width, REAL *dgates, REAL *dbefore);                                                  \
  } NAME;

KINDRED_TENSOR_KERNELS(float, kindred_tensor_f32)
KINDRED_TENSOR_KERNELS(double, kindred_tensor_f64)

/// The kernels of the fastest arm that this processor runs and `kernels` (a name as in `kindred_kernels`) allows.
const kindred_tensor_f32 *kindred_tensor_f32_for(const char *kernels);
const kindred_tensor_f64 *kindred_tensor_f64_for(const char *kernels);

/// Elements of a product's workspace.
size_t kindred_gemm_workspace(void);

#ifdef __cplusplus
}
#endif

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
