package import Tensors

/// Which normalisation.
package enum NormalizationKind: String, Sendable, Codable {
  /// (x - mean) / deviation · gain + bias (Ba et al. 2016).
  case layer
  /// x / root mean square · gain (Zhang and Sennrich 2019).
  case rms
}

/// Normalises rows of d elements.
package struct Normalization: Sendable {
  package static let epsilon = 1e-6
  package let width: Int
  let gain: ParameterRange
  let bias: ParameterRange?

  package init(_ name: String, _ kind: NormalizationKind, width: Int, in layout: inout ParameterLayout) {
    self.width = width
    gain = layout.add("\(name).weight", [width], .ones)
    bias = kind == .layer ? layout.add("\(name).bias", [width], .zeros) : nil
  }

  /// x [rows, d] to y [rows, d]; `tape` [2 rows] keeps what the backward pass needs.
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, into y: UnsafeMutablePointer<R>,
    tape: UnsafeMutablePointer<R>
  ) {
    R.norm(
      x, parameters + gain.offset, bias.map { parameters + $0.offset }, rows, width, R(Self.epsilon), y, tape,
      tape + rows)
  }

  /// Adds to the weights' gradients and to dx.
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>,
    _ dy: UnsafePointer<R>, rows: Int, tape: UnsafePointer<R>, addingTo dx: UnsafeMutablePointer<R>
  ) {
    R.normBackward(
      x, parameters + gain.offset, dy, tape, tape + rows, rows, width, dx, gradients + gain.offset,
      bias.map { gradients + $0.offset })
  }
}
