import Basics
import Platform
import TestSupport
import Tensors
import Testing

/// Activations, the norm of a sum and attention without a mask of every arm that this processor runs, against `Double`.
@Suite struct ServedKernelTests {
  /// What a layer of one weight 1 makes of values, which is the activation alone.
  private func activated(_ x: [Float], _ activation: ServedActivation, _ kernels: ServedKernels) -> [Float] {
    let packed = PackedLinear(
      weight: [1], bias: nil, input: 1, output: 1, precision: .float32, kernels: kernels)
    var y = [Float](repeating: 77, count: x.count)
    packed.forward(x, rows: x.count, activation: activation, into: &y, ServedWorkspace())
    return y
  }

  @Test(arguments: ServedArm.all) func gelu(arm: ServedArm) throws {
    guard let kernels = try arm.kernels() else { return }
    let x =
      (-40_000...40_000).map { Float($0) / 4_000 } + [-1e3, 1e3, -1e30, 1e30, 1e-30, Float(bitPattern: 9), 0]
    for (x, y) in zip(x, activated(x, .gelu, kernels)) {
      let expected = Double(x) * (1 + erf(Double(x) / 2.0.squareRoot())) / 2
      if !(abs(Double(y) - expected) <= max(1e-6, abs(expected) * 0x1p-23)) {
        Issue.record("\(arm.name) gelu(\(x)) = \(y)")
      }
    }
    // Small values keep their precision.
    for x in [1e-3, -1e-3, 1e-6] as [Float] {
      let expected = Double(x) * (1 + erf(Double(x) / 2.0.squareRoot())) / 2
      #expect(abs(Double(activated([x], .gelu, kernels)[0]) / expected - 1) < 1e-6)
    }
  }

  @Test(arguments: ServedArm.all) func otherActivations(arm: ServedArm) throws {
    guard let kernels = try arm.kernels() else { return }
    let x = (-2_000...2_000).map { Float($0) / 200 } + [-1e3, 1e3, -1e9, 1e9]
    #expect(activated(x, .none, kernels) == x)
    #expect(activated(x, .relu, kernels) == x.map { max($0, 0) })
    for (x, y) in zip(x, activated(x, .geluTanh, kernels)) {
      let value = Double(x)
      let expected =
        value * (1 + tanh((2 / Double.pi).squareRoot() * (value + 0.044715 * value * value * value))) / 2
      #expect(abs(Double(y) - expected) <= 1e-6 * max(1, abs(value)), "\(arm.name) gelu(\(x)) = \(y)")
    }
  }

  @Test(arguments: ServedArm.all) func sumsAreNormalised(arm: ServedArm) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 3)
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float(4 * generator.nextUnit() - 1) } }
    for width in [1, 2, 15, 16, 31, 32, 63, 64, 65, 100, 384, 391] {
      let (rows, epsilon) = (3, 1e-5)
      let (x, residual, gain, bias) = (
        values(rows * width), values(rows * width), values(width), values(width)
      )
      let guarded = values(5)
      var y = [Float](repeating: 0, count: rows * width) + guarded
      kernels.addNorm(
        x, residual, gain: gain, bias: bias, rows: rows, width: width, epsilon: Float(epsilon), into: &y)
      #expect(Array(y.suffix(5)) == guarded)
      for row in 0..<rows {
        let sums = (0..<width).map { Double(x[row * width + $0] + residual[row * width + $0]) }
        let mean = sums.reduce(0, +) / Double(width)
        let variance = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        for column in 0..<width {
          let normed = (sums[column] - mean) / (variance + epsilon).squareRoot()
          let expected = normed * Double(gain[column]) + Double(bias[column])
          if !(abs(Double(y[row * width + column]) - expected) < 1e-5) {
            Issue.record("\(arm.name) \(width)")
          }
        }
      }
      // In place of either argument.
      for isFirst in [true, false] {
        var target = isFirst ? x : residual
        target.withUnsafeMutableBufferPointer { target in
          guard let start = target.baseAddress else { return }
          kernels.addNorm(
            start, isFirst ? residual : x, gain: gain, bias: bias, rows: rows, width: width,
            epsilon: Float(epsilon), into: start)
        }
        #expect(target == Array(y.dropLast(5)))
      }
    }
  }

  /// One vector of keys and several, groups of queries and what is left of them; heads of whole vectors and others.
  @Test(arguments: ServedArm.all, [(2, 32), (3, 6), (1, 64), (2, 20), (12, 1)])
  func attention(arm: ServedArm, shape: (heads: Int, width: Int)) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 4)
    let workspace = ServedWorkspace()
    let (heads, width) = shape
    let stride = 3 * heads * width
    for rows in [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33] {
      let tokens = (0..<rows * stride).map { _ in Float(4 * generator.nextUnit() - 2) }
      var out = [Float](repeating: 77, count: rows * heads * width + 20)
      kernels.bidirectionalAttention(
        tokens, rows: rows, heads: heads, headWidth: width, scale: 0.4, into: &out, workspace)
      #expect(out.suffix(20).allSatisfy { $0 == 77 })
      for head in 0..<heads {
        func value(_ row: Int, _ part: Int, _ element: Int) -> Double {
          Double(tokens[row * stride + part * heads * width + head * width + element])
        }
        for query in 0..<rows {
          let powers = (0..<rows).map { key in
            exp(0.4 * (0..<width).reduce(0) { $0 + value(query, 0, $1) * value(key, 1, $1) })
          }
          let total = powers.reduce(0, +)
          for element in 0..<width {
            let expected = (0..<rows).reduce(0) { $0 + powers[$1] / total * value($1, 2, element) }
            let found = Double(out[query * heads * width + head * width + element])
            if !(abs(found - expected) < 1e-5) { Issue.record("\(arm.name) \(rows) rows, head \(head)") }
          }
        }
      }
    }
  }

  @Test func everyNameOfAnArmIsKnown() {
    #expect(ServedKernels.named("portable") != nil)
    #expect(ServedKernels.named("avx1024") == nil)
    #expect(ServedKernels.names.contains(ServedKernels.selected.name))
  }
}
