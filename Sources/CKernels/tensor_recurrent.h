// The steps of recurrent layers: a part of tensor_kernels.h. Uses the exponential and the sigmoid.

/// The sigmoid's form of tanh; exact to the type's precision of values near 1.
static inline __attribute__((always_inline)) REAL NAMED(hyperbolic)(REAL x) {
  return 2 * NAMED(sigmoid)(2 * x) - 1;
}

static void NAMED(gru)(const REAL *inputs, const REAL *recurrent, const REAL *before, size_t rows, size_t width,
                       REAL *gates, REAL *state) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *x = inputs + i * 3 * width, *u = recurrent + i * 3 * width, *h = before + i * width;
    REAL *kept = gates + i * 4 * width, *y = state + i * width;
    IN_PLACE
    for (size_t j = 0; j < width; j++) {
      const REAL r = NAMED(sigmoid)(x[j] + u[j]), z = NAMED(sigmoid)(x[width + j] + u[width + j]);
      const REAL offered = u[2 * width + j];
      const REAL n = NAMED(hyperbolic)(x[2 * width + j] + r * offered);
      kept[j] = r;
      kept[width + j] = z;
      kept[2 * width + j] = n;
      kept[3 * width + j] = offered;
      y[j] = n + z * (h[j] - n);
    }
  }
}

static void NAMED(gru_backward)(const REAL *gates, const REAL *before, const REAL *dstate, size_t rows, size_t width,
                                REAL *dinputs, REAL *drecurrent, REAL *dbefore) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *kept = gates + i * 4 * width, *h = before + i * width, *up = dstate + i * width;
    REAL *dx = dinputs + i * 3 * width, *du = drecurrent + i * 3 * width, *dh = dbefore + i * width;
    IN_PLACE
    for (size_t j = 0; j < width; j++) {
      const REAL r = kept[j], z = kept[width + j], n = kept[2 * width + j], offered = kept[3 * width + j];
      const REAL dn = up[j] * (1 - z) * (1 - n * n);
      const REAL dz = up[j] * (h[j] - n) * z * (1 - z);
      const REAL dr = dn * offered * r * (1 - r);
      dx[j] = dr;
      dx[width + j] = dz;
      dx[2 * width + j] = dn;
      du[j] = dr;
      du[width + j] = dz;
      du[2 * width + j] = dn * r;
      dh[j] += up[j] * z;
    }
  }
}

static void NAMED(lstm)(const REAL *inputs, const REAL *recurrent, const REAL *before, size_t rows, size_t width,
                        REAL *gates, REAL *cell, REAL *state) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *x = inputs + i * 4 * width, *u = recurrent + i * 4 * width, *c = before + i * width;
    REAL *kept = gates + i * 5 * width, *target = cell + i * width, *y = state + i * width;
    IN_PLACE
    for (size_t j = 0; j < width; j++) {
      const REAL in = NAMED(sigmoid)(x[j] + u[j]), forget = NAMED(sigmoid)(x[width + j] + u[width + j]);
      const REAL g = NAMED(hyperbolic)(x[2 * width + j] + u[2 * width + j]);
      const REAL out = NAMED(sigmoid)(x[3 * width + j] + u[3 * width + j]);
      const REAL now = forget * c[j] + in * g, shown = NAMED(hyperbolic)(now);
      kept[j] = in;
      kept[width + j] = forget;
      kept[2 * width + j] = g;
      kept[3 * width + j] = out;
      kept[4 * width + j] = shown;
      target[j] = now;
      y[j] = out * shown;
    }
  }
}

static void NAMED(lstm_backward)(const REAL *gates, const REAL *before, const REAL *dstate, const REAL *dcell,
                                 size_t rows, size_t width, REAL *dgates, REAL *dbefore) {
  for (size_t i = 0; i < rows; i++) {
    const REAL *kept = gates + i * 5 * width, *c = before + i * width, *up = dstate + i * width;
    const REAL *later = dcell + i * width;
    REAL *dx = dgates + i * 4 * width, *dc = dbefore + i * width;
    IN_PLACE
    for (size_t j = 0; j < width; j++) {
      const REAL in = kept[j], forget = kept[width + j], g = kept[2 * width + j], out = kept[3 * width + j];
      const REAL shown = kept[4 * width + j];
      const REAL slope = later[j] + up[j] * out * (1 - shown * shown);
      dx[j] = slope * g * in * (1 - in);
      dx[width + j] = slope * c[j] * forget * (1 - forget);
      dx[2 * width + j] = slope * in * (1 - g * g);
      dx[3 * width + j] = up[j] * shown * out * (1 - out);
      dc[j] = slope * forget;
    }
  }
}
