// Attention without a mask, and the norm of a sum: a part of served_kernels.h. Uses the exponential.

/// The sum of the lanes.
INLINE float NAMED(total)(NAMED(vector) x) {
  float parts[LANES];
  memcpy(parts, &x, sizeof(parts));
#pragma clang loop unroll(full)
  for (size_t half = LANES / 2; half > 0; half /= 2) {
#pragma clang loop unroll(full)
    for (size_t lane = 0; lane < half; lane++) parts[lane] += parts[lane + half];
  }
  return parts[0];
}

/// Sums that a row is added to in turn, so that additions do not wait for each other.
#define SUMS 4

static void NAMED(add_norm)(const float *x, const float *residual, const float *gain, const float *bias, size_t rows,
                            size_t d, float epsilon, float *y) {
  const size_t step = SUMS * LANES, whole = d / step * step;
  for (size_t i = 0; i < rows; i++) {
    const float *one = x + i * d, *other = residual + i * d;
    float *target = y + i * d;
    NAMED(vector) sums[SUMS] = {0}, squares[SUMS] = {0};
    float sum = 0, square = 0;
    for (size_t j = 0; j < whole; j += step) {
#pragma clang loop unroll(full)
      for (int part = 0; part < SUMS; part++) {
        const size_t at = j + part * LANES;
        const NAMED(vector) value = *(const NAMED(vector) *)(one + at) + *(const NAMED(vector) *)(other + at);
        *(NAMED(vector) *)(target + at) = value;
        sums[part] += value;
      }
    }
    for (size_t j = whole; j < d; j++) sum += target[j] = one[j] + other[j];
    const float mean = (sum + NAMED(total)(sums[0] + sums[1] + (sums[2] + sums[3]))) / (float)d;
    for (size_t j = 0; j < whole; j += step) {
#pragma clang loop unroll(full)
      for (int part = 0; part < SUMS; part++) {
        const NAMED(vector) centred = *(const NAMED(vector) *)(target + j + part * LANES) - mean;
        squares[part] += centred * centred;
      }
    }
    for (size_t j = whole; j < d; j++) square += (target[j] - mean) * (target[j] - mean);
    square += NAMED(total)(squares[0] + squares[1] + (squares[2] + squares[3]));
    const float scale = 1 / sqrtf(square / (float)d + epsilon);
    for (size_t j = 0; j < whole; j += LANES) {
      const NAMED(vector) centred = *(const NAMED(vector) *)(target + j) - mean;
      *(NAMED(vector) *)(target + j) =
          centred * scale * *(const NAMED(vector) *)(gain + j) + *(const NAMED(vector) *)(bias + j);
    }
    for (size_t j = whole; j < d; j++) target[j] = (target[j] - mean) * scale * gain[j] + bias[j];
  }
}

/// c [count, columns] = a b: QUERY_ROWS rows `a`, of which the first `count` are written, and b [depth, columns] with
/// rows `ldb` apart. `columns` is a multiple of LANES.
INLINE void NAMED(rows_product)(const float *const a[QUERY_ROWS], size_t count, size_t depth, const float *b,
                                size_t ldb, size_t columns, float *c, size_t ldc) {
  size_t j = 0;
  for (; j + 2 * LANES <= columns; j += 2 * LANES) {
    NAMED(vector) sums[QUERY_ROWS][2] = {0};
    for (size_t k = 0; k < depth; k++) {
      const NAMED(vector) first = *(const NAMED(vector) *)(b + k * ldb + j);
      const NAMED(vector) second = *(const NAMED(vector) *)(b + k * ldb + j + LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < QUERY_ROWS; i++) {
        sums[i][0] += a[i][k] * first;
        sums[i][1] += a[i][k] * second;
      }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < QUERY_ROWS; i++) {
      if ((size_t)i >= count) break;
      *(NAMED(vector) *)(c + i * ldc + j) = sums[i][0];
      *(NAMED(vector) *)(c + i * ldc + j + LANES) = sums[i][1];
    }
  }
  for (; j < columns; j += LANES) {
    NAMED(vector) sums[QUERY_ROWS] = {0};
    for (size_t k = 0; k < depth; k++) {
      const NAMED(vector) first = *(const NAMED(vector) *)(b + k * ldb + j);
#pragma clang loop unroll(full)
      for (int i = 0; i < QUERY_ROWS; i++) sums[i] += a[i][k] * first;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < QUERY_ROWS; i++) {
      if ((size_t)i < count) *(NAMED(vector) *)(c + i * ldc + j) = sums[i];
    }
  }
}

/// The softmax of scale * row over `count` keys, in place. Up to a whole vector, 0 follows.
INLINE void NAMED(softmax)(float *row, size_t count, float scale) {
  NAMED(words) lanes;
  for (size_t lane = 0; lane < LANES; lane++) lanes[lane] = (int32_t)lane;
  const size_t last = (count - 1) / LANES * LANES;
  const NAMED(words) is_there = lanes < (int32_t)(count - last);
  NAMED(vector) most = NAMED(choose)(is_there, *(const NAMED(vector) *)(row + last), NAMED(splat)(-INFINITY));
  for (size_t j = 0; j < last; j += LANES) {
    const NAMED(vector) value = *(const NAMED(vector) *)(row + j);
    most = NAMED(choose)(value > most, value, most);
  }
  const float largest = __builtin_reduce_max(most);
  const NAMED(vector) end = NAMED(exponential)((*(const NAMED(vector) *)(row + last) - largest) * scale);
  NAMED(vector) sums = NAMED(choose)(is_there, end, (NAMED(vector)){0});
  *(NAMED(vector) *)(row + last) = sums;
  for (size_t j = 0; j < last; j += LANES) {
    const NAMED(vector) power = NAMED(exponential)((*(const NAMED(vector) *)(row + j) - largest) * scale);
    *(NAMED(vector) *)(row + j) = power;
    sums += power;
  }
  const float factor = 1 / NAMED(total)(sums);
  for (size_t j = 0; j <= last; j += LANES) *(NAMED(vector) *)(row + j) *= factor;
}

typedef float NAMED(quad) __attribute__((vector_size(16), aligned(4), may_alias));

/// y [columns, rows] = the transpose of x [rows, columns], rows `ldx` and `ldy` apart.
static void NAMED(transpose)(const float *x, size_t ldx, size_t rows, size_t columns, float *y, size_t ldy) {
  const size_t whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;
  for (size_t i = 0; i < whole_rows; i += 4) {
    for (size_t j = 0; j < whole_columns; j += 4) {
      const float *from = x + i * ldx + j;
      const NAMED(quad) a = *(const NAMED(quad) *)from, b = *(const NAMED(quad) *)(from + ldx);
      const NAMED(quad) c = *(const NAMED(quad) *)(from + 2 * ldx), d = *(const NAMED(quad) *)(from + 3 * ldx);
      const NAMED(quad) ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
      const NAMED(quad) cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
      float *to = y + j * ldy + i;
      *(NAMED(quad) *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
      *(NAMED(quad) *)(to + ldy) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
      *(NAMED(quad) *)(to + 2 * ldy) = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
      *(NAMED(quad) *)(to + 3 * ldy) = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
    }
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++) y[j * ldy + i] = x[i * ldx + j];
  }
}

/// Values of this many rows or fewer are read in place.
#define ROWS_IN_PLACE 32

/// Keys, transposed, scores and sums of a few queries, and values of one head.
static size_t NAMED(attention_workspace)(size_t rows, size_t width) {
  const size_t keys = NAMED(padded)(rows), columns = NAMED(padded)(width);
  return (keys * (width + columns) + QUERY_ROWS * (keys + columns)) * sizeof(float) + 64;
}

static void NAMED(attention)(const float *qkv, size_t rows, size_t heads, size_t width, float scale, float *out,
                             void *workspace) {
  const size_t d = heads * width, ld = 3 * d;
  const size_t keys = (rows + LANES - 1) / LANES * LANES, columns = (width + LANES - 1) / LANES * LANES;
  float *turned = workspace, *scores = turned + keys * width, *sums = scores + QUERY_ROWS * keys;
  float *values = sums + QUERY_ROWS * columns;
  // A row's last vector would otherwise reach into what is behind the array.
  const int is_whole = columns == width, is_copied = !is_whole || rows > ROWS_IN_PLACE;
  memset(turned, 0, keys * width * sizeof(float));
  for (size_t head = 0; head < heads; head++) {
    const float *q = qkv + head * width, *k = q + d, *v = k + d;
    NAMED(transpose)(k, ld, rows, width, turned, keys);
    for (size_t j = 0; is_copied && j < rows; j++) {
      memcpy(values + j * columns, v + j * ld, width * sizeof(float));
      memset(values + j * columns + width, 0, (columns - width) * sizeof(float));
    }
    for (size_t row = 0; row < rows; row += QUERY_ROWS) {
      const size_t count = rows - row < QUERY_ROWS ? rows - row : QUERY_ROWS;
      const float *queries[QUERY_ROWS], *shares[QUERY_ROWS];
#pragma clang loop unroll(full)
      for (size_t i = 0; i < QUERY_ROWS; i++) {
        queries[i] = q + (row + (i < count ? i : 0)) * ld;
        shares[i] = scores + (i < count ? i : 0) * keys;
      }
      NAMED(rows_product)(queries, count, width, turned, keys, keys, scores, keys);
      for (size_t i = 0; i < count; i++) NAMED(softmax)(scores + i * keys, rows, scale);
      float *target = out + row * d + head * width;
      NAMED(rows_product)(shares, count, rows, is_copied ? values : v, is_copied ? columns : ld, columns,
                          is_whole ? target : sums, is_whole ? d : columns);
      for (size_t i = 0; !is_whole && i < count; i++) {
        memcpy(target + i * d, sums + i * columns, width * sizeof(float));
      }
    }
  }
}
