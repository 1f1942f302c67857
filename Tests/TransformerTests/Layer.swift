import Basics
import TestSupport
import Tensors
import Testing

/// A layer and its inputs, with answers in `Double`.
struct Layer {
  let rows: Int
  let input: Int
  let output: Int
  let weight: [Float]
  let bias: [Float]
  let hasBias: Bool
  var x: [Float]

  init(rows: Int, input: Int, output: Int, hasBias: Bool = true) {
    (self.rows, self.input, self.output, self.hasBias) = (rows, input, output, hasBias)
    var generator = SeededGenerator(seed: UInt64(rows * 1_000_003 + input * 1_009 + output))
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float(2 * generator.nextUnit() - 1) } }
    weight = values(output * input)
    bias = hasBias ? values(output) : [Float](repeating: 0, count: output)
    // As after a GELU, most values of some rows have one sign.
    x = values(rows * input).enumerated().map { $0 / input % 3 == 1 ? max($1, -0.1) : $1 }
  }

  /// The layer, its outputs in two parts of unequal size where there is more than one.
  func packed(_ precision: WeightPrecision, _ kernels: ServedKernels) -> PackedLinear {
    weight.withUnsafeBufferPointer { weight in
      bias.withUnsafeBufferPointer { bias in
        guard let weight = weight.baseAddress, let bias = bias.baseAddress else {
          preconditionFailure("empty")
        }
        let first = (output + 2) / 3
        let parts: [PackedLinear.Part] = [
          (weight, hasBias ? bias : nil, first),
          (weight + first * input, hasBias ? bias + first : nil, output - first),
        ]
        return PackedLinear(
          parts: parts.filter { $0.output > 0 }, input: input, precision: precision, kernels: kernels)
      }
    }
  }

  /// The layer's answers; nothing before or behind them may be written.
  func forward(
    _ packed: PackedLinear, _ workspace: ServedWorkspace, _ activation: ServedActivation = .none
  ) -> [Float] {
    let guards = 40
    var y = [Float](repeating: 77, count: rows * output + 2 * guards)
    y.withUnsafeMutableBufferPointer { y in
      guard let start = y.baseAddress else { return }
      packed.forward(x, rows: rows, activation: activation, into: start + guards, workspace)
    }
    #expect((y.prefix(guards) + y.suffix(guards)).allSatisfy { $0 == 77 }, "\(rows) x \(input) x \(output)")
    return Array(y[guards..<guards + rows * output])
  }

  /// The answer, and how far from it a float kernel may be.
  func expected(
    _ row: Int, _ column: Int, _ precision: WeightPrecision, _ codes: RowCodes
  ) -> (value: Double, bound: Double) {
    let x = self.x[row * input..<(row + 1) * input], w = weight[column * input..<(column + 1) * input]
    let step = Double(w.map(abs).max() ?? 0) / 127
    var (sum, sizes, steps) = (Double(bias[column]), Double(abs(bias[column])), 0.0)
    for (one, other) in zip(x, w) {
      let product =
        precision == .bfloat16
        ? Double(one.roundedToBFloat16) * Double(other.roundedToBFloat16) : Double(one) * Double(other)
      sum += product
      sizes += abs(product)
      steps += Double(abs(one)) * step / 2 + (Double(abs(other)) + step / 2) * codes.scale / 2
    }
    let rounding = sizes * (4 + Double(input).squareRoot()) * 0x1p-24
    return (sum, precision == .int8 ? steps * 1.0001 + rounding : rounding)
  }
}

/// The step of a row's codes: a 255th of the range of its values and 0.
struct RowCodes {
  let scale: Double

  init(_ row: ArraySlice<Float>) {
    let (low, high) = row.reduce((Float(0), Float(0))) { (min($0.0, $1), max($0.1, $1)) }
    scale = (Double(high) - Double(low)) / 255
  }
}

extension Float {
  /// The nearest number of 8 bits of precision, ties to even.
  var roundedToBFloat16: Float {
    let (upper, rest) = (bitPattern & 0xffff_0000, bitPattern & 0xffff)
    let isUp = rest > 0x8000 || (rest == 0x8000 && upper & 0x1_0000 != 0)
    return Float(bitPattern: isUp ? upper + 0x1_0000 : upper)
  }
}
