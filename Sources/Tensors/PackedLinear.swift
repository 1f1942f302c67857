import CKernels

/// The numbers that a model's weights are kept and multiplied in.
package enum WeightPrecision: String, Sendable, CaseIterable, Codable {
  /// Products and sums of floats.
  case float32
  /// Weights and inputs are rounded to 8 bits of precision, sums are floats; half the memory.
  case bfloat16
  /// Weights are whole numbers of -127...127 times a scale for each output, inputs of 0...255 times a scale for each
  /// row of them; a quarter of the memory.
  case int8
}

/// What a served linear layer applies to its outputs.
package enum ServedActivation: Sendable, CaseIterable {
  case none
  /// x (1 + erf(x / √2)) / 2, within 1e-6.
  case gelu
  /// The form with tanh.
  case geluTanh
  case relu

  fileprivate var code: kindred_activation {
    switch self {
    case .none: KINDRED_ACTIVATION_NONE
    case .gelu: KINDRED_ACTIVATION_GELU
    case .geluTanh: KINDRED_ACTIVATION_GELU_TANH
    case .relu: KINDRED_ACTIVATION_RELU
    }
  }
}

/// A linear layer y = activation(x Wᵀ + b) for serving alone: its weights are packed once, for one precision and one
/// arm of the kernels.
// Unchecked: the packed weights are written in the initialiser alone.
package final class PackedLinear: @unchecked Sendable {
  /// Rows of weights, with or without a bias, as PyTorch keeps them: weight [output, input], bias [output].
  package typealias Part = (weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?, output: Int)

  package let input: Int
  package let output: Int
  package let precision: WeightPrecision
  /// Bytes of the packed weights.
  package let packedByteCount: Int
  private let packed: UnsafeMutableRawPointer
  private let product: kindred_served_product

  /// The most inputs of a layer.
  package static let maximumInput = Int(KINDRED_SERVED_INPUTS)

  /// - Parameters:
  ///   - parts: their outputs side by side are the outputs of the layer.
  ///   - input: at most `maximumInput`.
  package init(
    parts: [Part], input: Int, precision: WeightPrecision, kernels: ServedKernels = .selected
  ) {
    precondition(input > 0 && input <= Self.maximumInput, "a layer of \(input) inputs")
    let output = parts.reduce(0) { $0 + $1.output }
    precondition(output > 0, "a layer without outputs")
    self.input = input
    self.output = output
    self.precision = precision
    product = kernels.product(precision)
    packedByteCount = product.packed_size(input, output)
    packed = .allocate(byteCount: packedByteCount, alignment: 64)
    packed.initializeMemory(as: UInt8.self, repeating: 0, count: packedByteCount)
    var first = 0
    for part in parts {
      product.pack(input, output, part.weight, part.bias, first, part.output, packed)
      first += part.output
    }
  }

  /// - Parameters: weight [output, input], row-major, as PyTorch keeps it; bias [output] or nil
  package convenience init(
    weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?, input: Int, output: Int,
    precision: WeightPrecision, kernels: ServedKernels = .selected
  ) {
    self.init(parts: [(weight, bias, output)], input: input, precision: precision, kernels: kernels)
  }

  deinit { packed.deallocate() }

  /// x [rows, input] to y [rows, output].
  ///
  /// An infinity or a NaN in a row of `x` reaches outputs of that row alone; with `int8`, all of that row are NaN.
  package func forward(
    _ x: UnsafePointer<Float>, rows: Int, activation: ServedActivation = .none,
    into y: UnsafeMutablePointer<Float>, _ workspace: ServedWorkspace
  ) {
    guard rows > 0 else { return }
    let room = workspace.reserve(product.workspace_size(rows, input))
    product.linear(rows, input, output, packed, activation.code, x, y, room)
  }
}
