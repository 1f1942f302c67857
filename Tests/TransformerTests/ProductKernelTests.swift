import Basics
import CKernels
import TestSupport
import Testing
import VectorMath

/// Products of every arm that this processor runs, of both element types, against sums in the open.
@Suite struct ProductKernelTests {
  /// Tiles and their edges; few columns, for which the first matrix is read where it is, and many; more than one block
  /// of the depth.
  private static let shapes = [
    (m: 1, n: 1, k: 1), (13, 65, 3), (25, 33, 130), (97, 64, 131), (30, 128, 64), (12, 129, 7), (5, 800, 257),
  ]

  @Test(arguments: TensorArm.all, [(false, false), (false, true), (true, false)])
  func products(arm: TensorArm, transposes: (a: Bool, b: Bool)) throws {
    guard let (float, double) = try arm.kernels() else { return }
    for (m, n, k) in Self.shapes {
      var generator = SeededGenerator(seed: UInt64(m * n + k))
      // Rows lie further apart than they are long, and what is between them is nobody's.
      let (lda, ldb, ldc) = ((transposes.a ? m : k) + 3, (transposes.b ? k : n) + 1, n + 2)
      let a = values((transposes.a ? k : m) * lda, &generator)
      let b = values((transposes.b ? n : k) * ldb, &generator)
      let before = values(m * ldc, &generator)
      func expected(_ row: Int, _ column: Int) -> Double {
        guard column < n else { return before[row * ldc + column] }
        var sum = 0.0
        for depth in 0..<k {
          sum +=
            a[transposes.a ? depth * lda + row : row * lda + depth]
            * b[transposes.b ? column * ldb + depth : depth * ldb + column]
        }
        return before[row * ldc + column] + 0.5 * sum
      }
      var found = before
      var workspace = [Double](repeating: 0, count: kindred_gemm_workspace())
      double.gemm(
        transposes.a ? 1 : 0, transposes.b ? 1 : 0, m, n, k, 0.5, a, lda, b, ldb, 1, &found, ldc, &workspace)
      var foundFloat = before.map(Float.init)
      var workspaceFloat = [Float](repeating: 0, count: kindred_gemm_workspace())
      float.gemm(
        transposes.a ? 1 : 0, transposes.b ? 1 : 0, m, n, k, 0.5, a.map(Float.init), lda, b.map(Float.init),
        ldb,
        1, &foundFloat, ldc, &workspaceFloat)
      for row in 0..<m {
        for column in 0..<ldc {
          let (sum, place) = (expected(row, column), row * ldc + column)
          #expect(abs(found[place] - sum) <= 1e-12 * Double(k), "\(arm.name) \(m) x \(n) x \(k) at \(place)")
          #expect(
            abs(Double(foundFloat[place]) - sum) <= 1e-6 * Double(k),
            "\(arm.name) \(m) x \(n) x \(k) at \(place)")
        }
      }
    }
  }

  private func values(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    // Exact as floats, so that both types multiply the same numbers.
    (0..<count).map { _ in Double(Float(2 * generator.nextUnit() - 1)) }
  }
}
