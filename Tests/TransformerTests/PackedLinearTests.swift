import Basics
import TestSupport
import Tensors
import Testing

/// Packed layers of every arm that this processor runs, in every precision, against sums in `Double`.
@Suite struct PackedLinearTests {
  /// Tiles of rows and their edges, panels of outputs and theirs, inputs that are no multiple of 4, rows of more than
  /// one block. The outputs come in two parts where there is more than one.
  private static let shapes =
    ((1...17) + [28, 29, 33, 43]).map { (rows: $0, input: 19, output: 35) } + [
      (1, 1, 1), (3, 2, 2), (2, 4, 16), (15, 384, 3), (16, 64, 32), (4, 1_537, 7), (29, 19_000, 1),
    ]

  @Test(arguments: ServedArm.all, WeightPrecision.allCases)
  func products(arm: ServedArm, precision: WeightPrecision) throws {
    guard let kernels = try arm.kernels() else { return }
    let workspace = ServedWorkspace()
    for (rows, input, output) in Self.shapes {
      let layer = Layer(rows: rows, input: input, output: output)
      let packed = layer.packed(precision, kernels)
      #expect(packed.output == output && packed.precision == precision)
      let found = layer.forward(packed, workspace)
      for row in 0..<rows {
        let codes = RowCodes(layer.x[row * input..<(row + 1) * input])
        for column in 0..<output {
          let (expected, bound) = layer.expected(row, column, precision, codes)
          let value = Double(found[row * output + column])
          if !(abs(value - expected) <= bound) {
            Issue.record(
              "\(arm.name) \(precision) \(rows) x \(input) x \(output): \(value) is not \(expected)")
            return
          }
        }
      }
    }
  }

  /// Whole sums, and the steps around them, are the same in every arm where there is no bias to fuse.
  @Test func productsOfCodesAreTheSameInEveryArm() throws {
    for (rows, input, output) in [(1, 7, 3), (29, 131, 70), (40, 384, 64)] {
      let layer = Layer(rows: rows, input: input, output: output, hasBias: false)
      let answers = ServedArm.all.compactMap { ServedKernels.named($0.name) }.map { kernels in
        layer.forward(layer.packed(.int8, kernels), ServedWorkspace()).map(\.bitPattern)
      }
      for answer in answers { #expect(answer == answers.first) }
    }
  }

  /// The largest codes of both kinds: sums of pairs leave 16 bits.
  @Test(arguments: ServedArm.all) func largestCodes(arm: ServedArm) throws {
    guard let kernels = try arm.kernels() else { return }
    let input = 4_096
    let x = [Float](repeating: 3, count: input)
    let weight = (0..<2 * input).map { Float($0 < input ? 2 : -2) }
    let packed = PackedLinear(
      weight: weight, bias: nil, input: input, output: 2, precision: .int8, kernels: kernels)
    var y = [Float](repeating: 0, count: 2)
    packed.forward(x, rows: 1, into: &y, ServedWorkspace())
    #expect(abs(y[0] - 24_576) < 0.01 && abs(y[1] + 24_576) < 0.01, "\(y)")
  }

  /// A row with a NaN or an infinity changes no other row; as codes, all of its answers are NaN.
  @Test(arguments: ServedArm.all, WeightPrecision.allCases)
  func rowsThatAreNotFinite(arm: ServedArm, precision: WeightPrecision) throws {
    guard let kernels = try arm.kernels() else { return }
    let workspace = ServedWorkspace()
    var layer = Layer(rows: 17, input: 67, output: 35)
    let packed = layer.packed(precision, kernels)
    let before = layer.forward(packed, workspace)
    layer.x[3 * 67 + 66] = .nan
    layer.x[9 * 67 + 5] = .infinity
    layer.x[10 * 67 + 20] = -.infinity
    for index in 12 * 67..<13 * 67 { layer.x[index] = index % 2 == 0 ? 3e38 : -3e38 }
    for index in 14 * 67..<15 * 67 { layer.x[index] = Float(bitPattern: 7) }
    for activation in ServedActivation.allCases {
      let found = layer.forward(packed, workspace, activation)
      for row in [3, 9, 10] {
        let values = found[row * 35..<(row + 1) * 35]
        if activation == .none {
          #expect(values.allSatisfy { !$0.isFinite }, "\(arm.name) \(precision) \(row)")
        }
        if precision == .int8, activation != .relu { #expect(values.allSatisfy { $0.isNaN }) }
      }
      guard activation == .none else { continue }
      for row in 0..<17 where ![3, 9, 10, 12, 14].contains(row) {
        #expect(found[row * 35..<(row + 1) * 35] == before[row * 35..<(row + 1) * 35], "\(arm.name) \(row)")
      }
      // Nothing but the bias is left of the smallest values.
      for column in 0..<35 { #expect(abs(found[14 * 35 + column] - layer.bias[column]) < 1e-30) }
    }
  }

  @Test func weightsTakeTheMemoryOfTheirPrecision() {
    let layer = Layer(rows: 1, input: 384, output: 1_152)
    let sizes = WeightPrecision.allCases.map { Double(layer.packed($0, .selected).packedByteCount) }
    let heads = 3.0 * 4 * 1_152
    #expect(sizes == [4, 2, 1].map { $0 * 384 * 1_152 + heads })
  }
}
