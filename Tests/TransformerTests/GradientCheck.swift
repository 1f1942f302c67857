import Basics
import TestSupport
import Testing
import Transformer
import VectorMath

/// Weights, inputs and a random linear function of the outputs, whose gradients are compared with central differences.
struct GradientCheck {
  var parameters: [Double]
  var x: [Double]
  let direction: [Double]

  /// Random weights near 0 (gains near 1) for a layout.
  init(_ layout: ParameterLayout, inputs: Int, outputs: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    parameters = layout.initialValues(seed: seed).map { $0 + 0.3 * generator.nextGaussian() }
    x = (0..<inputs).map { _ in generator.nextGaussian() }
    direction = (0..<outputs).map { _ in generator.nextGaussian() }
  }

  /// Expects gradients of the weights and of x to be those of `forward`'s outputs along `direction`.
  /// - Parameters:
  ///   - forward: (weights, x, outputs).
  ///   - backward: (weights, weights' gradients, x, outputs' gradients, x's gradients); called after `forward`.
  mutating func expectAgreement(
    _ name: String,
    forward: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void,
    backward: (
      UnsafePointer<Double>, UnsafeMutablePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>,
      UnsafeMutablePointer<Double>
    ) -> Void
  ) {
    var outputs = direction
    func value(_ parameters: [Double], _ x: [Double]) -> Double {
      forward(parameters, x, &outputs)
      return zip(outputs, direction).reduce(0) { $0 + $1.0 * $1.1 }
    }
    _ = value(parameters, x)
    var gradients = [Double](repeating: 0, count: parameters.count)
    var slopes = [Double](repeating: 0, count: x.count)
    backward(parameters, &gradients, x, direction, &slopes)
    let step = 1e-5
    func compare(_ values: [Double], _ found: [Double], _ what: String, _ at: ([Double]) -> Double) {
      for index in values.indices {
        var moved = values
        moved[index] += step
        let above = at(moved)
        moved[index] = values[index] - step
        let expected = (above - at(moved)) / (2 * step)
        let error = abs(expected - found[index]) / max(1, abs(expected))
        #expect(error < 1e-6, "\(name): \(what) \(index): \(found[index]) for \(expected)")
        if error >= 1e-6 { return }
      }
    }
    compare(x, slopes, "input") { value(parameters, $0) }
    compare(parameters, gradients, "weight") { value($0, x) }
  }
}
