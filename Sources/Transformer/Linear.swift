package import Tensors

/// y = x Wᵀ + b, with W [output, input] as PyTorch keeps it.
package struct Linear: Sendable {
  package let input: Int
  package let output: Int
  package let weight: ParameterRange
  let bias: ParameterRange?

  package init(
    _ name: String, input: Int, output: Int, hasBias: Bool = true, initializer: Initializer? = nil,
    in layout: inout ParameterLayout
  ) {
    self.input = input
    self.output = output
    weight = layout.add(
      "\(name).weight", [output, input], initializer ?? .xavier(fanIn: input, fanOut: output))
    bias = hasBias ? layout.add("\(name).bias", [output], .zeros) : nil
  }

  /// x [rows, input] to y [rows, output].
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, into y: UnsafeMutablePointer<R>,
    _ workspace: Workspace<R>
  ) {
    workspace.multiplyTransposed(x, parameters + weight.offset, m: rows, n: output, k: input, into: y)
    if let bias { R.addBias(parameters + bias.offset, rows, output, y) }
  }

  /// Adds the weights' gradients for dy [rows, output], of a layer whose inputs are not learned.
  package func backward<R: TensorScalar>(
    gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>, _ dy: UnsafePointer<R>, rows: Int,
    _ workspace: Workspace<R>
  ) {
    workspace.addProduct(transposing: dy, x, m: output, n: input, k: rows, to: gradients + weight.offset)
    if let bias { R.sumRows(dy, rows, output, gradients + bias.offset) }
  }

  /// Adds the weights' gradients, and sets dx [rows, input] from dy [rows, output] (adds to it where `accumulate`).
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>,
    _ dy: UnsafePointer<R>, rows: Int, into dx: UnsafeMutablePointer<R>, accumulate: Bool = false,
    _ workspace: Workspace<R>
  ) {
    backward(gradients: gradients, x, dy, rows: rows, workspace)
    workspace.multiply(
      dy, parameters + weight.offset, m: rows, n: input, k: output, accumulate: accumulate, into: dx)
  }
}
