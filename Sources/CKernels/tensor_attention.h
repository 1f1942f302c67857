// Attention and rotated positions: a part of tensor_kernels.h. Uses the product, softmax and elements.

/// With this many queries or fewer, packing keys and values costs more than reading them where they are.
#define FEW_QUERIES 3

static void NAMED(attention)(const REAL *q, size_t ldq, const REAL *k, const REAL *v, size_t ldkv, size_t queries,
                             size_t keys, size_t shift, size_t width, REAL scale, REAL rate, uint64_t seed, REAL *out,
                             size_t ldout, REAL *probabilities, REAL *workspace) {
  const uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  const uint32_t bound = (uint32_t)(rate * (REAL)4294967295.0);
  for (size_t first = 0; first < queries; first += KINDRED_ATTENTION_ROWS) {
    const size_t rows = queries - first < KINDRED_ATTENTION_ROWS ? queries - first : KINDRED_ATTENTION_ROWS;
    const size_t block = first + rows + shift < keys ? first + rows + shift : keys;
    const REAL *asked = q + first * ldq;
    REAL *part = probabilities + first * keys;
    if (rows > FEW_QUERIES) {
      NAMED(gemm)(0, 1, rows, block, width, scale, asked, ldq, k, ldkv, 0, part, keys, workspace);
    } else {
      for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < block; j++) {
          part[i * keys + j] = scale * NAMED(dot)(asked + i * ldq, k + j * ldkv, width);
        }
      }
    }
    for (size_t i = first; i < first + rows; i++) {
      REAL *row = probabilities + i * keys;
      const size_t seen = i + shift + 1 < keys ? i + shift + 1 : keys;
      if (bound > 0) {
        for (size_t j = 0; j + 1 < seen; j++) {
          if (NAMED(mixed)(NAMED(mixed)((uint32_t)(i * keys + j) + low) ^ high) < bound) row[j] = -INFINITY;
        }
      }
      const REAL most = NAMED(largest)(row, seen);
      REAL sum = 0;
      for (size_t j = 0; j < seen; j++) {
        row[j] = NAMED(exponential)(row[j] - most);
        sum += row[j];
      }
      const REAL factor = 1 / sum;
      for (size_t j = 0; j < seen; j++) row[j] *= factor;
      for (size_t j = seen; j < block; j++) row[j] = 0;
    }
    REAL *target = out + first * ldout;
    if (rows > FEW_QUERIES) {
      NAMED(gemm)(0, 0, rows, width, block, 1, part, keys, v, ldkv, 0, target, ldout, workspace);
      continue;
    }
    for (size_t i = 0; i < rows; i++) {
      memset(target + i * ldout, 0, width * sizeof(REAL));
      for (size_t j = 0; j < block; j++) NAMED(add)(v + j * ldkv, width, part[i * keys + j], target + i * ldout);
    }
  }
}

static void NAMED(attention_backward)(const REAL *q, size_t ldq, const REAL *k, const REAL *v, size_t ldkv,
                                      size_t queries, size_t keys, size_t shift, size_t width, REAL scale,
                                      const REAL *probabilities, const REAL *dout, size_t ldout, REAL *dq, REAL *dk,
                                      REAL *dv, REAL *slopes, REAL *workspace) {
  for (size_t first = 0; first < queries; first += KINDRED_ATTENTION_ROWS) {
    const size_t rows = queries - first < KINDRED_ATTENTION_ROWS ? queries - first : KINDRED_ATTENTION_ROWS;
    const size_t block = first + rows + shift < keys ? first + rows + shift : keys;
    const REAL *part = probabilities + first * keys, *up = dout + first * ldout;
    NAMED(gemm)(0, 1, rows, block, width, 1, up, ldout, v, ldkv, 0, slopes, block, workspace);
    NAMED(gemm)(1, 0, block, width, rows, 1, part, keys, up, ldout, 1, dv, ldkv, workspace);
    for (size_t i = 0; i < rows; i++) {
      const REAL *shares = part + i * keys;
      REAL *row = slopes + i * block;
      REAL mean = 0;
      for (size_t j = 0; j < block; j++) mean += shares[j] * row[j];
      for (size_t j = 0; j < block; j++) row[j] = shares[j] * (row[j] - mean) * scale;
    }
    NAMED(gemm)(0, 0, rows, width, block, 1, slopes, block, k, ldkv, 1, dq + first * ldq, ldq, workspace);
    NAMED(gemm)(1, 0, block, width, rows, 1, slopes, block, q + first * ldq, ldq, 1, dk, ldkv, workspace);
  }
}

static void NAMED(rotate)(REAL *x, size_t ld, size_t rows, size_t heads, size_t width, const REAL *cosines,
                          const REAL *sines, const uint32_t *positions, REAL direction) {
  const size_t half = width / 2;
  for (size_t i = 0; i < rows; i++) {
    const REAL *cosine = cosines + positions[i] * half, *sine = sines + positions[i] * half;
    for (size_t head = 0; head < heads; head++) {
      REAL *row = x + i * ld + head * width;
      for (size_t t = 0; t < half; t++) {
        const REAL first = row[t], second = row[t + half], turn = direction * sine[t];
        row[t] = first * cosine[t] - second * turn;
        row[t + half] = second * cosine[t] + first * turn;
      }
    }
  }
}
