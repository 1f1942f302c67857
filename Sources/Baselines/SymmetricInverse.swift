import Basics
import Tensors

/// The inverse of a symmetric positive definite matrix by halves: with A = [P Q; Qᵀ S] and the Schur complement
/// C = S - Qᵀ P⁻¹ Q, A⁻¹ = [P⁻¹ + W C⁻¹ Wᵀ, -W C⁻¹; -C⁻¹ Wᵀ, C⁻¹], W = P⁻¹ Q. All but the smallest halves are products.
struct SymmetricInverse {
  let threads: Int

  /// Blocks of this size are inverted element by element.
  private static let leaf = 64

  /// - Parameter a: [count, stride], both halves of the symmetric matrix; replaced by its inverse.
  func invert(_ a: UnsafeMutablePointer<Float>, count: Int, stride: Int) {
    guard count > Self.leaf else { return invertLeaf(a, count: count, stride: stride) }
    let first = count / 2
    let second = count - first
    let (q, s) = (a + first, a + first * stride + first)
    invert(a, count: first, stride: stride)
    let w = UnsafeMutablePointer<Float>.allocate(capacity: first * second)
    defer { w.deallocate() }
    // W = P⁻¹ Q, then C = S - Qᵀ W.
    multiply(false, first, second, first, 1, a, stride, q, stride, false, w, second)
    multiply(true, second, second, first, -1, q, stride, w, second, true, s, stride)
    invert(s, count: second, stride: stride)
    // -W C⁻¹ takes the place of Q.
    multiply(false, first, second, second, -1, w, second, s, stride, false, q, stride)
    // P⁻¹ - (-W C⁻¹) Wᵀ
    product(false, true, first, first, second, -1, q, stride, w, second, true, a, stride)
    for row in 0..<first {
      for column in 0..<second { a[(first + column) * stride + row] = q[row * stride + column] }
    }
  }

  private func multiply(
    _ transposes: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int,
    _ b: UnsafePointer<Float>, _ ldb: Int, _ accumulate: Bool, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    product(transposes, false, m, n, k, alpha, a, lda, b, ldb, accumulate, c, ldc)
  }

  /// c [m, n] = alpha a b (+ c), rows shared out among the threads.
  private func product(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ accumulate: Bool,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    let parts = m < 4 * Self.leaf ? 1 : threads
    // unchecked: each part writes rows of its own
    nonisolated(unsafe) let (a, b, c) = (a, b, c)
    parallelFor(count: parts, threads: parts) { _, range in
      let rows = (m * range.lowerBound / parts)..<(m * range.upperBound / parts)
      let workspace = Workspace<Float>()
      workspace.multiply(
        transposing: transposeA, a + (transposeA ? rows.lowerBound : rows.lowerBound * lda), stride: lda,
        transposing: transposeB, b, stride: ldb, m: rows.count, n: n, k: k, factor: alpha,
        accumulate: accumulate, into: c + rows.lowerBound * ldc, stride: ldc)
    }
  }

  /// Gauss and Jordan without pivots, which positive definite matrices do not need.
  private func invertLeaf(_ a: UnsafeMutablePointer<Float>, count: Int, stride: Int) {
    for pivot in 0..<count {
      let inverse = 1 / a[pivot * stride + pivot]
      a[pivot * stride + pivot] = 1
      for column in 0..<count { a[pivot * stride + column] *= inverse }
      for row in 0..<count where row != pivot {
        let factor = a[row * stride + pivot]
        a[row * stride + pivot] = 0
        for column in 0..<count { a[row * stride + column] -= factor * a[pivot * stride + column] }
      }
    }
  }
}
