import Platform
package import Tensors

/// Cosines and sines of rotary positions (Su et al. 2021): [positions, width / 2] each.
package final class RotaryTable<R: TensorScalar>: Sendable {
  let cosines: [R]
  let sines: [R]

  package init(positions: Int, width: Int, base: Double = 10_000) {
    var cosines: [R] = []
    var sines: [R] = []
    for position in 0..<positions {
      for pair in 0..<(width / 2) {
        let angle = Double(position) * pow(base, -2 * Double(pair) / Double(width))
        cosines.append(R(cos(angle)))
        sines.append(R(sin(angle)))
      }
    }
    self.cosines = cosines
    self.sines = sines
  }

  /// Turns the heads of rows [rows, ld] by their positions, or back.
  func turn(
    _ x: UnsafeMutablePointer<R>, ld: Int, heads: Int, width: Int, positions: [UInt32],
    isBackward: Bool = false
  ) {
    cosines.withUnsafeBufferPointer { cosines in
      sines.withUnsafeBufferPointer { sines in
        guard let cosines = cosines.baseAddress, let sines = sines.baseAddress else { return }
        R.rotate(x, ld, positions.count, heads, width, cosines, sines, positions, isBackward ? -1 : 1)
      }
    }
  }
}
