// Layer norm and RMS norm: a part of tensor_kernels.h.

static void NAMED(norm)(const REAL *x, const REAL *gain, const REAL *bias, size_t rows, size_t d, REAL epsilon, REAL *y,
                        REAL *mean, REAL *inverse) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *row = x + i * d;
    REAL *target = y + i * d;
    REAL centre = 0, square = 0;
    if (bias) {
      for (size_t j = 0; j < d; j++) centre += row[j];
      centre /= (REAL)d;
    }
    for (size_t j = 0; j < d; j++) square += (row[j] - centre) * (row[j] - centre);
    const REAL scale = 1 / NAMED(root)(square / (REAL)d + epsilon);
    if (bias) {
      for (size_t j = 0; j < d; j++) target[j] = (row[j] - centre) * scale * gain[j] + bias[j];
    } else {
      for (size_t j = 0; j < d; j++) target[j] = row[j] * scale * gain[j];
    }
    mean[i] = centre;
    inverse[i] = scale;
  }
}

static void NAMED(norm_backward)(const REAL *x, const REAL *gain, const REAL *dy, const REAL *mean, const REAL *inverse,
                                 size_t rows, size_t d, REAL *dx, REAL *dgain, REAL *dbias) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *row = x + i * d, *up = dy + i * d;
    REAL *target = dx + i * d;
    const REAL centre = mean[i], scale = inverse[i];
    REAL sum = 0, along = 0;
    for (size_t j = 0; j < d; j++) {
      const REAL normed = (row[j] - centre) * scale, g = up[j] * gain[j];
      sum += g;
      along += g * normed;
      dgain[j] += up[j] * normed;
    }
    if (dbias) {
      for (size_t j = 0; j < d; j++) dbias[j] += up[j];
    } else {
      sum = 0;
    }
    sum /= (REAL)d;
    along /= (REAL)d;
    for (size_t j = 0; j < d; j++) {
      const REAL normed = (row[j] - centre) * scale;
      target[j] += scale * (up[j] * gain[j] - sum - normed * along);
    }
  }
}
