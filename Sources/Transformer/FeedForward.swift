package import Tensors

/// What lies between the two matrices of a feed-forward layer.
package enum Activation: String, Sendable, Codable {
  case relu
  /// The tanh form (Hendrycks and Gimpel 2016).
  case gelu
  /// silu(x W) · (x V) (Shazeer 2020).
  case swiglu
}

/// Two linear layers with an activation between them, token by token.
package struct FeedForward: Sendable {
  package let activation: Activation
  let up: Linear
  let down: Linear

  package init(
    _ name: String, width: Int, hidden: Int, _ activation: Activation, in layout: inout ParameterLayout
  ) {
    self.activation = activation
    up = Linear("\(name).up", input: width, output: activation == .swiglu ? 2 * hidden : hidden, in: &layout)
    down = Linear("\(name).down", input: hidden, output: width, in: &layout)
  }

  /// What the backward pass needs.
  package final class Tape<R: TensorScalar> {
    let raised = Buffer<R>()
    let active = Buffer<R>()

    package init() {}
  }

  /// x [rows, d] to y [rows, d].
  package func forward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, dropout: Dropout,
    into y: UnsafeMutablePointer<R>, _ tape: Tape<R>, _ workspace: Workspace<R>
  ) {
    let raised = tape.raised.reserve(rows * up.output)
    let active = tape.active.reserve(rows * down.input)
    up.forward(parameters, x, rows: rows, into: raised, workspace)
    switch activation {
    case .relu: R.relu(raised, rows * up.output, active)
    case .gelu: R.gelu(raised, rows * up.output, active)
    case .swiglu: R.swiglu(raised, rows, down.input, active)
    }
    dropout.apply(active, rows * down.input)
    down.forward(parameters, active, rows: rows, into: y, workspace)
  }

  /// Adds the weights' gradients and sets dx [rows, d].
  package func backward<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, gradients: UnsafeMutablePointer<R>, _ x: UnsafePointer<R>,
    _ dy: UnsafePointer<R>, rows: Int, dropout: Dropout, into dx: UnsafeMutablePointer<R>, _ tape: Tape<R>,
    _ workspace: Workspace<R>
  ) {
    let raised = tape.raised.reserve(rows * up.output)
    let active = tape.active.reserve(rows * down.input)
    let slopes = workspace.scratch.reserve(rows * (down.input + up.output))
    let dActive = slopes
    let dRaised = slopes + rows * down.input
    down.backward(parameters, gradients: gradients, active, dy, rows: rows, into: dActive, workspace)
    dropout.apply(dActive, rows * down.input)
    switch activation {
    case .relu: R.reluBackward(raised, dActive, rows * up.output, dRaised)
    case .gelu: R.geluBackward(raised, dActive, rows * up.output, dRaised)
    case .swiglu: R.swigluBackward(raised, dActive, rows, down.input, dRaised)
    }
    up.backward(parameters, gradients: gradients, x, dRaised, rows: rows, into: dx, workspace)
  }
}
