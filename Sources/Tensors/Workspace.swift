import CKernels

/// What one thread needs to multiply matrices.
package final class Workspace<R: TensorScalar>: @unchecked Sendable {  // used by one thread at a time
  /// What the kernels pack matrices into.
  package let packed: UnsafeMutablePointer<R>
  package let scratch = Buffer<R>()
  package let rows = Buffer<R>()
  /// Room for a caller's scores.
  package let scores = Buffer<R>()

  package init() {
    packed =
      UnsafeMutableRawPointer
      .allocate(byteCount: kindred_gemm_workspace() * MemoryLayout<R>.stride, alignment: 64)
      .bindMemory(to: R.self, capacity: kindred_gemm_workspace())
  }

  deinit { packed.deallocate() }

  /// y [m, n] = a [m, k] · bᵀ, b [n, k]; added to y where `accumulate`.
  package func multiplyTransposed(
    _ a: UnsafePointer<R>, _ b: UnsafePointer<R>, m: Int, n: Int, k: Int, accumulate: Bool = false,
    into y: UnsafeMutablePointer<R>
  ) {
    R.gemm(false, true, m, n, k, 1, a, k, b, k, accumulate, y, n, packed)
  }

  /// y [m, n] = a [m, k] · b [k, n]; added to y where `accumulate`.
  package func multiply(
    _ a: UnsafePointer<R>, _ b: UnsafePointer<R>, m: Int, n: Int, k: Int, accumulate: Bool = false,
    into y: UnsafeMutablePointer<R>
  ) {
    R.gemm(false, false, m, n, k, 1, a, k, b, n, accumulate, y, n, packed)
  }

  /// y [m, n] = factor · a' b' (+ y where `accumulate`), each matrix or its transpose, rows `stride` elements apart.
  package func multiply(
    transposing transposesA: Bool, _ a: UnsafePointer<R>, stride lda: Int, transposing transposesB: Bool,
    _ b: UnsafePointer<R>, stride ldb: Int, m: Int, n: Int, k: Int, factor: R, accumulate: Bool,
    into y: UnsafeMutablePointer<R>, stride ldy: Int
  ) {
    R.gemm(transposesA, transposesB, m, n, k, factor, a, lda, b, ldb, accumulate, y, ldy, packed)
  }

  /// y [m, n] += aᵀ · b, a [k, m], b [k, n].
  package func addProduct(
    transposing a: UnsafePointer<R>, _ b: UnsafePointer<R>, m: Int, n: Int, k: Int,
    to y: UnsafeMutablePointer<R>
  ) {
    R.gemm(true, false, m, n, k, 1, a, m, b, n, true, y, n, packed)
  }
}
