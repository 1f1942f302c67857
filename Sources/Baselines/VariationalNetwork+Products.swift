import Basics
import Platform
import Tensors

/// The pieces that passes are made of, shared out among the threads.
extension VariationalNetwork {
  /// Rows, or columns, of a block.
  static var block: Int { 128 }

  func forEachRow(_ rows: Int, _ body: @Sendable (Int) -> Void) {
    parallelFor(count: rows, threads: threads, chunk: 16) { _, range in for row in range { body(row) } }
  }

  /// y [m, n] = a [m, k] · bᵀ, b [n, k]
  func multiplyTransposed(
    _ a: UnsafePointer<R>, _ b: UnsafePointer<R>, m: Int, n: Int, k: Int, into y: UnsafeMutablePointer<R>
  ) {
    forEachBlock(a, b, m, y) { workspace, a, b, rows, y in
      workspace.multiplyTransposed(
        a + rows.lowerBound * k, b, m: rows.count, n: n, k: k, into: y + rows.lowerBound * n)
    }
  }

  /// y [m, n] = a [m, k] · b [k, n]
  func multiply(
    _ a: UnsafePointer<R>, _ b: UnsafePointer<R>, m: Int, n: Int, k: Int, into y: UnsafeMutablePointer<R>
  ) {
    forEachBlock(a, b, m, y) { workspace, a, b, rows, y in
      workspace.multiply(
        a + rows.lowerBound * k, b, m: rows.count, n: n, k: k, into: y + rows.lowerBound * n)
    }
  }

  /// y [m, n] += aᵀ · b, a [k, m], b [k, n]
  func addProduct(
    transposing a: UnsafePointer<R>, _ b: UnsafePointer<R>, m: Int, n: Int, k: Int,
    to y: UnsafeMutablePointer<R>
  ) {
    forEachBlock(a, b, m, y) { workspace, a, b, rows, y in
      workspace.multiply(
        transposing: true, a + rows.lowerBound, stride: m, transposing: false, b, stride: n, m: rows.count,
        n: n, k: k, factor: 1, accumulate: true, into: y + rows.lowerBound * n, stride: n)
    }
  }

  private func forEachBlock(
    _ a: UnsafePointer<R>, _ b: UnsafePointer<R>, _ rows: Int, _ y: UnsafeMutablePointer<R>,
    _ body:
      @Sendable (
        Workspace<R>, UnsafePointer<R>, UnsafePointer<R>, Range<Int>, UnsafeMutablePointer<R>
      ) -> Void
  ) {
    // unchecked: each block writes rows of its own
    nonisolated(unsafe) let (a, b, y) = (a, b, y)
    parallelFor(count: rows, threads: threads, chunk: Self.block) { thread, range in
      body(workspaces[thread], a, b, range, y)
    }
  }

  static func applyTanh(_ x: UnsafeMutablePointer<R>, _ count: Int) {
    for index in 0..<count { x[index] = R(tanh(Double(x[index]))) }
  }

  /// dx *= 1 - y², y = tanh(x)
  static func backwardTanh(_ y: UnsafePointer<R>, _ slopes: UnsafeMutablePointer<R>, _ count: Int) {
    for index in 0..<count { slopes[index] *= 1 - y[index] * y[index] }
  }

  static func exponential(_ x: R) -> R { R(exp(Double(x))) }
}
