import Basics
import Tensors
import TestSupport
import Testing
import Transformer
import VectorMath

/// Every layer's gradients against central differences in double precision, and what layers promise about tokens.
@Suite struct LayerTests {
  private let workspace = Workspace<Double>()
  private let sequences = [3, 1, 4].reduce(into: PackedSequences()) { $0.append(length: $1) }

  @Test func linear() {
    var layout = ParameterLayout()
    let linear = Linear("linear", input: 5, output: 7, in: &layout)
    var check = GradientCheck(layout, inputs: 15, outputs: 21, seed: 1)
    check.expectAgreement("linear") {
      linear.forward($0, $1, rows: 3, into: $2, workspace)
    } backward: {
      linear.backward($0, gradients: $1, $2, $3, rows: 3, into: $4, workspace)
    }
  }

  @Test(arguments: [NormalizationKind.layer, .rms])
  func normalization(_ kind: NormalizationKind) {
    var layout = ParameterLayout()
    let norm = Normalization("norm", kind, width: 6, in: &layout)
    var check = GradientCheck(layout, inputs: 24, outputs: 24, seed: 2)
    let tape = Buffer<Double>()
    check.expectAgreement("\(kind)") {
      norm.forward($0, $1, rows: 4, into: $2, tape: tape.reserve(8))
    } backward: {
      norm.backward($0, gradients: $1, $2, $3, rows: 4, tape: tape.reserve(8), addingTo: $4)
    }
  }

  @Test(arguments: [Activation.relu, .gelu, .swiglu], [0, 0.4])
  func feedForward(_ activation: Activation, _ rate: Double) {
    var layout = ParameterLayout()
    let layer = FeedForward("ff", width: 4, hidden: 9, activation, in: &layout)
    var check = GradientCheck(layout, inputs: 12, outputs: 12, seed: 3)
    let tape = FeedForward.Tape<Double>()
    let dropout = Dropout(rate: rate, seed: 5)
    check.expectAgreement("\(activation)") {
      layer.forward($0, $1, rows: 3, dropout: dropout, into: $2, tape, workspace)
    } backward: {
      layer.backward($0, gradients: $1, $2, $3, rows: 3, dropout: dropout, into: $4, tape, workspace)
    }
  }

  @Test(arguments: [true, false], [0, 0.4])
  func attention(_ isCausal: Bool, _ rate: Double) {
    for isRotary in [true, false] { attention(isCausal, isRotary, rate) }
  }

  private func attention(_ isCausal: Bool, _ isRotary: Bool, _ rate: Double) {
    var layout = ParameterLayout()
    let layer = SelfAttention("attention", width: 8, heads: 2, isCausal: isCausal, in: &layout)
    var check = GradientCheck(layout, inputs: 64, outputs: 64, seed: 4)
    let tape = SelfAttention.Tape<Double>()
    let rotary = isRotary ? RotaryTable<Double>(positions: 8, width: 4) : nil
    let dropout = Dropout(rate: 0, attentionRate: rate, seed: 6)
    check.expectAgreement("attention") {
      layer.forward($0, $1, sequences, rotary: rotary, dropout: dropout, into: $2, tape, workspace)
    } backward: {
      layer.backward($0, gradients: $1, $2, $3, sequences, rotary: rotary, into: $4, tape, workspace)
    }
  }

  @Test(arguments: [true, false], [0, 0.3])
  func block(_ isGated: Bool, _ rate: Double) {
    var layout = ParameterLayout()
    let configuration = BlockConfiguration(
      width: 4, heads: 2, hidden: 6, activation: isGated ? .swiglu : .gelu,
      normalization: isGated ? .rms : .layer, isGated: isGated)
    let block = Block("block", configuration, in: &layout)
    var check = GradientCheck(layout, inputs: 32, outputs: 32, seed: 6)
    let tape = Block.Tape<Double>()
    let passage = Block.Passage<Double>()
    let dropout = Dropout(rate: rate, seed: 7)
    check.expectAgreement("block") {
      block.forward($0, $1, sequences, rotary: nil, dropout: dropout, into: $2, tape, workspace)
    } backward: {
      $4.update(from: $3, count: 32)
      block.backward(
        $0, gradients: $1, $2, sequences, rotary: nil, dropout: dropout, slope: $4, tape, passage, workspace)
    }
  }

  @Test(arguments: [RecurrentKind.gru, .lstm])
  func recurrent(_ kind: RecurrentKind) {
    var layout = ParameterLayout()
    let layer = RecurrentLayer("layer", kind, input: 5, width: 3, in: &layout)
    var check = GradientCheck(layout, inputs: 40, outputs: 24, seed: 9)
    let tape = RecurrentLayer.Tape<Double>()
    check.expectAgreement("\(kind)") {
      layer.forward($0, $1, sequences, into: $2, tape, workspace)
    } backward: {
      layer.backward($0, gradients: $1, $3, into: $4, tape, workspace)
    }
  }

  /// Of more sequences than are computed one by one, some of them empty, in any order of lengths.
  @Test(arguments: [RecurrentKind.gru, .lstm], [0, 0.3])
  func recurrentBlock(_ kind: RecurrentKind, _ rate: Double) {
    var layout = ParameterLayout()
    let block = RecurrentBlock("block", kind, width: 4, hidden: 6, .layer, in: &layout)
    let sequences = [2, 0, 1, 3, 2, 1, 0, 4].reduce(into: PackedSequences()) { $0.append(length: $1) }
    var check = GradientCheck(layout, inputs: 52, outputs: 52, seed: 10)
    let tape = RecurrentBlock.Tape<Double>()
    let dropout = Dropout(rate: rate, seed: 11)
    check.expectAgreement("\(kind)") {
      block.forward($0, $1, sequences, dropout: dropout, into: $2, tape, workspace)
    } backward: {
      $4.update(from: $3, count: 52)
      block.backward($0, gradients: $1, $2, rows: 13, dropout: dropout, slope: $4, tape, workspace)
    }
  }

  /// All shapes of products, against sums in the open: tiles, edges, blocks of the depth, transposes, accumulation.
  @Test func products() {
    var generator = SeededGenerator(seed: 8)
    for (m, n, k) in [(1, 1, 1), (13, 65, 3), (97, 33, 130), (5, 800, 257), (30, 70, 64)] {
      let a = generator.nextVectors(count: m, dimension: k).map(Double.init)
      let b = generator.nextVectors(count: n, dimension: k).map(Double.init)
      var y = [Double](repeating: 1, count: m * n)
      workspace.multiplyTransposed(a, b, m: m, n: n, k: k, accumulate: true, into: &y)
      let transposed = (0..<(k * n)).map { b[$0 % n * k + $0 / n] }
      var z = y
      workspace.multiply(a, transposed, m: m, n: n, k: k, into: &z)
      let turned = (0..<(k * m)).map { a[$0 % m * k + $0 / m] }
      var w = [Double](repeating: 0, count: m * n)
      workspace.addProduct(transposing: turned, transposed, m: m, n: n, k: k, to: &w)
      for index in 0..<(m * n) {
        let sum = (0..<k).reduce(0.0) { $0 + a[index / n * k + $1] * b[index % n * k + $1] }
        for found in [y[index] - 1, z[index], w[index]] {
          #expect(abs(found - sum) < 1e-9 * Double(k), "\(m) x \(n) x \(k) at \(index)")
        }
      }
    }
  }
}
